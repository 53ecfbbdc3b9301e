package ringside.vmm.mode.paravirtual;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import ringside.arch.Feature;
import ringside.machine.cpu.Cpu;

/**
 * The page of stubs that a guest calls instead of writing the trap instruction itself: the VMM knows which one its
 * server has.
 *
 * <p>A stub is {@code MOV EAX, number}, the trap instruction, RET; that of {@code iret} is jumped to and pushes EAX first.
 */
public final class HypercallPage {
    /** From one stub to the next. */
    public static final int STUB_BYTES = 32;

    private static final int PUSH_EAX = 0x50, MOV_EAX = 0xb8, RET = 0xc3, UD2 = 0x0b0f;
    private static final byte[] INT = {(byte) 0xcd, (byte) Hypercalls.VECTOR};
    private static final byte[] VMCALL = {0x0f, 0x01, (byte) 0xc1};

    private final byte[] trap;

    HypercallPage(Cpu cpu) {
        trap = cpu.has(Feature.VMX) ? VMCALL : INT;
    }

    /** The bytes of the stub for a number. */
    byte[] stub(int number) {
        ByteBuffer stub = ByteBuffer.allocate(STUB_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        boolean returns = number == Hypercalls.IRET;
        if (returns) {
            stub.put((byte) PUSH_EAX);
        }
        stub.put((byte) MOV_EAX).putInt(number).put(trap);
        if (returns) {
            stub.putShort((short) UD2);
        } else {
            stub.put((byte) RET);
        }
        return stub.array();
    }
}

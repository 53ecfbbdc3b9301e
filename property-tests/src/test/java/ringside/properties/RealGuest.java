package ringside.properties;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.isa.InsnGenerator;

/**
 * A real-mode program made of independent pieces, as {@link SlottedGuest} is for protected mode: whatever a piece does, the
 * next slot follows, and each interrupt's vector, IP, CS and flags go to a log in the guest's memory.
 */
final class RealGuest {
    private static final int SLOTS = 0x8000, SLOT = 64, STUBS = 0x1000, COMMON = 0x2000;
    private static final int LOG_POINTER = 0x2100, RESUME = 0x2102, LOG = 0x3000, STACK = 0x7000;

    private RealGuest() {}

    /** A guest that executes {@code drafts} in order from random registers, with interrupts on or off. */
    static GuestImage of(List<InsnGenerator.Draft> drafts, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Integer> registers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            registers.add(random.nextInt(3) == 0 ? random.nextInt() : random.nextInt() & 0x7fff);
        }
        ByteBuffer pointers = SlottedGuest.buffer(4).putShort((short) LOG).putShort((short) SLOTS);
        return new GuestImage(
                "real-mode slots",
                List.of(
                        new LoadSegment("vectors", 0, vectors()),
                        new LoadSegment("stubs", STUBS, stubs()),
                        new LoadSegment("common", COMMON, common()),
                        new LoadSegment("pointers", LOG_POINTER, pointers.array()),
                        new LoadSegment("slots", SLOTS, slots(drafts, random))),
                new EntryState.Real(0, SLOTS, 0, STACK, 0, registers));
    }

    private static byte[] vectors() {
        ByteBuffer table = SlottedGuest.buffer(0x400);
        for (int vector = 0; vector < 256; vector++) {
            table.putInt(STUBS + vector * 8);
        }
        return table.array();
    }

    /** PUSH vector; JMP common. */
    private static byte[] stubs() {
        ByteBuffer code = SlottedGuest.buffer(256 * 8);
        for (int vector = 0; vector < 256; vector++) {
            int at = vector * 8;
            code.put(at, (byte) 0x68).putShort(at + 1, (short) vector);
            code.put(at + 3, (byte) 0xe9).putShort(at + 4, (short) (COMMON - (STUBS + at + 6)));
        }
        return code.array();
    }

    /** Logs four words of the stack, makes all segments 0 again and resumes with the next slot. */
    private static byte[] common() {
        ByteBuffer code = SlottedGuest.buffer(80);
        code.put(SlottedGuest.bytes(0x2e, 0x8b, 0x3e)).putShort((short) LOG_POINTER);
        for (int i = 0; i < 4; i++) {
            code.put(SlottedGuest.bytes(0x58, 0x2e, 0x89, 0x45, i * 2));
        }
        code.put(SlottedGuest.bytes(0x83, 0xc7, 8, 0x2e, 0x89, 0x3e)).putShort((short) LOG_POINTER);
        // xor ax, ax; mov ss, ax; mov sp, STACK; mov ds, ax; mov es, ax
        code.put(SlottedGuest.bytes(0x33, 0xc0, 0x8e, 0xd0, 0xbc)).putShort((short) STACK);
        code.put(SlottedGuest.bytes(0x8e, 0xd8, 0x8e, 0xc0, 0x2e, 0xff, 0x26)).putShort((short) RESUME);
        return code.array();
    }

    /** Each slot: MOV CS:[resume], next slot; MOV ECX, small; the piece; JMP to the next slot. Then CLI; HLT. */
    private static byte[] slots(List<InsnGenerator.Draft> drafts, SplittableRandom random) {
        ByteBuffer code = SlottedGuest.buffer((drafts.size() + 1) * SLOT);
        for (int i = 0; i < drafts.size(); i++) {
            int next = SLOTS + (i + 1) * SLOT;
            code.position(i * SLOT);
            code.put(SlottedGuest.bytes(0x2e, 0xc7, 0x06))
                    .putShort((short) RESUME)
                    .putShort((short) next);
            code.put(SlottedGuest.bytes(0x66, 0xb9)).putInt(random.nextInt(40));
            code.put(drafts.get(i).assemble());
            code.put((byte) 0xe9).putShort((short) (next - (SLOTS + code.position() + 2)));
        }
        code.put(drafts.size() * SLOT, (byte) 0xfa).put(drafts.size() * SLOT + 1, (byte) 0xf4);
        return code.array();
    }
}

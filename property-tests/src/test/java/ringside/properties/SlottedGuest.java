package ringside.properties;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.isa.InsnGenerator;

/**
 * A kernel made of independent instructions, each in a slot of its own: whatever an instruction does, faults included, the
 * next slot follows. A fault's vector, error code and EIP go to a log in the guest's memory.
 *
 * <p>The kernel itself contains no instruction that an outer ring could betray: handlers leave by a jump, not by IRET.
 */
final class SlottedGuest {
    static final int SLOTS = 0x10000;
    private static final int SLOT = 64;

    private static final int GDT = 0x1000, IDT = 0x2000, STUBS = 0x3000, COMMON = 0x5000, STACK = 0x80000;
    private static final int LOG_POINTER = 0x6000, RESUME = 0x6004, LOG = 0x90000;
    private static final int RAM_MASK = 0x1ffff;

    private SlottedGuest() {}

    /** A guest that executes {@code drafts} in order from random registers. */
    static GuestImage of(List<InsnGenerator.Draft> drafts, long seed) {
        List<LoadSegment> segments = new ArrayList<>();
        segments.add(new LoadSegment("gdt", GDT, gdt()));
        segments.add(new LoadSegment("idt", IDT, idt()));
        segments.add(new LoadSegment("stubs", STUBS, stubs()));
        segments.add(new LoadSegment("common", COMMON, common()));
        segments.add(new LoadSegment("pointers", LOG_POINTER, buffer(8).putInt(LOG).putInt(SLOTS).array()));
        SplittableRandom random = new SplittableRandom(seed);
        segments.add(new LoadSegment("slots", SLOTS, slots(drafts, random)));
        List<Integer> registers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            registers.add(random.nextInt(3) == 0 ? random.nextInt() : random.nextInt() & RAM_MASK);
        }
        EntryState entry = new EntryState.Flat(8, SLOTS, 16, STACK, GDT, 0x27, IDT, 0x7ff, registers);
        return new GuestImage("slots", segments, entry);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] gdt() {
        return buffer(0x28)
                .putLong(0)
                .putLong(0x00cf9b000000ffffL)
                .putLong(0x00cf93000000ffffL)
                .putLong(0x00cffb000000ffffL)
                .putLong(0x00cff3000000ffffL)
                .array();
    }

    private static byte[] idt() {
        ByteBuffer table = buffer(0x800);
        for (int vector = 0; vector < 256; vector++) {
            int stub = STUBS + vector * 16;
            table.putInt(8 << 16 | stub).putInt(stub & 0xffff0000 | 0x8e00);
        }
        return table.array();
    }

    /** PUSH vector; JMP common. */
    private static byte[] stubs() {
        ByteBuffer code = buffer(256 * 16);
        for (int vector = 0; vector < 256; vector++) {
            int at = vector * 16;
            code.put(at, (byte) 0x68).putInt(at + 1, vector);
            code.put(at + 5, (byte) 0xe9).putInt(at + 6, COMMON - (STUBS + at + 10));
        }
        return code.array();
    }

    /** Logs four words of the stack, resets it and resumes with the next slot. */
    private static byte[] common() {
        ByteBuffer code = buffer(64);
        code.put(bytes(0x8b, 0x3d)).putInt(LOG_POINTER);
        for (int i = 0; i < 4; i++) {
            code.put(bytes(0x58, 0x89, 0x47, i * 4));
        }
        code.put(bytes(0x83, 0xc7, 16));
        code.put(bytes(0x89, 0x3d)).putInt(LOG_POINTER);
        code.put(bytes(0xbc)).putInt(STACK);
        code.put(bytes(0xff, 0x25)).putInt(RESUME);
        return code.array();
    }

    /**
     * Each slot: MOV [resume], next slot; MOV ECX, a small count; the instruction; JMP to the next slot. Then HLT.
     *
     * <p>The count keeps a repeated string instruction from running over its own bytes, of which no two runs need agree when
     * they are seen.
     */
    private static byte[] slots(List<InsnGenerator.Draft> drafts, SplittableRandom random) {
        ByteBuffer code = buffer((drafts.size() + 1) * SLOT);
        for (int i = 0; i < drafts.size(); i++) {
            int next = SLOTS + (i + 1) * SLOT;
            code.position(i * SLOT);
            code.put(bytes(0xc7, 0x05)).putInt(RESUME).putInt(next);
            code.put((byte) 0xb9).putInt(random.nextInt(40));
            code.put(drafts.get(i).assemble());
            code.put((byte) 0xe9).putInt(next - (SLOTS + code.position() + 4));
        }
        code.put(drafts.size() * SLOT, (byte) 0xf4);
        return code.array();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}

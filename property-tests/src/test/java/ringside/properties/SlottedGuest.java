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
 * A kernel made of independent pieces, each in a slot of its own: whatever a piece does, faults included, the next slot
 * follows. A fault's vector, error code, EIP and CS go to a log in the guest's memory.
 *
 * <p>The kernel itself contains no instruction that an outer ring could betray: handlers leave by a jump, not by IRET.
 */
public final class SlottedGuest {
    public static final int SLOTS = 0x10000;
    public static final int GDT = 0x1000, TASK = 0x28;
    public static final int STACK = 0x80000;

    public static final int SLOT = 64;
    public static final int STUBS = 0x3000;

    private static final int IDT = 0x2000, COMMON = 0x5000, TSS = 0x7000;
    /** Where the next free entry of the log, and the piece to resume with, are noted. */
    public static final int LOG_POINTER = 0x6000, RESUME = 0x6004;

    public static final int LOG = 0x90000, LOG_ENTRY = 16;
    private static final int RAM_MASK = 0x1ffff;

    /** A vector that any ring may raise by INT. */
    public static final int OPEN_VECTOR = 0x40;

    private final List<byte[]> pieces = new ArrayList<>();
    private final List<LoadSegment> extra = new ArrayList<>();
    private boolean flattening;

    /** A guest that executes {@code drafts} in order from random registers. */
    static GuestImage of(List<InsnGenerator.Draft> drafts, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SlottedGuest guest = new SlottedGuest();
        for (InsnGenerator.Draft draft : drafts) {
            // a small count keeps a repeated string instruction from running over its own bytes, of which no two runs
            // need agree when they are seen
            byte[] code = draft.assemble();
            ByteBuffer piece = buffer(5 + code.length);
            piece.put((byte) 0xb9).putInt(random.nextInt(40)).put(code);
            guest.piece(piece.array());
        }
        List<Integer> registers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            registers.add(random.nextInt(3) == 0 ? random.nextInt() : random.nextInt() & RAM_MASK);
        }
        return guest.image(registers);
    }

    /** Adds a slot: at most 49 bytes of code. */
    public SlottedGuest piece(byte[] code) {
        pieces.add(code);
        return this;
    }

    /** The number of the piece in the slot at {@code address}, counted from 0. */
    public static int pieceAt(int address) {
        return (address - SLOTS) / SLOT;
    }

    /** Where the slot after the last one added so far will lie. */
    public int next() {
        return SLOTS + (pieces.size() + 1) * SLOT;
    }

    /** The handlers load DS, ES and SS anew: for pieces that change segments. */
    public SlottedGuest flattening() {
        flattening = true;
        return this;
    }

    public SlottedGuest with(String name, int pa, byte[] bytes) {
        extra.add(new LoadSegment(name, pa, bytes));
        return this;
    }

    /** As {@link #with} for read-only memory. */
    public SlottedGuest withRom(String name, int pa, byte[] bytes) {
        extra.add(new LoadSegment(name, pa, bytes, true));
        return this;
    }

    public GuestImage image() {
        return image(EntryState.cleared(STACK));
    }

    private GuestImage image(List<Integer> registers) {
        List<LoadSegment> segments = new ArrayList<>(extra);
        segments.add(new LoadSegment("gdt", GDT, gdt()));
        segments.add(new LoadSegment("idt", IDT, idt()));
        segments.add(new LoadSegment("stubs", STUBS, stubs()));
        segments.add(new LoadSegment("common", COMMON, common()));
        segments.add(new LoadSegment(
                "tss", TSS, buffer(104).putInt(4, STACK).putInt(8, 16).array()));
        segments.add(new LoadSegment(
                "pointers", LOG_POINTER, buffer(8).putInt(LOG).putInt(SLOTS).array()));
        segments.add(new LoadSegment("slots", SLOTS, slots()));
        EntryState entry = new EntryState.Flat(8, SLOTS, 16, STACK, GDT, 0xff, IDT, 0x7ff, registers);
        return new GuestImage("slots", segments, entry);
    }

    public static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Flat code and data of rings 0 and 3, a TSS, and room up to FFh. */
    private static byte[] gdt() {
        return buffer(0x100)
                .putLong(0)
                .putLong(0x00cf9b000000ffffL)
                .putLong(0x00cf93000000ffffL)
                .putLong(0x00cffb000000ffffL)
                .putLong(0x00cff3000000ffffL)
                .putLong(0x0000890000000067L | (long) TSS << 16)
                .array();
    }

    /** Gates for every vector, all for ring 0 but {@link #OPEN_VECTOR}. */
    public static byte[] idt() {
        ByteBuffer table = buffer(0x800);
        for (int vector = 0; vector < 256; vector++) {
            int stub = STUBS + vector * 16;
            int rights = vector == OPEN_VECTOR ? 0xee00 : 0x8e00;
            table.putInt(8 << 16 | stub).putInt(stub & 0xffff0000 | rights);
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

    /** Logs four words of the stack, resets it and resumes with the next slot; makes DS, ES and SS flat where asked to. */
    private byte[] common() {
        ByteBuffer code = buffer(64);
        if (flattening) {
            code.put(bytes(0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x8e, 0xc0));
        }
        code.put(bytes(0x8b, 0x3d)).putInt(LOG_POINTER);
        for (int i = 0; i < 4; i++) {
            code.put(bytes(0x58, 0x89, 0x47, i * 4));
        }
        code.put(bytes(0x83, 0xc7, 16));
        code.put(bytes(0x89, 0x3d)).putInt(LOG_POINTER);
        if (flattening) {
            code.put(bytes(0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd0));
        }
        code.put(bytes(0xbc)).putInt(STACK);
        code.put(bytes(0xff, 0x25)).putInt(RESUME);
        return code.array();
    }

    /** Each slot: MOV [resume], next slot; the piece; JMP to the next slot. Then HLT. */
    private byte[] slots() {
        ByteBuffer code = buffer((pieces.size() + 1) * SLOT);
        for (int i = 0; i < pieces.size(); i++) {
            int next = SLOTS + (i + 1) * SLOT;
            code.position(i * SLOT);
            code.put(bytes(0xc7, 0x05)).putInt(RESUME).putInt(next);
            code.put(pieces.get(i));
            code.put((byte) 0xe9).putInt(next - (SLOTS + code.position() + 4));
        }
        code.put(pieces.size() * SLOT, (byte) 0xf4);
        return code.array();
    }

    public static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}

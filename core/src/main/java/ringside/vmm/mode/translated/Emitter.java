package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ringside.vmm.mode.translated.Point.Kind;

/** Writes code for the cache, and notes of each instruction where the guest stands before it and whether it counts. */
final class Emitter {
    /** Traps to the VMM. */
    static final int CALLOUT_VECTOR = 0xf0;

    static final int EAX = 0, ECX = 1, EDX = 2;

    /** Numbers under which instructions are noted: what counts how often exits and emulations are executed. */
    static final int EMULATED = 1, BRANCH = 2, CHAINED = 3, INDIRECT = 4;

    private static final int INT = 0xcd, NOP = 0x90, JMP = 0xe9, GS = 0x65;

    /**
     * An instruction: where it lies, whether it completes a guest instruction, what arriving there means, and the number
     * that it is noted under.
     */
    record Mark(int offset, boolean counts, Point point, int note) {}

    final TranslationUnit unit;
    final List<Mark> marks = new ArrayList<>();
    private final int start;
    private byte[] code = new byte[128];
    private int size;
    private int guestEip;
    private boolean afterSti;
    private boolean emulates;
    private int note;

    /** @param unit whose code it is, or null; {@code start} its offset in the cache */
    Emitter(TranslationUnit unit, int start) {
        this.unit = unit;
        this.start = start;
    }

    int here() {
        return start + size;
    }

    byte[] bytes() {
        return Arrays.copyOf(code, size);
    }

    /** What follows stands for the guest instruction at {@code eip}. */
    void guest(int eip, boolean afterStiInCache) {
        guest(eip, afterStiInCache, false);
    }

    /** As above; {@code inCache} where it does a sensitive instruction's work. */
    void guest(int eip, boolean afterStiInCache, boolean inCache) {
        guestEip = eip;
        afterSti = afterStiInCache;
        emulates = inCache;
    }

    /** Whether what follows does a sensitive instruction's work. */
    void emulates(boolean inCache) {
        emulates = inCache;
    }

    /** Notes the next instruction under a number. */
    void note(int number) {
        note = number;
    }

    private void mark(boolean counts, int eip, Kind kind, ExitSite exit) {
        int number = note == 0 && emulates && counts && kind == Kind.PLAIN ? EMULATED : note;
        marks.add(new Mark(here(), counts, new Point(unit, eip, kind, exit, afterSti), number));
        note = 0;
    }

    private void put(int... values) {
        reserve(values.length);
        for (int value : values) {
            code[size++] = (byte) value;
        }
    }

    private void put(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, code, size, bytes.length);
        size += bytes.length;
    }

    private void put32(int value) {
        reserve(4);
        for (int shift = 0; shift < 32; shift += 8) {
            code[size++] = (byte) (value >>> shift);
        }
    }

    private void reserve(int more) {
        if (size + more > code.length) {
            code = Arrays.copyOf(code, 2 * code.length + more);
        }
    }

    /** An instruction that leaves the guest's behind the next one. */
    void step(int... bytes) {
        mark(false, guestEip, Kind.PLAIN, null);
        put(bytes);
    }

    void step32(int imm, int... bytes) {
        step(bytes);
        put32(imm);
    }

    /** The instruction that completes the guest's. */
    void last(int... bytes) {
        mark(true, guestEip, Kind.PLAIN, null);
        put(bytes);
    }

    void step(byte[] bytes) {
        mark(false, guestEip, Kind.PLAIN, null);
        put(bytes);
    }

    void last(byte[] bytes) {
        mark(true, guestEip, Kind.PLAIN, null);
        put(bytes);
    }

    void last32(int imm, int... bytes) {
        last(bytes);
        put32(imm);
    }

    // ---- the store

    /** MOV GS:[slot], r. */
    void save(int slot, int r) {
        step32(slot, GS, 0x89, 5 | r << 3);
    }

    /** MOV r, GS:[slot]. */
    void load(int r, int slot) {
        step32(slot, GS, 0x8b, 5 | r << 3);
    }

    void lastLoad(int r, int slot) {
        last32(slot, GS, 0x8b, 5 | r << 3);
    }

    /** MOV dword GS:[slot], imm. */
    void lastStore(int slot, int imm) {
        last32(slot, GS, 0xc7, 5);
        put32(imm);
    }

    // ---- what rules of scripts keep

    /** Keeps a general register. */
    void keep(int register, boolean last) {
        mark(last, guestEip, Kind.PLAIN, null);
        put(GS, 0x89, 5 | register << 3);
        put32(Store.REGISTERS + 4 * register);
    }

    /** Gives back what {@link #keep} kept. */
    void giveBack(int register, boolean last) {
        mark(last, guestEip, Kind.PLAIN, null);
        put(GS, 0x8b, 5 | register << 3);
        put32(Store.REGISTERS + 4 * register);
    }

    /** Keeps the arithmetic flags; EAX stays as it is. */
    void saveFlags(boolean last) {
        save(Store.SPARE, EAX);
        step(0x9f); // lahf
        step(0x0f, 0x90, 0xc0); // seto al
        save(Store.FLAGS, EAX);
        mark(last, guestEip, Kind.PLAIN, null);
        put(GS, 0x8b, 5);
        put32(Store.SPARE);
    }

    /** Gives back what {@link #saveFlags} kept; EAX stays as it is. */
    void restoreFlags(boolean last) {
        save(Store.SPARE, EAX);
        load(EAX, Store.FLAGS);
        step(0x04, 0x7f); // add al, 7fh: OF where AL was 1
        step(0x9e); // sahf
        mark(last, guestEip, Kind.PLAIN, null);
        put(GS, 0x8b, 5);
        put32(Store.SPARE);
    }

    // ---- jumps within

    /** A short jump to be {@link #land}ed; returns where. */
    int jump8(int opcode) {
        step(opcode, 0);
        return size;
    }

    /** Makes the short jump lead here. */
    void land(int jump) {
        code[jump - 1] = (byte) (size - jump);
    }

    /** A jump whose last four bytes are to be {@link #land32}ed; returns where. */
    int jump32(int... opcode) {
        step32(0, opcode);
        return size;
    }

    void land32(int jump) {
        for (int i = 0; i < 4; i++) {
            code[jump - 4 + i] = (byte) (size - jump >> 8 * i);
        }
    }

    /** A jump to another place in the cache. */
    void jump(int target) {
        step32(target - (here() + 5), JMP);
    }

    // ---- leaving

    /** Has the VMM carry out the guest instruction. */
    void callout() {
        mark(false, guestEip, Kind.CALLOUT, null);
        put(INT, CALLOUT_VECTOR);
    }

    /** An indirect branch was not found: the VMM goes on with its target. */
    void miss() {
        mark(true, guestEip, Kind.MISS, null);
        put(INT, CALLOUT_VECTOR);
    }

    /** An exit to {@code target} that completes the guest's branch. */
    void exit(int target) {
        exit(target, true, guestEip, -1, false);
    }

    /** An exit behind the last guest instruction. */
    void exitAfter(int target) {
        afterSti = false;
        exit(target, false, target, -1, false);
    }

    /** An exit after a conditional branch: the guest stands at {@code target} already. */
    void exitOfBranch(int target, int jump) {
        afterSti = false;
        exit(target, false, target, jump, true);
    }

    private void exit(int target, boolean counts, int eip, int jump, boolean ofBranch) {
        ExitSite site = new ExitSite(target, here(), jump, ofBranch);
        unit.exits.add(site);
        mark(counts, eip, Kind.EXIT, site);
        put(trapAtSite());
    }

    /** What an exit holds while it is not chained. */
    static int[] trapAtSite() {
        return new int[] {INT, CALLOUT_VECTOR, NOP, NOP, NOP};
    }

    /** What it holds when it is. */
    static int[] jumpAtSite(int distance) {
        return new int[] {JMP, distance, distance >>> 8, distance >>> 16, distance >>> 24};
    }

    // ---- indirect branches

    /** From the target in the store to where it may be translated; clobbers ECX, which is saved. */
    void lookUp() {
        save(Store.ECX, ECX);
        dispatch();
    }

    /** As {@link #lookUp} with ECX saved already. */
    void dispatch() {
        step32(Store.TARGET, GS, 0x0f, 0xb6, 0x0d); // movzx ecx, byte gs:[target]
        note(INDIRECT);
        step32(Store.TABLE, GS, 0xff, 0x24, 0x8d); // jmp gs:[ecx*4 + table]
    }

    /** Where {@link #lookUp} arrives for {@code eip}: makes sure that it is meant. */
    void landing(int eip) {
        load(ECX, Store.TARGET);
        step32(-eip, 0x8d, 0x89); // lea ecx, [ecx - eip]
        int found = jump8(0xe3); // jecxz
        load(ECX, Store.ECX);
        miss();
        land(found);
        lastLoad(ECX, Store.ECX);
    }
}

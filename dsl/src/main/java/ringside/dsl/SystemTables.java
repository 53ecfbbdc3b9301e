package ringside.dsl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import ringside.error.RingsideException;
import ringside.guest.LoadSegment;
import ringside.vmm.mode.paravirtual.Hypercalls;

/**
 * The tables a scripted guest finds ready in its memory: GDT always, IDT, TSS and page tables where its script asks.
 *
 * <p>They are bytes of the image like any other; the guest may change or replace them.
 */
final class SystemTables {
    static final int KERNEL_CODE = 0x08, KERNEL_DATA = 0x10, USER_CODE = 0x1b, USER_DATA = 0x23, TASK = 0x28;
    static final int GDT = 0x1000, IDT = 0x2000, TSS = 0x3000, PAGE_DIRECTORY = 0x4000, PAGE_TABLES = 0x5000;
    static final int PROLOGUE = 0x9000;
    static final int KERNEL_STACK = 0x90000, KERNEL = 0x100000, HANDLERS = 0x140000, DATA = 0x180000;
    static final int DRIVERS = 0x160000, DRIVER_DATA = 0x1c0000;
    static final int USER = 0x200000, USER_STACK = 0x280000, REAL = 0x7c00;

    private static final int TSS_BYTES = 104;
    private static final int[] RIGHTS = {0x9b, 0x93, 0xfb, 0xf3};
    /** The kernel is ring 1. */
    private static final int[] PORTED_RIGHTS = {0xbb, 0xb3, 0xfb, 0xf3};

    /** Vectors of the processor's own come before, the VMM's timer has the last. */
    private static final int FIRST_FREE = 0x20, LAST = 0xff;

    private static final int TABLES = 4;
    private static final int PAGE = 0x1000;
    private static final int PRESENT = 1, WRITABLE = 2, FOR_USER = 4;

    /** A gate of the IDT; {@code handler} is a label. */
    record Gate(String handler, int dpl, boolean trap, String where) {}

    /** A page whose entry differs from the identity map: {@code pa} -1 where it is not present. */
    record Page(int pa, boolean user, boolean writable) {}

    private final SortedMap<Integer, Gate> gates = new TreeMap<>();
    private final SortedMap<Integer, Page> pages = new TreeMap<>();
    private final SortedSet<Integer> reserved = new TreeSet<>();
    private int esp0 = -1;
    private boolean paging;

    void gate(int vector, Gate gate) {
        Gate before = gates.putIfAbsent(vector, gate);
        if (before != null) {
            throw new RingsideException(
                    "vector " + vector + " already has the handler '" + before.handler() + "'",
                    "",
                    "remove one of them");
        }
    }

    /** The guest will make a gate for the vector itself: the IDT reaches that far. */
    void reserve(int vector) {
        reserved.add(vector);
    }

    /** The handler of a vector, or null. */
    String handler(int vector) {
        Gate gate = gates.get(vector);
        return gate == null ? null : gate.handler();
    }

    int gates() {
        return gates.size();
    }

    /** The vector that a ported form may reach from ring 3 without its VMM: the first that is open to it; 0 for none. */
    int fastVector() {
        return gates.entrySet().stream()
                .filter(entry -> entry.getValue().dpl() == 3 && !reserved.contains(entry.getKey()))
                .map(java.util.Map.Entry::getKey)
                .filter(vector -> hasTask() && vector >= FIRST_FREE && vector != Hypercalls.VECTOR && vector != LAST)
                .findFirst()
                .orElse(0);
    }

    /** Whether the gate of a vector shuts interrupts out. */
    boolean shutsOut(int vector) {
        return !gates.get(vector).trap();
    }

    /** The kernel's stack for interrupts from ring 3, or -1. */
    int kernelStack() {
        return esp0;
    }

    void task(int stack) {
        esp0 = stack;
    }

    void paging(boolean on) {
        paging = on;
    }

    boolean hasTask() {
        return esp0 != -1;
    }

    boolean hasPaging() {
        return paging;
    }

    boolean hasGates() {
        return lastVector() >= 0;
    }

    private int lastVector() {
        int last = gates.isEmpty() ? -1 : gates.lastKey();
        return reserved.isEmpty() ? last : Math.max(last, reserved.last());
    }

    /** Says what the page at {@code la} maps to; it must lie in the first 16 MiB. */
    void page(int la, Page page) {
        if (la < 0 || la >= TABLES << 22 || la % PAGE != 0) {
            throw new RingsideException(
                    String.format("page 0x%x cannot be mapped here", la),
                    "",
                    "the tables reach the first 16 MiB, in steps of 0x1000; change others at run time");
        }
        pages.put(la, page);
    }

    int gdtLimit() {
        return (hasTask() ? 6 : 5) * 8 - 1;
    }

    int idtLimit() {
        return (lastVector() + 1) * 8 - 1;
    }

    /** The tables' bytes as a ported kernel registers them; {@code address} gives a label's, the fast vector has its own. */
    List<LoadSegment> portedSegments(ToIntFunction<Gate> address, int fastEntry) {
        List<LoadSegment> segments = new ArrayList<>();
        segments.add(new LoadSegment("gdt", GDT, gdt(PORTED_RIGHTS)));
        if (!gates.isEmpty()) {
            segments.add(new LoadSegment("trap table", IDT, trapTable(address, fastEntry)));
        }
        if (paging) {
            segments.add(new LoadSegment("page tables", PAGE_DIRECTORY, pageTables()));
        }
        return segments;
    }

    private byte[] trapTable(ToIntFunction<Gate> address, int fastEntry) {
        ByteBuffer table = buffer(gates.size() * 8);
        gates.forEach((vector, gate) -> {
            boolean fast = vector == fastVector();
            table.putInt(Ported.trapWord(vector, gate.dpl(), !gate.trap() && !fast));
            table.putInt(fast ? fastEntry : address.applyAsInt(gate));
        });
        return table.array();
    }

    /** The tables' bytes; {@code address} gives a label's. */
    List<LoadSegment> segments(ToIntFunction<Gate> address) {
        List<LoadSegment> segments = new ArrayList<>();
        segments.add(new LoadSegment("gdt", GDT, gdt(RIGHTS)));
        if (hasGates()) {
            segments.add(new LoadSegment("idt", IDT, idt(address)));
        }
        if (hasTask()) {
            ByteBuffer tss = buffer(TSS_BYTES);
            tss.putInt(4, esp0).putInt(8, KERNEL_DATA).putShort(102, (short) TSS_BYTES);
            segments.add(new LoadSegment("tss", TSS, tss.array()));
        }
        if (paging) {
            segments.add(new LoadSegment("page tables", PAGE_DIRECTORY, pageTables()));
        }
        return segments;
    }

    /** Flat code and data for rings 0 and 3, marked accessed as if just loaded, and the task. */
    private byte[] gdt(int[] rights) {
        ByteBuffer gdt = buffer(gdtLimit() + 1);
        for (int i = 0; i < rights.length; i++) {
            gdt.putLong((i + 1) * 8, 0x00cf00000000ffffL | (long) rights[i] << 40);
        }
        if (hasTask() && rights == RIGHTS) {
            gdt.putLong(TASK, TSS_BYTES - 1 | (long) TSS << 16 | 0x89L << 40);
        }
        return gdt.array();
    }

    private byte[] idt(ToIntFunction<Gate> address) {
        ByteBuffer idt = buffer(idtLimit() + 1);
        gates.forEach((vector, gate) -> {
            long offset = Integer.toUnsignedLong(address.applyAsInt(gate));
            long access = 0x8e | gate.dpl() << 5 | (gate.trap() ? 1 : 0);
            idt.putLong(vector * 8, offset & 0xffff | (long) KERNEL_CODE << 16 | access << 40 | offset >> 16 << 48);
        });
        return idt.array();
    }

    /** A directory and four tables that map the first 16 MiB onto themselves, but for the pages told otherwise. */
    private byte[] pageTables() {
        ByteBuffer tables = buffer(PAGE * (1 + TABLES));
        for (int table = 0; table < TABLES; table++) {
            tables.putInt(table * 4, PAGE_TABLES + table * PAGE | PRESENT | WRITABLE | FOR_USER);
        }
        for (int la = 0; la < TABLES << 22; la += PAGE) {
            Page page = pages.getOrDefault(la, new Page(la, false, true));
            int entry = page.pa() | PRESENT | (page.writable() ? WRITABLE : 0) | (page.user() ? FOR_USER : 0);
            tables.putInt(PAGE + la / PAGE * 4, page.pa() == -1 ? 0 : entry);
        }
        return tables.array();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}

package ringside.machine.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ringside.arch.Control;

/**
 * The walk that a processor would make for one access, with every entry that it reads.
 *
 * <p>The machine's own walkers walk it; accessed and dirty bits stay as they are.
 *
 * @param la what is accessed
 * @param entries of the first dimension, in the order read; empty while paging is off
 * @param way of the page that the first dimension led to, through the second; empty where there is none
 * @param outcome where it ended
 */
public record WalkTrace(int la, Access access, List<Entry> entries, List<Entry> way, Outcome outcome) {
    /** What kind of access, with whose rights. */
    public record Access(boolean write, boolean user, boolean fetch) {
        /** A supervisor's read. */
        public static final Access READ = new Access(false, false, false);
    }

    /** A level of tables. */
    public enum Table {
        PDPTE,
        PDE,
        PTE,
        EPT_PML4E,
        EPT_PDPTE,
        EPT_PDE,
        EPT_PTE,
        NESTED_PDE,
        NESTED_PTE;

        /** One of EPT's. */
        public boolean extended() {
            return this == EPT_PML4E || this == EPT_PDPTE || this == EPT_PDE || this == EPT_PTE;
        }

        /** Of the second dimension. */
        public boolean nested() {
            return extended() || this == NESTED_PDE || this == NESTED_PTE;
        }
    }

    /**
     * One entry.
     *
     * @param index in its table
     * @param at its address, as this walk uses it
     * @param ma its address in the memory that the walk ends in; -1 where the way there does not lead on
     * @param value what it holds; 0 where it was not reached
     * @param shift the size of the page that it maps, as a power of two; 0 where it leads to a table
     * @param way through the second dimension to it
     */
    public record Entry(Table table, int index, int at, int ma, long value, int shift, List<Entry> way) {}

    /** How a walk ends. */
    public sealed interface Outcome {
        /** In a page: {@code pa} after the first dimension, {@code ma} after the second, offsets included. */
        record Page(int pa, int ma) implements Outcome {}

        /** In a page fault with this error code, by the first dimension. */
        record Fault(int error) implements Outcome {}

        /** In a violation of the second dimension at {@code pa}; {@code allowed} in the bits of {@link NestedWalk}. */
        record Violation(int pa, int access, int allowed) implements Outcome {}

        /** In an entry of the second dimension that holds what none may. */
        record Misconfiguration(int pa) implements Outcome {}
    }

    /**
     * What translates: control registers, the directory pointers of PAE, and the second dimension if there is one.
     *
     * @param memory where tables lie, in the addresses that the walk ends in; nothing is written to it
     */
    public record Paging(
            Walker.Regime regime, long[] pdptes, Optional<NestedWalk.Format> nested, Walker.Tables memory) {}

    /** Walks for one access. */
    public static WalkTrace of(Paging paging, int la, Access access) {
        return new Tracer(paging, la, access).trace();
    }

    /** The page, where the walk ends in one. */
    public Optional<Outcome.Page> page() {
        return outcome instanceof Outcome.Page page ? Optional.of(page) : Optional.empty();
    }

    /** How many entries were read from memory: the references of a TLB miss. */
    public int references() {
        int count = way.size();
        for (Entry entry : entries) {
            count += entry.way.size() + (entry.ma >= 0 && entry.table != Table.PDPTE ? 1 : 0);
        }
        return count;
    }

    /** The walk in progress. */
    private static final class Tracer {
        private static final int OFFSET = 0xfff;
        private static final Table[] EXTENDED = {Table.EPT_PML4E, Table.EPT_PDPTE, Table.EPT_PDE, Table.EPT_PTE};
        private static final Table[] ORDINARY = {Table.NESTED_PDE, Table.NESTED_PTE};

        /** Ends the walk from within the second dimension. */
        private static final class Ended extends RuntimeException {
            private final transient Outcome outcome;

            Ended(Outcome outcome) {
                super(null, null, false, false);
                this.outcome = outcome;
            }
        }

        private final Paging paging;
        private final int la;
        private final Access access;
        private final List<Entry> entries = new ArrayList<>();
        private final NestedWalk nested;
        private List<Entry> way = new ArrayList<>();

        Tracer(Paging paging, int la, Access access) {
            this.paging = paging;
            this.la = la;
            this.access = access;
            this.nested = paging.nested().map(this::nested).orElse(null);
        }

        private NestedWalk nested(NestedWalk.Format format) {
            NestedWalk walk = new NestedWalk(new Second(), new NestedWalk.Faults() {
                @Override
                public RuntimeException violation(int pa, int wanted, int allowed, boolean ofTable) {
                    return new Ended(new Outcome.Violation(pa, wanted, allowed));
                }

                @Override
                public RuntimeException misconfiguration(int pa) {
                    return new Ended(new Outcome.Misconfiguration(pa));
                }
            });
            walk.use(format);
            return walk;
        }

        WalkTrace trace() {
            Outcome outcome;
            try {
                outcome = walk();
            } catch (Ended ended) {
                outcome = ended.outcome;
            }
            return new WalkTrace(la, access, List.copyOf(entries), List.copyOf(way), outcome);
        }

        private Outcome walk() {
            Walker walker = new Walker(new First());
            if (paging.regime().cr0() >= 0) {
                walker.identity(la);
            } else {
                pointer();
                if (!walker.walk(paging.regime(), paging.pdptes(), la, access.write(), access.user(), access.fetch())) {
                    return new Outcome.Fault(walker.error);
                }
            }
            int pa = walker.pa | la & OFFSET;
            int ma = nested == null ? pa : nested.page(walker.pa, access.write(), access.fetch()) | la & OFFSET;
            return new Outcome.Page(pa, ma);
        }

        /** The pointer that the processor holds for this quarter of linear space. */
        private void pointer() {
            if (paging.regime().pae()) {
                int index = la >>> 30;
                int at = (paging.regime().cr3() & ~0x1f) + index * 8;
                entries.add(new Entry(Table.PDPTE, index, at, at, paging.pdptes()[index], 0, List.of()));
            }
        }

        /** Tables of the first dimension: each address passes through the second. */
        private final class First implements Walker.Tables {
            @Override
            public int read32(int pa) {
                return (int) read(pa, 4);
            }

            @Override
            public long read64(int pa) {
                return read(pa, 8);
            }

            @Override
            public void write32(int pa, int value) {
                if (nested != null) {
                    List<Entry> kept = way;
                    way = new ArrayList<>();
                    nested.marked(pa);
                    way = kept;
                }
            }

            private long read(int pa, int size) {
                boolean directory = entries.isEmpty() || entries.getLast().table == Table.PDPTE;
                Table table = directory ? Table.PDE : Table.PTE;
                int index = (pa & OFFSET) / size;
                int ma = pa;
                if (nested != null) {
                    try {
                        ma = nested.table(pa);
                    } catch (Ended ended) {
                        entries.add(new Entry(table, index, pa, -1, 0, 0, List.copyOf(way)));
                        way = new ArrayList<>();
                        throw ended;
                    }
                }
                long value =
                        size == 8 ? paging.memory().read64(ma) : paging.memory().read32(ma) & 0xffff_ffffL;
                boolean large = (value & Walker.PS) != 0
                        && (size == 8 || (paging.regime().cr4() & Control.CR4_PSE) != 0);
                int shift = !directory ? 12 : !large ? 0 : size == 8 ? 21 : 22;
                entries.add(new Entry(table, index, pa, ma, value, shift, List.copyOf(way)));
                way = new ArrayList<>();
                return value;
            }
        }

        /** Tables of the second dimension. */
        private final class Second implements Walker.Tables {
            @Override
            public int read32(int ma) {
                int value = paging.memory().read32(ma);
                Table table = ORDINARY[way.size()];
                boolean page = table == Table.NESTED_PTE || (value & Walker.PS) != 0;
                int shift = !page ? 0 : table == Table.NESTED_PTE ? 12 : 22;
                way.add(new Entry(table, (ma & OFFSET) / 4, ma, ma, value & 0xffff_ffffL, shift, List.of()));
                return value;
            }

            @Override
            public long read64(int ma) {
                long value = paging.memory().read64(ma);
                Table table = EXTENDED[way.size()];
                boolean large = table == Table.EPT_PDE && (value & NestedWalk.LARGE) != 0;
                int shift = table == Table.EPT_PTE ? 12 : large ? 21 : 0;
                way.add(new Entry(table, (ma & OFFSET) / 8, ma, ma, value, shift, List.of()));
                return value;
            }

            @Override
            public void write32(int ma, int value) {
                // a look marks nothing
            }
        }
    }
}

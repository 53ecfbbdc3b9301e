package ringside.properties.paging;

import static ringside.properties.paging.PagingPlaces.*;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Walker;
import ringside.vmm.spi.VirtualMachine;

/**
 * The translations that a processor may hold for the pages of the windows: each that its tables held since it was last
 * flushed.
 *
 * <p>A CR3 load keeps what was global; INVLPG and a page fault drop one page, with all of it where it is large now.
 */
final class MaySet {
    /** What an entry may say: the frame of the page and the rights that all levels leave. */
    record Translation(int frame, boolean user, boolean writable, boolean executable, boolean global, boolean large) {
        /** Whether the access is allowed. */
        boolean allows(boolean write, boolean byUser, boolean fetch, boolean writeProtect) {
            boolean mayWrite = writable || !byUser && !writeProtect;
            return (!byUser || user) && (!write || mayWrite) && (!fetch || executable);
        }
    }

    private static final int PAGES = USED + 1;

    private final VirtualMachine machine;
    private final Walker walker;
    private final List<Set<Translation>> held = new ArrayList<>();
    /** By page: nothing but a processor marked its entries since it was flushed, so that an access must have. */
    private final boolean[] marksFixed = new boolean[2 * PAGES];

    private boolean wide;

    MaySet(VirtualMachine machine) {
        this.machine = machine;
        this.walker = new Walker(new Walker.Tables() {
            @Override
            public int read32(int pa) {
                return machine.board().bus().read(32, pa);
            }

            @Override
            public void write32(int pa, int value) {
                // a look marks nothing
            }
        });
        for (int i = 0; i < 2 * PAGES; i++) {
            held.add(new HashSet<>());
        }
    }

    private int page(int index) {
        return WINDOW + (index / PAGES << windowShift(wide)) + index % PAGES * 0x1000;
    }

    /** The number of the page of {@code la} here, or -1. */
    private int index(int la) {
        for (int i = 0; i < 2 * PAGES; i++) {
            if (page(i) == (la & ~0xfff)) {
                return i;
            }
        }
        return -1;
    }

    boolean knows(int la) {
        return index(la) >= 0;
    }

    /** What the page of {@code la} may be taken for. */
    Set<Translation> of(int la) {
        return held.get(index(la));
    }

    /** What the tables say now about a supervisor's look, or nothing. */
    Optional<Translation> now(int la) {
        Cpu cpu = machine.state();
        if (!cpu.paging()) {
            return Optional.of(new Translation(la & ~0xfff, true, true, true, false, false));
        }
        Walker.Regime regime = new Walker.Regime(cpu.cr0, cpu.cr3, cpu.cr4, cpu.efer);
        if (!walker.walk(regime, cpu.pdpte, la, false, false, false)) {
            return Optional.empty();
        }
        boolean executable = walker.executable || !regime.noExecute();
        return Optional.of(
                new Translation(walker.pa, walker.userPage, walker.writable, executable, walker.global, walker.large));
    }

    /** Whether the entries that the page is reached by are marked as an access of this kind marks them. */
    boolean marked(int la, boolean write) {
        if (!machine.state().paging() || now(la).isEmpty()) {
            return true;
        }
        int leaf = walker.pteAt == -1 ? walker.pdeAt : walker.pteAt;
        boolean known = TableWatch.covers(walker.pdeAt) && TableWatch.covers(leaf);
        int above = machine.board().bus().read(32, walker.pdeAt);
        int entry = machine.board().bus().read(32, leaf);
        return !known || (above & Walker.A) != 0 && (entry & Walker.A) != 0 && (!write || (entry & Walker.D) != 0);
    }

    boolean marksFixed(int la) {
        return marksFixed[index(la)] && of(la).size() == 1;
    }

    // ---- changes

    /** The tables, or what they are read by, may have changed. */
    void look() {
        wide = machine.state().mmu.regime().pae();
        for (int i = 0; i < 2 * PAGES; i++) {
            now(page(i)).ifPresent(held.get(i)::add);
        }
    }

    /** Somebody other than a page walk wrote an entry. */
    void written() {
        java.util.Arrays.fill(marksFixed, false);
    }

    /** Everything but, where {@code globalToo} is false, what was global. */
    void flush(boolean globalToo) {
        for (int i = 0; i < 2 * PAGES; i++) {
            held.get(i).removeIf(translation -> globalToo || !translation.global());
            marksFixed[i] = held.get(i).isEmpty();
        }
        look();
    }

    void flush(int la) {
        int index = index(la);
        boolean large = now(la).map(Translation::large).orElse(false);
        for (int i = 0; i < 2 * PAGES; i++) {
            boolean sameLarge = large && page(i) >>> windowShift(wide) == la >>> windowShift(wide);
            held.get(i).removeIf(translation -> sameLarge && translation.large());
        }
        if (index >= 0) {
            held.get(index).clear();
            marksFixed[index] = true;
        }
        look();
    }
}

package ringside.properties.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.properties.paging.PagingPlaces.*;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.properties.SlottedGuest;
import ringside.vmm.spi.VirtualMachine;

/**
 * Accesses across two pages, either of which may be absent, read-only, moved to another frame or without its marks, under
 * every pair of mode and memory strategy.
 *
 * <p>The pages are walked in order, and each walk that allows its half marks its entries: the first page is accessed, and
 * dirty for a write, also where the second then faults. (The manual lets a processor set accessed bits ahead; dirty bits of
 * an access that faults in its second half it leaves open.)
 */
class CrossingAccessesTest {
    private static final int BUDGET = 20_000, NOTES = 0x50000, FIRST = 1;
    private static final int PRESENT = 7, READ_ONLY = 5, A = 0x20, D = 0x40;

    /** What becomes of the two entries after both pages were written: the rights of each, 0 where it is absent. */
    private enum Change {
        NOTHING(PRESENT | A | D, PRESENT | A | D),
        FIRST_ABSENT(0, PRESENT),
        SECOND_ABSENT(PRESENT, 0),
        FIRST_READ_ONLY(READ_ONLY, PRESENT),
        SECOND_READ_ONLY(PRESENT, READ_ONLY),
        FIRST_ACCESSED(PRESENT | A, PRESENT),
        SECOND_DIRTY(PRESENT, PRESENT | A | D),
        MARKS_CLEARED(PRESENT, PRESENT);

        private final int first;
        private final int second;

        Change(int first, int second) {
            this.first = first;
            this.second = second;
        }
    }

    private enum Access {
        READ(false),
        WRITE(true),
        MODIFY(true),
        STRING(true),
        USER_READ(false),
        USER_WRITE(true),
        /** RMW with a lock. */
        LOCKED(true);

        private final boolean writes;

        Access(boolean writes) {
            this.writes = writes;
        }

        void write(PagingWriter w, int la) {
            if (this == USER_READ || this == USER_WRITE) {
                w.toUser();
            }
            switch (this) {
                case READ, USER_READ -> w.read(la);
                case WRITE, USER_WRITE -> w.write(la);
                case MODIFY -> w.raw(0xff, 0x05).dword(la);
                case LOCKED -> w.raw(0xf0, 0xff, 0x05).dword(la);
                case STRING ->
                    w.raw(0xbe).dword(SlottedGuest.SLOTS).raw(0xbf).dword(la).raw(0xa5);
            }
            w.end();
        }
    }

    private record Case(Access access, Change change) {}

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Access access : Access.values()) {
            for (Change change : Change.values()) {
                cases.add(new Case(access, change));
            }
        }
        return cases;
    }

    private static PagingWriter program(boolean wide) {
        PagingWriter w =
                new PagingProgram(wide, true, false, true, List.of()).begun().with(1);
        if (wide) {
            PagingKind.FORMAT.write(w);
        }
        PagingKind.WRITE_PROTECT.write(w);
        List<Case> cases = cases();
        for (int i = 0; i < cases.size(); i++) {
            Case next = cases.get(i);
            int la = w.page(0, FIRST) + 0xffe;
            entries(w, PRESENT, PRESENT, i & 7);
            w.write(la).end();
            // the first page moves to another frame as well
            entries(w, next.change.first, next.change.second, i & 7 ^ 8);
            next.access.write(w, la);
            w.kernel();
            for (int page = 0; page < 2; page++) {
                w.read(w.tableEntry(0, FIRST + page)).write(NOTES + i * 8 + page * 4);
            }
            w.end();
        }
        return w;
    }

    private static void entries(PagingWriter w, int first, int second, int frame) {
        w.kernel().store(w.tableEntry(0, FIRST), FRAMES + frame * 0x1000 | first);
        w.store(w.tableEntry(0, FIRST + 1), FRAMES + 0xf000 | second);
        w.invlpg(w.page(0, FIRST)).invlpg(w.page(0, FIRST + 1)).end();
    }

    private static ExperimentSpec spec(boolean wide, List<Setting> settings) {
        ServerSpec server = new ServerSpec(2010, CpuModel.ofYear(2010), 6, 1);
        return new ExperimentSpec(
                "crossing accesses", server, program(wide).image(), settings, List.of(), List.of(), BUDGET);
    }

    private static int marks(Case of, int page) {
        int rights = page == 0 ? of.change.first : of.change.second;
        boolean allowed = allowed(of, of.change.first) && (page == 0 || allowed(of, of.change.second));
        int added = allowed ? A | (of.access.writes ? D : 0) : 0;
        return rights & (A | D) | added;
    }

    private static boolean allowed(Case of, int rights) {
        return (rights & 1) != 0 && (!of.access.writes || (rights & 2) != 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_first_page_is_marked_also_where_the_second_faults(boolean wide) {
        VirtualMachine bare = spec(wide, List.of()).machine(new Setting("bare"));
        bare.run(BUDGET);
        List<Case> cases = cases();
        for (int i = 0; i < cases.size(); i++) {
            for (int page = 0; page < 2; page++) {
                int noted = bare.board().bus().read(32, NOTES + i * 8 + page * 4);
                assertThat(noted & (A | D))
                        .as("%s, page %d", cases.get(i), page)
                        .isEqualTo(marks(cases.get(i), page));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_pair_does_as_the_bare_machine(boolean wide) {
        List<Setting> settings = new ArrayList<>(MemorySettings.all());
        // a kernel in ring 3 diverges where it goes to its users, for reasons of its own
        settings.removeIf(setting -> setting.options().containsKey("ring"));
        for (Setting setting : settings) {
            ExperimentResult result = Experiment.run(spec(wide, List.of(new Setting("bare"), setting)));
            assertThat(result.runs().getLast().divergence()).as(setting.label()).isEmpty();
        }
    }
}

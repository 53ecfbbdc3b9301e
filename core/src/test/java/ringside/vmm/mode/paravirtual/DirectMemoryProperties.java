package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import ringside.machine.cpu.Stop;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.VirtualMachine;

/** Whatever a kernel asks for about its tables, and whatever is written to them, the types of its frames hold. */
class DirectMemoryProperties {
    private static final int FIRST = 0x200000, TABLE_0 = FIRST + 0x1000, PAGES = 6, MOST_STEPS = 40, DEVICE = 40;
    private static final String[] CALLS = {
        "load_page_table", "mmu_update", "update_va_mapping", "pin_table", "unpin_table", "set_shared_page", "set_gdt"
    };

    /** A call, a store by the guest (7), or a write by a device (8), on a page, an entry of it, and a value for it. */
    record Step(int kind, int page, int index, int value) {}

    private static Arbitrary<Integer> pages() {
        return Arbitraries.integers().between(0, PAGES - 1).map(i -> FIRST + i * 0x1000);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        // a store to a table ends the guest, a directory without the code's table too: seldom
        Arbitrary<Integer> kinds = Arbitraries.frequencyOf(
                Tuple.of(60, Arbitraries.of(0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 4, 5, 6, 8)),
                Tuple.of(1, Arbitraries.just(7)));
        Arbitrary<Integer> index = Arbitraries.frequencyOf(
                Tuple.of(40, Arbitraries.of(1, 2, 0x201, 0x202, 0x203, 0x204, 0x300, 1023)),
                Tuple.of(1, Arbitraries.just(0)));
        Arbitrary<Integer> frames = Arbitraries.oneOf(
                pages(), pages(), pages(), Arbitraries.of(SHARED, 0x300000, RAM, 0xb8000, 0x7ffff000));
        Arbitrary<Integer> flags = Arbitraries.of(0, 1, 3, 3, 3, 7, 0x83, 0x63);
        Arbitrary<Integer> values = Combinators.combine(frames, flags).as((frame, bits) -> frame | bits);
        return Combinators.combine(kinds, pages(), index, values)
                .as(Step::new)
                .list()
                .ofMinSize(4)
                .ofMaxSize(MOST_STEPS);
    }

    /** A device that writes memory by PA, whoever's table lies there. */
    private static GuestCall device() {
        List<Argument> arguments =
                List.of(Argument.of("pa", Argument.Kind.VALUE), Argument.of("word", Argument.Kind.VALUE));
        return new GuestCall(
                DEVICE,
                "device",
                arguments,
                (vm, a) -> {
                    vm.board().bus().write(32, a[0], a[1]);
                    return 0;
                },
                "here");
    }

    private static PortedProgram program(List<Step> steps, Layout layout) {
        int[] table = new int[1024];
        for (int i = 0; i < table.length; i++) {
            table[i] = i << 12 | 3;
        }
        PortedProgram program = new PortedProgram()
                .memory("direct", layout)
                .added(device())
                .data(TABLE_0, table)
                .data(FIRST, TABLE_0 | 7)
                .data(FIRST + 0x2000, TABLE_0 | 7, FIRST + 0x3000 | 7)
                .call("load_page_table", FIRST);
        int[] updates = new int[MOST_STEPS * 2];
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            updates[2 * i] = step.page() + 4 * step.index();
            updates[2 * i + 1] = step.value();
            switch (step.kind()) {
                case 0, 4, 5 -> program.call(CALLS[step.kind()], step.page());
                case 1 -> program.call("mmu_update", DATA + 8 * i, 1);
                case 2 ->
                    program.call("update_va_mapping", step.index() << 12 & 0x3ff000, step.value(), step.index() % 3);
                case 3 -> program.call("pin_table", step.page(), step.value() & 1);
                case 6 -> program.call("set_gdt", step.page() + 0xff0, 1);
                case 7 -> program.store(step.page() + 4 * step.index(), step.value());
                default -> program.call(DEVICE, step.page() + 4 * step.index(), step.value());
            }
        }
        return program.data(DATA, updates).call("sched_op", 2, 7);
    }

    @Property(tries = 250, seed = "20030055")
    void types_are_exclusive_counts_are_right_and_nothing_else_is_reachable(
            @ForAll("steps") List<Step> steps, @ForAll Layout layout) {
        VirtualMachine machine = program(steps, layout).machine();
        Stop stop = new Stop.Budget();
        for (int i = 0; i < 80 && stop instanceof Stop.Budget; i++) {
            stop = machine.run(7);
            FrameAudit.of(machine).assertSound();
        }
        assertThat(stop).isInstanceOfAny(Stop.Requested.class, Stop.Budget.class);
        long refused = IntStream.range(0, steps.size())
                .filter(i -> machine.board().bus().read(32, PortedProgram.RESULTS + 4 * i) < 0)
                .count();
        Statistics.label("ends")
                .collect(stop instanceof Stop.Requested r ? r.reason().split(":")[0] : "budget");
        Statistics.label("retyped").collect(machine.memory().get("retyped") > 0);
        Statistics.label("some refused").collect(refused > 0);
        Statistics.label("undone").collect(machine.memory().get("undone") > 0);
    }
}

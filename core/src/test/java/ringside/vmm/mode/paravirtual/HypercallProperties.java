package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.CODE;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;
import static ringside.vmm.mode.paravirtual.PortedProgram.STACK;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import ringside.machine.cpu.Stop;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/** Whatever a kernel asks for, the VMM goes on, and gives away nothing of its own. */
class HypercallProperties {
    private static final int BATCH = 0x170000, WORDS = 8, BATCHED = 8;

    /** A call of a script's with an argument of each kind: it reads and writes what passed the checks. */
    private static final int ADDED = 40;

    private static GuestCall added() {
        List<Argument> arguments = List.of(
                Argument.of("from", Argument.Kind.VA),
                Argument.of("length", Argument.Kind.LENGTH),
                Argument.of("page", Argument.Kind.PA),
                Argument.of("to", Argument.Kind.VALUE));
        return new GuestCall(
                ADDED,
                "move",
                arguments,
                (vm, a) -> {
                    vm.write(a[3], vm.read(a[0], a[1]));
                    return a[1];
                },
                "here");
    }

    /** A number that may be no call's, and arguments that may be anything. */
    record Call(int number, List<Integer> arguments) {}

    private static Arbitrary<Integer> words() {
        return Arbitraries.oneOf(
                Arbitraries.integers(),
                Arbitraries.integers().between(-4, 40),
                Arbitraries.of(
                        CODE,
                        CODE + 12,
                        DATA,
                        SHARED,
                        STACK,
                        BATCH,
                        RAM,
                        RAM - 4,
                        0x9e000,
                        0x9e008,
                        0xb8000,
                        VmmRegion.BASE,
                        VmmRegion.BASE - 4,
                        VmmRegion.CODE,
                        VmmRegion.DATA | 1,
                        0x200000,
                        0x200003),
                Arbitraries.of(
                        0x09, 0x11, 0x0009_0380, 0x0009_0780, 0x00cf_ba00, 0x00cf_b200, 0x00cf_9a00, 0xffff, 0x80));
    }

    @Provide
    Arbitrary<List<Call>> calls() {
        Arbitrary<Integer> numbers = Arbitraries.frequencyOf(
                Tuple.of(30, Arbitraries.integers().between(0, Hypercalls.ALL.size() - 1)),
                Tuple.of(4, Arbitraries.of(ADDED)),
                Tuple.of(1, Arbitraries.integers()));
        Arbitrary<List<Integer>> arguments = words().list().ofSize(Hypercall.MOST_ARGUMENTS);
        return Combinators.combine(numbers, arguments)
                .as(Call::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(24);
    }

    @Provide
    Arbitrary<List<Integer>> data() {
        return words().list().ofSize(32);
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A machine whose kernel first does things right, then makes the calls, one by one and some of them in a batch. */
    private static VirtualMachine machine(List<Call> calls, List<Integer> data) {
        int[] batch = new int[BATCHED * WORDS];
        for (int i = 0; i < BATCHED; i++) {
            Call call = calls.get(i % calls.size());
            batch[i * WORDS] = call.number();
            System.arraycopy(ints(call.arguments()), 0, batch, i * WORDS + 1, Hypercall.MOST_ARGUMENTS);
        }
        PortedProgram program = new PortedProgram()
                .added(added())
                .data(DATA, ints(data))
                .data(BATCH, batch)
                .data(DATA + 0x800, 0x0009_0780, CODE)
                .call("set_shared_page", SHARED)
                .call("set_trap_table", DATA + 0x800, 1)
                .call("stack_switch", 0x11, STACK)
                .call("set_fast_trap", 0x80);
        calls.forEach(call -> program.call(call.number(), ints(call.arguments())));
        return program.call("multicall", BATCH, BATCHED).call("sched_op", 2, 7).machine();
    }

    @Property(tries = 200, seed = "20050768")
    void the_vmm_survives_any_sequence_of_calls_and_its_tables_stay_harmless(
            @ForAll("calls") List<Call> calls, @ForAll("data") List<Integer> data) {
        VirtualMachine machine = machine(calls, data);
        Stop stop = machine.run(20_000);
        RealTables tables = new RealTables(machine);
        tables.assertGatesAreShut();
        tables.assertDescriptorsAreHarmless();
        tables.assertNothingMapsTheVmm();
        assertThat(stop).isInstanceOfAny(Stop.Requested.class, Stop.Budget.class, Stop.Halted.class);
        String word =
                stop instanceof Stop.Requested requested ? requested.reason().split(":")[0] : stop.toString();
        Statistics.collect(word.replaceAll("[^a-z ].*", ""));
    }

    @Property(tries = 150, seed = "20050542")
    void the_vmm_survives_any_registers_at_the_trap_instruction(
            @ForAll("calls") List<Call> calls, @ForAll("data") List<Integer> data) {
        // no preparation: the first calls meet a guest that has registered nothing
        PortedProgram program = new PortedProgram().added(added()).data(DATA, ints(data));
        calls.forEach(call -> program.call(call.number(), ints(call.arguments())));
        VirtualMachine machine = program.call("sched_op", 2, 7).machine();
        machine.run(20_000);
        long made = machine.exits().asMap().entrySet().stream()
                .filter(exit -> exit.getKey().startsWith("HYPERCALL"))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(made).isPositive();
        new RealTables(machine).assertDescriptorsAreHarmless();
    }

    @Provide
    Arbitrary<List<Integer>> code() {
        Arbitrary<List<Integer>> bytes =
                Arbitraries.integers().between(0, 255).list().ofMinSize(1).ofMaxSize(6);
        Arbitrary<List<Integer>> telling = Arbitraries.of(
                List.of(0x0f, 0x01, 0xc1), // vmcall, likewise
                List.of(0xcd, Hypercalls.VECTOR), // the hypercall, with whatever the registers hold
                List.of(0x8e, 0xd8), // mov ds, eax
                List.of(0x8e, 0xd0), // mov ss, eax
                List.of(0xb8, 0x11, 0, 0, 0), // mov eax, 11
                List.of(0xb8, 0x1a, 0, 0, 0), // mov eax, 1a
                List.of(0x9d), // popf
                List.of(0xcf), // iret
                List.of(0xcb)); // retf
        return Arbitraries.oneOf(bytes, telling)
                .list()
                .ofMinSize(4)
                .ofMaxSize(40)
                .map(parts -> parts.stream().flatMap(List::stream).toList());
    }

    @Property(tries = 150, seed = "20050648")
    void the_vmm_survives_any_code_of_a_kernel_whose_faults_lead_back_into_it(@ForAll("code") List<Integer> code) {
        int[] traps = new int[64];
        PortedProgram program = new PortedProgram();
        program.call("set_shared_page", SHARED).call("set_trap_table", DATA, 32).call("stack_switch", 0x11, STACK);
        for (int vector = 0; vector < 32; vector++) {
            traps[vector * 2] = 0x0009_0400 | vector;
            traps[vector * 2 + 1] = program.here() + 5 + vector;
        }
        // a small stack: a kernel whose handler faults is soon at its end
        program.bytes(0xbc, 0, 0x20, 0, 0);
        VirtualMachine machine = program.data(DATA, traps).bytes(ints(code)).machine();
        Stop stop = machine.run(400);
        assertThat(stop).isInstanceOfAny(Stop.Requested.class, Stop.Budget.class, Stop.Halted.class);
        RealTables tables = new RealTables(machine);
        tables.assertGatesAreShut();
        tables.assertDescriptorsAreHarmless();
        tables.assertNothingMapsTheVmm();
        Statistics.collect(
                stop.getClass().getSimpleName(), machine.retired() > 100 ? "over 100 retired" : "few retired");
    }
}

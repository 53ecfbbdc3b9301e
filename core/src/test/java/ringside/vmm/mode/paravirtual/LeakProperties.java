package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import ringside.machine.board.Board;
import ringside.machine.cpu.Cpu;
import ringside.machine.devices.Console;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/**
 * Nothing of the VMM's memory comes to a ported guest: a secret lies in all of the region that holds no tables, and at
 * the end it is in no register, no page, no console of the guest's.
 */
class LeakProperties {
    private static final int SECRET = 0x5ec2e751, TABLE = 0x140000;
    private static final int COPY = 40, FILL = 41;

    /** What a call or an instruction is given: much of it in or near the region. */
    private static Arbitrary<Integer> addresses() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        VmmRegion.BASE,
                        VmmRegion.BASE - 4,
                        VmmRegion.la(VmmRegion.GUARD),
                        VmmRegion.la(VmmRegion.CACHE_DATA),
                        VmmRegion.la(VmmRegion.CACHE) + 0x1000,
                        -0x1000,
                        -4),
                Arbitraries.integers().between(VmmRegion.BASE, -1),
                Arbitraries.of(PortedProgram.DATA, PortedProgram.RESULTS, PortedProgram.RAM - 8),
                Arbitraries.integers().between(0, 0x100));
    }

    /** One thing that the kernel does: machine code, or a hypercall. */
    record Attempt(int number, List<Integer> values) {}

    @Provide
    Arbitrary<List<Attempt>> attempts() {
        Arbitrary<Integer> numbers = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.integers().between(0, Hypercalls.ALL.size() - 1)),
                Tuple.of(2, Arbitraries.of(COPY, FILL)),
                Tuple.of(6, Arbitraries.of(-1, -2, -3)));
        Arbitrary<List<Integer>> values = addresses().list().ofSize(Hypercall.MOST_ARGUMENTS);
        return numbers.flatMap(number -> values.map(list -> new Attempt(number, list)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(20);
    }

    private static PortedProgram program(List<Attempt> attempts) {
        PortedProgram program = new PortedProgram()
                .added(call(COPY, "copy", (vm, a) -> {
                    vm.write(PortedProgram.DATA, vm.read(a[0], 64));
                    return 64;
                }))
                .added(call(FILL, "fill", (vm, a) -> {
                    vm.write(a[0], new byte[64]);
                    return 64;
                }));
        int[] traps = new int[64];
        program.call("set_trap_table", TABLE, 32).call("stack_switch", 0x11, PortedProgram.STACK);
        // every fault goes on behind what raised it: the handler drops the frame and jumps to where EDI points
        int handler = program.here() + 2;
        program.bytes(0xeb, 7).bytes(0xbc, 0, 0, 0x18, 0).bytes(0xff, 0xe7);
        for (int vector = 0; vector < 32; vector++) {
            traps[vector * 2] = 0x0009_0000 | vector;
            traps[vector * 2 + 1] = handler;
        }
        for (Attempt attempt : attempts) {
            attempt(program, attempt);
        }
        return program.data(TABLE, traps);
    }

    private static GuestCall call(int number, String name, GuestCall.Handler handler) {
        return new GuestCall(number, name, List.of(Argument.value("va")), handler, "here");
    }

    private static PortedProgram word(PortedProgram program, int value) {
        return program.bytes(value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff, value >>> 24);
    }

    private static void attempt(PortedProgram program, Attempt attempt) {
        int[] values = attempt.values().stream().mapToInt(Integer::intValue).toArray();
        if (attempt.number() >= 0) {
            program.call(attempt.number(), values);
            return;
        }
        // EDI: past a load of eleven bytes at most
        word(program.bytes(0xbf), program.here() + 5 + 11);
        switch (attempt.number()) {
            case -1 ->
                word(word(program.bytes(0x8b, 0x1d), values[0]).bytes(0xb9), values[1]); // mov ebx,[a]; mov ecx,b
            case -2 ->
                word(program.bytes(0xbe), values[0]).bytes(0xad, 0x89, 0xc3, 0x90, 0x90, 0x90); // lodsd; mov ebx,eax
            default -> word(program.bytes(0x2e, 0x8b, 0x2d), values[0]).bytes(0x90, 0x90, 0x90, 0x90); // mov ebp,cs:[a]
        }
    }

    private static void hide(PhysicalMemory memory) {
        for (int at = VmmRegion.STACK; at < VmmRegion.STACK_TOP - 0x400; at += 4) {
            memory.put32(at, SECRET);
        }
        for (int at = VmmRegion.GUARD; at < VmmRegion.GUARD + 0x1000; at += 4) {
            memory.put32(at, SECRET);
        }
        for (int at = VmmRegion.CACHE_DATA; at < VmmRegion.SIZE; at += 4) {
            memory.put32(at, SECRET);
        }
    }

    @Property(tries = 80, seed = "20051974")
    void no_call_and_no_access_brings_a_byte_of_the_vmms_to_the_guest(@ForAll("attempts") List<Attempt> attempts) {
        VirtualMachine machine = program(attempts).call("sched_op", 2, 7).machine();
        hide(machine.board().bus().memory());
        machine.run(5_000);
        Cpu state = machine.state();
        for (int register : state.r) {
            assertThat(register).isNotEqualTo(SECRET);
        }
        for (int i : new int[] {0, 1, 2, 3}) {
            assertThat(state.dr[i]).isNotEqualTo(SECRET);
        }
        Board board = machine.board();
        for (int pa = 0; pa < PortedProgram.RAM; pa += 4) {
            if (board.bus().read(32, pa) == SECRET) {
                assertThat(Integer.toHexString(pa)).as("holds the VMM's secret").isEmpty();
            }
        }
        for (Console console : board.platform().consoles().values()) {
            assertThat(console.text()).doesNotContain("Q\u00e7\u00c2^");
        }
        Statistics.label("faults taken").collect(machine.counters().get("trueFaults") > 0 ? "some" : "none");
        Statistics.label("calls refused").collect(machine.counters().get("refused") > 0 ? "some" : "none");
    }
}

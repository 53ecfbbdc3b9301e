package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import ringside.machine.board.Snapshot;

/** Save, load, run equals run: for every device alone and for all together, under random use. */
class SavedDevicesProperties {
    private static final Map<String, String> SAME = Map.of();
    /** Where the ports of PCI devices begin; kinds without ports of their own are used by these. */
    private static final int FIRST_WINDOW = 0xc000;

    /** One step of a guest or of the world around it. */
    private record Step(Kind kind, int port, int value) {}

    private enum Kind {
        IN,
        OUT,
        IN_WORD,
        OUT_WORD,
        CONFIGURE,
        APIC,
        PASS,
        ACKNOWLEDGE,
        KEY,
        SERIAL
    }

    @Provide
    Arbitrary<List<Step>> use() {
        return Arbitraries.of(Devices.ALL)
                .flatMap(kind -> steps(portsOf(List.of(kind))))
                .flatMap(one -> steps(portsOf(Devices.ALL)).map(all -> {
                    List<Step> both = new ArrayList<>(one);
                    both.addAll(all);
                    return both;
                }));
    }

    private static List<Integer> portsOf(List<DeviceKind> kinds) {
        List<Integer> ports = new ArrayList<>();
        for (DeviceKind kind : kinds) {
            for (DeviceKind.Ports range : kind.ports().apply(DeviceSettings.of(16 << 20))) {
                for (int port = range.first(); port <= range.last(); port++) {
                    ports.add(port);
                }
            }
        }
        for (int port = FIRST_WINDOW; ports.isEmpty() && port < FIRST_WINDOW + 0x200; port++) {
            ports.add(port);
        }
        return ports;
    }

    private static Arbitrary<List<Step>> steps(List<Integer> ports) {
        Arbitrary<Kind> kind = Arbitraries.frequency(
                Tuple.of(6, Kind.IN),
                Tuple.of(10, Kind.OUT),
                Tuple.of(2, Kind.IN_WORD),
                Tuple.of(3, Kind.OUT_WORD),
                Tuple.of(1, Kind.CONFIGURE),
                Tuple.of(3, Kind.APIC),
                Tuple.of(4, Kind.PASS),
                Tuple.of(2, Kind.ACKNOWLEDGE),
                Tuple.of(1, Kind.KEY),
                Tuple.of(1, Kind.SERIAL));
        Arbitrary<Step> step = Combinators.combine(
                        kind, Arbitraries.of(ports), Arbitraries.integers().between(0, 255))
                .as(Step::new);
        return step.list().ofMinSize(2).ofMaxSize(40);
    }

    private static TestMachine machine() {
        return new TestMachine(
                        DeviceSettings.of(16 << 20).withApic(true).withDisks(List.of(new Disk(0x80, new byte[2048]))))
                .initialisePics();
    }

    private static String take(TestMachine machine, Step step) {
        switch (step.kind) {
            case IN -> {
                return Integer.toHexString(machine.in(step.port));
            }
            case OUT -> machine.out(step.port, step.value);
            case IN_WORD -> {
                return Integer.toHexString(machine.platform.ports().in(16, step.port & ~1));
            }
            case OUT_WORD -> machine.platform.ports().out(16, step.port & ~1, step.value * 0x0101);
            case CONFIGURE -> {
                machine.platform.ports().out(32, 0xcf8, 1 << 31 | (step.port & 3) << 11 | (step.port >> 2 & 0xff) << 2);
                machine.out(0xcfc + (step.value & 3), step.value);
            }
            case PASS -> machine.pass((long) step.value * step.value * step.value * 10);
            case APIC -> {
                int register = step.port & 0x3f;
                machine.addresses.write(32, 0xfee0_0000 | register << 4, step.value * 0x0101_0101);
                machine.addresses.write(32, 0xfec0_0000, 0x10 | register);
                machine.addresses.write(32, 0xfec0_0010, step.value * 0x0101);
                return Integer.toHexString(machine.addresses.read(32, 0xfee0_0000 | register << 4));
            }
            case ACKNOWLEDGE -> {
                return machine.intr ? "vector " + machine.platform.interrupts().acknowledge() : "";
            }
            case KEY -> machine.platform.device(KeyboardController.class).scanCode(step.value);
            case SERIAL -> machine.platform.console("com1").type(new byte[] {(byte) step.value});
        }
        return "";
    }

    private static List<String> run(TestMachine machine, List<Step> steps) {
        List<String> seen = new ArrayList<>();
        for (Step step : steps) {
            seen.add(take(machine, step) + " " + machine.intr + machine.a20 + machine.stopped
                    + machine.platform.mayInterrupt());
        }
        return seen;
    }

    private static Snapshot state(TestMachine machine) {
        return Snapshot.of(SAME, machine.platform.parts());
    }

    @Property(tries = 500, seed = "20050205")
    void a_machine_saved_and_loaded_in_the_middle_goes_on_as_if_nothing_had_been(@ForAll("use") List<Step> steps) {
        TestMachine straight = machine();
        TestMachine first = machine();
        TestMachine second = machine();
        int middle = steps.size() / 2;
        run(straight, steps.subList(0, middle));
        run(first, steps.subList(0, middle));
        state(first).load(SAME, second.platform.parts());
        System.arraycopy(first.ram, 0, second.ram, 0, first.ram.length);
        second.stopped = first.stopped;

        List<Step> rest = steps.subList(middle, steps.size());
        assertThat(run(second, rest)).isEqualTo(run(straight, rest));
        assertThat(state(second).firstDifference(state(straight))).isEmpty();
        assertThat(second.platform.console("com1").text())
                .isEqualTo(straight.platform.console("com1").text());
    }

    @Property(tries = 100, seed = "20050719")
    void saving_changes_nothing(@ForAll("use") List<Step> steps) {
        TestMachine plain = machine();
        TestMachine saved = machine();
        for (Step step : steps) {
            assertThat(take(saved, step)).isEqualTo(take(plain, step));
            assertThat(state(saved).firstDifference(state(saved))).isEmpty();
        }
        assertThat(state(saved).firstDifference(state(plain))).isEmpty();
    }
}

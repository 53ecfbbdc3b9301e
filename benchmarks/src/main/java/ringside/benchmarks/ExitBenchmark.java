package ringside.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.lab.ServerSpec;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Exits a second of a deprivileged guest that does nothing but CLI and STI. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 15, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class ExitBenchmark {
    private static final int ROUNDS = 10_000;
    private static final int EXITS_A_ROUND = 2;
    private static final int INSTRUCTIONS_A_ROUND = 3;
    private static final String GUEST = "guest('exits') { kernel {\nagain:\ncli\nsti\njmp again\n} }";

    private VirtualMachine machine;

    /** Starts the guest and lets it run once around. */
    @Setup
    public void start() {
        GuestImage guest = ScriptRunner.run(GUEST, "exits", System.err).guests().getFirst();
        DeviceSettings devices = DeviceSettings.of((long) ServerSpec.DEFAULT.ramMib() << 20);
        VmSpec spec = new VmSpec(ServerSpec.DEFAULT.cpu(), devices, List.of(), guest, "interpreter", "", Map.of());
        machine = Modes.create("deprivileged", spec);
        machine.run(INSTRUCTIONS_A_ROUND);
        if (machine.exits().total() != EXITS_A_ROUND) {
            throw new IllegalStateException(
                    "not two exits a round: " + machine.exits().asMap());
        }
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS * EXITS_A_ROUND)
    public Stop exits() {
        return machine.run(ROUNDS * INSTRUCTIONS_A_ROUND);
    }
}

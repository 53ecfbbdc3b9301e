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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/**
 * Round trips a second of a guest under hardware assist that does nothing but exit, and beside them the instructions a
 * second of the same processor without a VMM: the ratio of the two says more than either on a machine that others share.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class HardwareExitBenchmark {
    private static final int ROUNDS = 10_000;
    private static final int INSTRUCTIONS_A_ROUND = 2;

    /** What the guest does over and over. */
    @Param({"cpuid", "in al, 0x80", "inc ecx"})
    public String instruction;

    private VirtualMachine machine;

    /** Starts the guest and lets it run once around; what exits must do so each time. */
    @Setup
    public void start() {
        String script = "guest('exits') { kernel {\nagain:\n" + instruction + "\njmp again\n} }";
        GuestImage guest =
                ScriptRunner.run(script, "exits", System.err).guests().getFirst();
        CpuModel cpu = CpuModel.named("core2").orElseThrow();
        VmSpec spec = new VmSpec(cpu, DeviceSettings.of(16 << 20), List.of(), guest, "interpreter", "", Map.of());
        boolean exits = !instruction.startsWith("inc");
        machine = Modes.create(exits ? "hardware" : "bare", spec);
        machine.run(INSTRUCTIONS_A_ROUND * 10);
        if (machine.exits().total() != (exits ? 10 : 0)) {
            throw new IllegalStateException(
                    "unexpected exits: " + machine.exits().asMap());
        }
    }

    /** Rounds of one instruction and a jump back. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public Stop rounds() {
        return machine.run(ROUNDS * INSTRUCTIONS_A_ROUND);
    }
}

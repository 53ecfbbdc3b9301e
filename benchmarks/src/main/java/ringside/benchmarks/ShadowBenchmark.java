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

/** Shadow fills and trace faults a second: a guest that loads CR3 and reads 8 pages, and one that writes a PDE in use. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class ShadowBenchmark {
    private static final int ROUNDS = 1_000, FILLS_A_ROUND = 9, INSTRUCTIONS_A_ROUND = 11;
    private static final String READS =
            "guest('fills') { paging true\nkernel {\nmov ebx, cr3\nagain:\nmov cr3, ebx\nnop\n"
                    + "mov eax, [0x300000]\nmov eax, [0x301000]\nmov eax, [0x302000]\nmov eax, [0x303000]\n"
                    + "mov eax, [0x304000]\nmov eax, [0x305000]\nmov eax, [0x306000]\nmov eax, [0x307000]\njmp again\n} }";
    private static final String WRITES =
            "guest('traces') { paging true\nkernel {\nagain:\nmov dword[0x4ffc], 0\njmp again\n} }";

    @Param({"deprivileged", "hardware"})
    public String mode;

    private VirtualMachine fills;
    private VirtualMachine traces;

    private VirtualMachine start(String script, String policy) {
        GuestImage guest =
                ScriptRunner.run(script, "shadow", System.err).guests().getFirst();
        VirtualMachine machine = Modes.create(
                mode,
                new VmSpec(
                        CpuModel.ofYear(2006),
                        DeviceSettings.of(16 << 20),
                        List.of(),
                        guest,
                        "interpreter",
                        "",
                        Map.of("policy", policy)));
        machine.run(1_000);
        return machine;
    }

    /** Starts both guests. */
    @Setup
    public void start() {
        fills = start(READS, "flush");
        traces = start(WRITES, "cached");
        if (fills.memory().get("shadowFills") < 100 || traces.memory().get("traceFaults") < 100) {
            throw new IllegalStateException(
                    "the guests do not do what is measured: " + fills.memory() + "; " + traces.memory());
        }
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS * FILLS_A_ROUND)
    public Stop shadowFills() {
        return fills.run(ROUNDS * INSTRUCTIONS_A_ROUND);
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public Stop traceFaults() {
        return traces.run(ROUNDS * 2);
    }
}

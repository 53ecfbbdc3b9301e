package ringside.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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

/**
 * Guest instructions a second of kernel code that nobody has translated yet: each is fetched, decoded, translated, written
 * into the cache, decoded there and executed once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class TranslationBenchmark {
    private static final int ROUNDS = 2_000, INSTRUCTIONS_A_ROUND = 20;

    /** A stretch of straight code with a branch in seven, as compilers make it. */
    private static final String GUEST = """
            guest('cold') {
                kernel(at: 0x300000) {
                    %d.times {
                        mov eax, [0x200000]
                        add eax, 3
                        mov ebx, eax
                        shl ebx, 2
                        xor edx, edx
                        mov [0x200004], ebx
                        test eax, eax
                        db 0x75, 0x00
                        mov ecx, [0x200008]
                        lea esi, [ecx + ebx*4 + 8]
                        push esi
                        inc ecx
                        sub esi, ecx
                        pop edi
                        db 0xeb, 0x00
                        mov dword[0x20000c], 7
                        and edi, 0xfff
                        cli
                        cmp edi, ecx
                        db 0x74, 0x00
                    }
                    hlt
                }
            }
            """.formatted(ROUNDS);

    private static final GuestImage IMAGE =
            ScriptRunner.run(GUEST, "cold", System.err).guests().getFirst();

    private VirtualMachine machine;

    /** A machine whose cache is empty. */
    @Setup(Level.Invocation)
    public void start() {
        DeviceSettings devices = DeviceSettings.of((long) ServerSpec.DEFAULT.ramMib() << 20);
        machine = Modes.create(
                "translated",
                new VmSpec(ServerSpec.DEFAULT.cpu(), devices, List.of(), IMAGE, "interpreter", "", Map.of()));
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS * INSTRUCTIONS_A_ROUND)
    public Stop cold() {
        return machine.run(ROUNDS * INSTRUCTIONS_A_ROUND);
    }
}

package ringside.benchmarks;

import java.io.IOException;
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
import org.openjdk.jmh.infra.Blackhole;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.isa.Decoder;
import ringside.isa.Insn;

/** Instructions decoded a second, over the code of the reference kernel. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class DecodeBenchmark {
    private static final int INSTRUCTIONS = 1000;
    private static final int RAM = 16 << 20;

    private byte[] code;

    /** Takes the kernel's first segment, whose beginning is its code. */
    @Setup
    public void load() throws IOException {
        GuestImage image = KernelImage.of(new ImageFile("reference.elf", ReferenceKernel.file()), "", RAM);
        code = image.segments().getFirst().bytes();
    }

    @Benchmark
    @OperationsPerInvocation(INSTRUCTIONS)
    public void decode(Blackhole hole) {
        int at = 0;
        for (int i = 0; i < INSTRUCTIONS; i++) {
            Insn insn = Decoder.decode(code, at, 32);
            hole.consume(insn);
            at += insn.length;
        }
    }
}

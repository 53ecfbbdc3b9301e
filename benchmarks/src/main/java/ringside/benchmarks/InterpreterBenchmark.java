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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import ringside.engine.Engines;
import ringside.machine.board.Board;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;

/** Guest instructions a microsecond, which is MIPS: warm, paging on, interrupts armed, one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class InterpreterBenchmark {
    private static final int INSTRUCTIONS = 5_000_000;
    private static final long UNTIL_RING_3 = 40_000_000;

    /** What the guest computes. */
    @Param({"sieve", "sha256"})
    public String work;

    private Board board;
    private Engine engine;

    /** Boots the kernel and leaves it in the midst of its work in ring 3. */
    @Setup
    public void boot() throws IOException {
        board = ReferenceKernel.board(work);
        engine = Engines.named("interpreter");
        long most = UNTIL_RING_3;
        while (engine.run(board.cpu(), INSTRUCTIONS) instanceof Stop.Budget && (most -= INSTRUCTIONS) > 0) {
            Thread.onSpinWait();
        }
        if (!board.cpu().paging() || most > 0) {
            throw new IllegalStateException(
                    "the guest is not at work: " + board.cpu().pc());
        }
    }

    @Benchmark
    @OperationsPerInvocation(INSTRUCTIONS)
    public Stop instructions() {
        return engine.run(board.cpu(), INSTRUCTIONS);
    }
}

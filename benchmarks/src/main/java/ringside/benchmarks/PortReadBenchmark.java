package ringside.benchmarks;

import java.util.List;
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
import ringside.machine.board.Board;
import ringside.machine.bus.PortBus;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.state.StateVisitor;

/** What a port read costs by who answers: a Java device, or a script's device whose body is typed or dynamic. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class PortReadBenchmark {
    private static final int READS = 1_000, PORT = 0x500;

    /** An experiment takes the devices that stand above it. */
    private static final String RUN =
            "\nexperiment('answers') { run guest('halts') { kernel { hlt } }, under: [bare] }";

    private static final String TYPED = """
            import groovy.transform.CompileStatic
            @CompileStatic
            int answer(int port, int width) { port * 3 + width }
            device('answer') { ports 0x500..0x51f; read this.&answer }
            """;
    private static final String DYNAMIC =
            "device('answer') { ports 0x500..0x51f; read { port, width -> port * 3 + width } }";

    /** Who answers. */
    @Param({"java", "typed", "dynamic"})
    public String body;

    private PortBus ports;

    /** The same answer from Java. */
    private static final class Answer implements Device {
        @Override
        public int in(int bits, int port) {
            return port * 3 + bits & 0xff;
        }

        @Override
        public void out(int bits, int port, int value) {
            // nothing to change
        }

        @Override
        public String stateName() {
            return "answer";
        }

        @Override
        public void visit(StateVisitor v) {
            // no state
        }
    }

    /** A machine with the device. */
    @Setup
    public void install() {
        DeviceKind kind = body.equals("java")
                ? new DeviceKind(
                        "answer",
                        "answers",
                        DeviceKind.NO_IRQ,
                        settings -> List.of(new DeviceKind.Ports(PORT, PORT + 31)),
                        wiring -> new Answer())
                : ScriptRunner.run((body.equals("typed") ? TYPED : DYNAMIC) + RUN, "answer", System.err)
                        .experiments()
                        .getFirst()
                        .server()
                        .devices()
                        .getFirst();
        Board board = new Board(CpuModel.ofYear(2004), DeviceSettings.of(1 << 20));
        board.platform().install(kind);
        ports = board.platform().ports();
        if (ports.in(8, PORT) != (PORT * 3 + 8 & 0xff)) {
            throw new IllegalStateException("a wrong answer: " + ports.in(8, PORT));
        }
    }

    /** Reads of ports, each chosen by what the one before gave. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public int reads() {
        int sum = 0;
        for (int i = 0; i < READS; i++) {
            sum += ports.in(8, PORT + (sum & 31));
        }
        return sum;
    }
}

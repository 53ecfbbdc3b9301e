package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import ringside.arch.CpuModel;
import ringside.engine.Engines;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.machine.board.Board;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;

/** Random bytes as a guest never crash, hang or leave a budget unreported. */
class RandomBytesProperties {
    private static final int RAM = 1 << 20;
    private static final int PA = 0x8000;
    private static final int BUDGET = 3_000;
    private static final List<Integer> CLEARED = List.of(0, 0, 0, 0, PA, 0, 0, 0);

    /** A guest as bytes and the state it is entered in; prints as hex. */
    record Rubbish(byte[] bytes, boolean flat, int year) {
        GuestImage image() {
            EntryState entry = flat
                    ? new EntryState.Flat(8, PA, 16, PA, 0, -1, 0, -1, CLEARED)
                    : new EntryState.Real(0, PA, 0, PA, 0, CLEARED);
            return new GuestImage("rubbish", List.of(new LoadSegment("bytes", PA, bytes)), entry);
        }

        @Override
        public String toString() {
            return (flat ? "flat " : "real ") + year + " " + java.util.HexFormat.of().formatHex(bytes);
        }
    }

    @Provide
    Arbitrary<Rubbish> rubbish() {
        Arbitrary<byte[]> uniform = Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(400);
        Arbitrary<byte[]> system = Arbitraries.of(SYSTEM_BYTES).array(byte[].class).ofMinSize(1).ofMaxSize(100);
        return Combinators.combine(
                        Arbitraries.oneOf(uniform, system), Arbitraries.of(true, false), Arbitraries.of(1985, 1995, 2019))
                .as(Rubbish::new);
    }

    /** Bytes that tend to change mode, tables and control registers: rubbish that gets further. */
    private static final List<Byte> SYSTEM_BYTES = bytes(
            0x0f, 0x01, 0x00, 0x20, 0x22, 0x23, 0x30, 0x32, 0xc0, 0xd8, 0xe0, 0xea, 0xcf, 0xcd, 0xf4, 0xfb, 0xfa, 0x9d, 0x9c,
            0x8e, 0x17, 0x07, 0xff, 0xf3, 0xf2, 0xa4, 0xaa, 0xe6, 0xee, 0xeb, 0xfe, 0x66, 0x67, 0xb8, 0x50, 0x58);

    private static List<Byte> bytes(int... values) {
        return java.util.Arrays.stream(values).mapToObj(value -> (byte) value).toList();
    }

    @Property(tries = 600, seed = "20050103")
    void a_run_ends_with_a_reason_within_its_budget_and_the_same_one_each_time(@ForAll("rubbish") Rubbish rubbish) {
        Outcome first = run(rubbish);
        assertThat(first.retired()).isLessThanOrEqualTo(BUDGET);
        if (first.stop() instanceof Stop.Budget) {
            assertThat(first.retired() == BUDGET || first.stuck())
                    .as("the budget is named as reason only where it is used up, or nothing retires any more")
                    .isTrue();
        }
        assertThat(run(rubbish)).isEqualTo(first);
    }

    /** What is compared: the reason, the place, the count. */
    record Outcome(Stop stop, int eip, long retired, boolean stuck) {}

    private static Outcome run(Rubbish rubbish) {
        Board board = new Board(CpuModel.ofYear(rubbish.year()), DeviceSettings.of(RAM));
        rubbish.image().load(board);
        board.enter(rubbish.image().entry());
        Engine engine = Engines.named("interpreter");
        Stop stop = engine.run(board.cpu(), BUDGET);
        long retired = board.cpu().retired;
        boolean stuck = stop instanceof Stop.Budget && retired < BUDGET;
        if (stuck) {
            engine.run(board.cpu(), 1);
            assertThat(board.cpu().retired - retired).as("a guest that was called stuck").isLessThanOrEqualTo(1);
        }
        return new Outcome(stop, board.cpu().eip, retired, stuck);
    }
}

package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.engine.Engines;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.machine.board.Board;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;

/** Save and load at any instruction change nothing: the rest of the run is the same, to the last byte. */
class SaveLoadProperties {
    private static final int KERNEL_RAM = 4 << 20;
    private static final int YEAR = 2004;
    private static final byte[] KERNEL = kernel();

    @Provide
    Arbitrary<Rubbish> rubbish() {
        return Rubbish.any();
    }

    @Property(tries = 200, seed = "20050104")
    void in_random_bytes(
            @ForAll("rubbish") Rubbish rubbish,
            @ForAll @IntRange(max = 500) int before,
            @ForAll @IntRange(min = 1, max = 1000) int after) {
        requireSame(rubbish.loaded(), rubbish.empty(), before, after);
    }

    /** Until the kernel works in ring 3: real rings, paging, interrupts and devices at work. */
    @Property(tries = 25, seed = "20050105", edgeCases = EdgeCasesMode.NONE)
    void in_the_reference_kernel(
            @ForAll @IntRange(max = 6_000_000) int before, @ForAll @IntRange(min = 1, max = 1_500_000) int after) {
        Board board = bare();
        GuestImage image =
                KernelImage.of(new ImageFile("reference.elf", KERNEL), "work=fork,demand ticks=3", KERNEL_RAM);
        image.load(board);
        board.enter(image.entry());
        requireSame(board, bare(), before, after);
    }

    private static Board bare() {
        return new Board(CpuModel.ofYear(YEAR), DeviceSettings.of(KERNEL_RAM), 0);
    }

    private static void requireSame(Board board, Board other, int before, int after) {
        Engine engine = Engines.named("interpreter");
        engine.run(board.cpu(), before);
        other.load(board.snapshot());
        assertThat(other.snapshot().firstDifference(board.snapshot()))
                .as("right after loading")
                .isEmpty();
        Stop stop = engine.run(board.cpu(), after);
        Stop otherStop = Engines.named("interpreter").run(other.cpu(), after);
        assertThat(otherStop).isEqualTo(stop);
        assertThat(other.snapshot().firstDifference(board.snapshot()))
                .as("after " + after + " more")
                .isEmpty();
    }

    private static byte[] kernel() {
        try (InputStream in = Board.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

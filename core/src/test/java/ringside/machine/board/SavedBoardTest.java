package ringside.machine.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.engine.Interpreter;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;

/** The whole server, saved in the middle of the reference kernel. */
class SavedBoardTest {
    private static final int RAM = 0x100_0000;
    private static final long BUDGET = 200_000_000;

    private static Board board() {
        return new Board(CpuModel.ofYear(2004), DeviceSettings.of(RAM));
    }

    private static Board loaded() {
        try (InputStream in = SavedBoardTest.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            GuestImage image = KernelImage.of(new ImageFile("reference.elf", in.readAllBytes()), "", RAM);
            Board board = board();
            image.load(board);
            board.enter(image.entry());
            return board;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void saved_after_some_instructions_and_loaded_elsewhere_it_ends_in_the_same_state() {
        Board straight = loaded();
        Stop expected = new Interpreter().run(straight.cpu(), BUDGET);
        Snapshot end = straight.snapshot();
        Board saved = loaded();
        for (long more : new long[] {1, 999, 54_321, 1_000_003}) {
            assertThat(new Interpreter().run(saved.cpu(), more)).isEqualTo(new Stop.Budget());
            Snapshot middle = saved.snapshot();
            Board fresh = board();
            fresh.load(middle);
            assertThat(fresh.snapshot().firstDifference(middle)).isEmpty();
            assertThat(new Interpreter().run(fresh.cpu(), BUDGET)).isEqualTo(expected);
            assertThat(fresh.snapshot().firstDifference(end)).isEmpty();
        }
    }

    @Test
    void a_server_of_another_kind_refuses_the_snapshot() {
        Snapshot snapshot = loaded().snapshot();
        Board other = new Board(CpuModel.ofYear(2004).with(Feature.UMIP, true), DeviceSettings.of(RAM));
        assertThatThrownBy(() -> other.load(snapshot))
                .hasMessageStartingWith("the snapshot does not fit this machine: features was ")
                .hasMessageEndingWith(" umip; load it into a machine configured alike");
        Board smaller = new Board(CpuModel.ofYear(2004), DeviceSettings.of(RAM / 2));
        assertThatThrownBy(() -> smaller.load(snapshot)).hasMessageContaining("memory was 20971520 bytes");
    }
}

package ringside.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.machine.board.Board;
import ringside.machine.devices.DeviceSettings;

/** The reference kernel on a bare board, told to compute for ever in ring 3 under paging with its timer running. */
final class ReferenceKernel {
    private static final int RAM = 16 << 20;
    private static final int YEAR = 2004;
    private static final String FOR_EVER = " repeat=4000000000 ticks=1";

    private ReferenceKernel() {}

    static byte[] file() throws IOException {
        try (InputStream in = ReferenceKernel.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            return in.readAllBytes();
        }
    }

    /** A board about to execute the kernel's first instruction; {@code work} is {@code sieve} or {@code sha256}. */
    static Board board(String work) throws IOException {
        GuestImage image = KernelImage.of(new ImageFile("reference.elf", file()), "work=" + work + FOR_EVER, RAM);
        Board board = new Board(CpuModel.ofYear(YEAR), DeviceSettings.of(RAM));
        image.load(board);
        board.enter(image.entry());
        return board;
    }
}

package ringside.machine.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.engine.Interpreter;
import ringside.guest.BootSector;
import ringside.guest.FlatImage;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.guest.RomImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;

/** Guests of every kind on the bare board. */
class BareBootTest {
    private static final int RAM = 0x1000000;
    private static final long BUDGET = 200_000_000;

    private final Board board = new Board(CpuModel.ofYear(2004), DeviceSettings.of(RAM));

    private Stop run(GuestImage image) {
        image.load(board);
        board.enter(image.entry());
        return new Interpreter().run(board.cpu(), BUDGET);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = BareBootTest.class.getResourceAsStream("/ringside/guests/" + name)) {
            return in.readAllBytes();
        }
    }

    private static ImageFile bytes(String name, int size, int at, int... values) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
        return new ImageFile(name, bytes);
    }

    @Test
    void the_reference_kernel_prints_what_it_prints_under_qemu() throws IOException {
        Stop stop = run(KernelImage.of(new ImageFile("reference.elf", resource("reference.elf")), "", RAM));
        assertThat(stop).isEqualTo(new Stop.Requested("exit-port", 0));
        assertThat(board.platform().console("com1").text())
                .isEqualTo(new String(resource("reference-bare.txt"), StandardCharsets.UTF_8));
    }

    @Test
    void the_reference_kernel_runs_on_a_486() throws IOException {
        Board old = new Board(CpuModel.named("486").orElseThrow(), DeviceSettings.of(RAM));
        GuestImage image =
                KernelImage.of(new ImageFile("reference.elf", resource("reference.elf")), "work=demand,fork", RAM);
        image.load(old);
        old.enter(image.entry());
        assertThat(new Interpreter().run(old.cpu(), BUDGET)).isEqualTo(new Stop.Requested("exit-port", 0));
    }

    @Test
    void a_flat_binary_reloads_its_segments_from_the_gdt_it_was_given() {
        // mov ax, ds; mov es, ax; mov ss, ax; push 7; pop eax; out f4, al
        Stop stop = run(FlatImage.of(
                bytes("flat", 16, 0, 0x66, 0x8c, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0x6a, 7, 0x58, 0xe6, 0xf4), 0x100000));
        assertThat(stop).isEqualTo(new Stop.Requested("exit-port", 7));
    }

    @Test
    void a_boot_sector_finds_its_drive_in_dl() {
        // mov al, dl; out f4, al
        ImageFile sector = bytes("boot", 512, 0, 0x88, 0xd0, 0xe6, 0xf4);
        sector.bytes()[510] = 0x55;
        sector.bytes()[511] = (byte) 0xaa;
        assertThat(run(BootSector.of(sector))).isEqualTo(new Stop.Requested("exit-port", 0x80));
    }

    @Test
    void a_rom_starts_at_the_reset_vector_and_jumps_to_its_copy_below_1_mib() {
        // at fff0: jmp f000:0000; at 0: mov al, 5; out f4, al
        ImageFile rom = bytes("rom", 0x10000, 0xfff0, 0xea, 0, 0, 0, 0xf0);
        int at = 0;
        for (int value : new int[] {0xb0, 5, 0xe6, 0xf4}) {
            rom.bytes()[at++] = (byte) value;
        }
        assertThat(run(RomImage.of(rom))).isEqualTo(new Stop.Requested("exit-port", 5));
        assertThat(board.cpu().cs().base).isEqualTo(0xf0000);
    }

    @Test
    void an_interrupt_before_the_guest_has_a_table_is_a_triple_fault() {
        assertThat(run(FlatImage.of(bytes("flat", 16, 0, 0x0f, 0x0b), 0x100000)))
                .isEqualTo(new Stop.Shutdown());
    }
}

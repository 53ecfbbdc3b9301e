package ringside.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.guest.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlatBootRomImageTest {
    @TempDir
    private Path dir;

    private static byte[] bootable(int size) {
        byte[] disk = new byte[size];
        disk[0] = (byte) 0xf4;
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        return disk;
    }

    @Test
    void a_flat_binary_is_entered_where_it_was_loaded_with_gdt_and_stack_elsewhere() {
        GuestImage image = FlatImage.of(new ImageFile("f.bin", new byte[] {(byte) 0xf4}), 0x100000);
        RecordedMemory memory = new RecordedMemory(0x200000);
        image.load(memory);
        assertThat(memory.ram[0x100000]).isEqualTo((byte) 0xf4);
        EntryState.Flat entry = (EntryState.Flat) image.entry();
        assertThat(entry.eip()).isEqualTo(0x100000);
        assertThat(entry.esp()).isEqualTo(0xc000);
    }

    @Test
    void a_flat_binary_over_all_conventional_memory_gets_its_stack_above_1_mib() {
        GuestImage image = FlatImage.of(new ImageFile("f.bin", new byte[0x98000]), 0x8000);
        assertThat(image.entry().esp()).isEqualTo(0x104000);
    }

    @Test
    void flat_binaries_that_cannot_be_are_refused() {
        assertRefused(
                () -> FlatImage.of(new ImageFile("f.bin", new byte[0]), 0x1000),
                "(f.bin) the file is empty; give the binary that the assembler wrote");
        assertRefused(
                () -> FlatImage.of(new ImageFile("f.bin", new byte[16]), 0xfffffff0),
                "(f.bin) fffffff0-ffffffff is above any machine's memory; load it below 40000000");
        GuestImage high = FlatImage.of(new ImageFile("f.bin", new byte[16]), 0x1ffff8);
        assertRefused(
                () -> high.load(new RecordedMemory(0x200000)),
                "guest 'f.bin': f.bin (001ffff8-00200007) is outside RAM, which ends at 00200000; "
                        + "give the machine more memory or load the guest lower");
    }

    @Test
    void a_boot_sector_goes_to_7c00_and_starts_in_real_mode_with_the_drive_in_dl() {
        byte[] disk = bootable(1024);
        disk[512] = 1;
        GuestImage image = BootSector.of(new ImageFile("d.img", disk));
        assertThat(image.segments()).hasToString("[boot sector 00007c00+200]");
        assertThat(image.entry().entryPa()).isEqualTo(0x7c00);
        assertThat(image.entry()).isInstanceOf(EntryState.Real.class);
        assertThat(image.entry().registers().get(2)).isEqualTo(0x80);
    }

    @Test
    void disks_that_no_bios_would_boot_are_refused() {
        assertRefused(
                () -> BootSector.of(new ImageFile("d.img", new byte[100])),
                "(d.img) the file has 100 bytes, less than one sector; a boot sector has 512 bytes, the last two 55 AA");
        byte[] elf = ElfBytes.executable();
        byte[] padded = java.util.Arrays.copyOf(elf, 512);
        assertRefused(
                () -> BootSector.of(new ImageFile("d.img", padded)),
                "(d.img, offset 0x1fe) no boot signature: 00 00 instead of 55 aa; the file looks like an ELF file; "
                        + "end the sector with 'times 510-($-$$) db 0' and 'dw 0xaa55'");
        assertRefused(
                () -> BootSector.of(new ImageFile("d.img", bootable(700))),
                "(d.img, offset 0x200) the disk image has 700 bytes, not a multiple of 512: it was cut short; "
                        + "pad it to whole sectors");
    }

    @Test
    void a_rom_shows_at_the_tops_of_1_mib_and_4_gib_and_starts_at_the_reset_vector() {
        GuestImage image = RomImage.of(new ImageFile("bios.rom", new byte[0x10000]));
        RecordedMemory memory = new RecordedMemory(0x200000);
        image.load(memory);
        assertThat(memory.roms).containsExactly("000f0000+10000", "ffff0000+10000");
        assertThat(image.entry().entryPa()).isEqualTo(0xfffffff0);
        GuestImage big = RomImage.of(new ImageFile("bios.rom", new byte[0x40000]));
        assertThat(big.segments()).hasToString("[ROM 000e0000+20000, ROM at 4 GiB fffc0000+40000]");
    }

    @Test
    void roms_of_impossible_size_are_refused() {
        assertRefused(
                () -> RomImage.of(new ImageFile("b.rom", new byte[0])),
                "(b.rom) a ROM of 0 bytes is not possible; ROM images have 4 KiB to 16 MiB");
        assertRefused(
                () -> RomImage.of(new ImageFile("b.rom", new byte[5000])),
                "(b.rom) the ROM has 5000 bytes, not a multiple of 4096; "
                        + "pad it in front, so that the reset vector stays in its last 16 bytes");
    }

    @Test
    void files_that_cannot_be_read_are_refused() throws IOException {
        assertRefused(
                () -> ImageFile.read(Path.of("/nowhere/k.elf")), "there is no file '/nowhere/k.elf'; check the path");
        assertRefused(() -> ImageFile.read(dir), "'" + dir + "' is not a regular file; name the image file itself");
        Path file = Files.write(dir.resolve("a.bin"), new byte[] {1, 2, 3});
        assertThat(ImageFile.read(file).bytes()).containsExactly(1, 2, 3);
        assertThat(ImageFile.read(file).shortName()).isEqualTo("a.bin");
    }
}

package ringside.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.guest.ElfBytes.put32;
import static ringside.guest.Refusals.assertRefused;

import java.util.List;
import org.junit.jupiter.api.Test;

class MultibootImageTest {
    private static final int RAM = 0x400000;

    /** A kernel of {@code size} bytes with a header at {@code at} that gives its addresses itself. */
    private static ImageFile kludge(int size, int at, int flags, int... addresses) {
        byte[] bytes = new byte[size];
        put32(bytes, at, 0x1badb002, flags, -(0x1badb002 + flags));
        put32(bytes, at + 12, addresses);
        return new ImageFile("boot/k.bin", bytes);
    }

    private static ImageFile good() {
        return kludge(256, 64, 0x10003, 0x200040, 0x200000, 0x2000c0, 0x200400, 0x200060);
    }

    private static RecordedMemory loaded(GuestImage image) {
        RecordedMemory memory = new RecordedMemory(RAM);
        image.load(memory);
        return memory;
    }

    @Test
    void the_entry_state_is_that_of_the_specification() {
        GuestImage image = MultibootImage.of(good(), "", List.of(), RAM);
        EntryState.Flat entry = (EntryState.Flat) image.entry();
        assertThat(entry.eip()).isEqualTo(0x200060);
        assertThat(entry.registers().get(0)).isEqualTo(0x2badb002);
        assertThat(entry.gdtLimit()).as("the table is left to the kernel").isEqualTo(-1);
        assertThat(image.segments().getFirst()).hasToString("kernel 00200000+400");
    }

    @Test
    void the_information_tells_memory_map_command_line_and_loader() {
        GuestImage image = MultibootImage.of(good(), "work=sieve ticks=3", List.of(), RAM);
        RecordedMemory memory = loaded(image);
        int info = image.entry().registers().get(3);
        assertThat(memory.get32(info)).isEqualTo(0x245);
        assertThat(memory.get32(info + 4)).isEqualTo(639);
        assertThat(memory.get32(info + 8)).isEqualTo(3072);
        assertThat(memory.text(memory.get32(info + 16))).isEqualTo("k.bin work=sieve ticks=3");
        assertThat(memory.text(memory.get32(info + 64))).isEqualTo("Ringside");
        int map = memory.get32(info + 48);
        assertThat(memory.get32(info + 44)).isEqualTo(4 * 24);
        assertThat(memory.get32(map)).isEqualTo(20);
        assertThat(memory.get32(map + 3 * 24 + 4)).as("base of the last range").isEqualTo(0x100000);
        assertThat(memory.get32(map + 3 * 24 + 12)).as("its length").isEqualTo(0x300000);
        assertThat(memory.get32(map + 3 * 24 + 20)).as("its type").isEqualTo(1);
    }

    @Test
    void modules_stand_on_page_boundaries_above_the_kernel_with_their_texts() {
        ImageFile module = new ImageFile("initrd", new byte[] {1, 2, 3, 4, 5});
        GuestImage image = MultibootImage.of(good(), "", List.of(new MultibootImage.Module(module, "initrd ro")), RAM);
        RecordedMemory memory = loaded(image);
        int info = image.entry().registers().get(3);
        assertThat(memory.get32(info) & 8).isEqualTo(8);
        assertThat(memory.get32(info + 20)).isEqualTo(1);
        int list = memory.get32(info + 24);
        assertThat(memory.get32(list)).isEqualTo(0x201000);
        assertThat(memory.get32(list + 4)).isEqualTo(0x201005);
        assertThat(memory.text(memory.get32(list + 8))).isEqualTo("initrd ro");
        assertThat(memory.get32(0x201000)).isEqualTo(0x04030201);
    }

    @Test
    void the_information_keeps_out_of_a_kernel_in_low_memory() {
        ImageFile low = kludge(0x2000, 64, 0x10003, 0x8040, 0x8000, 0, 0, 0x8060);
        GuestImage image = MultibootImage.of(low, "", List.of(), RAM);
        assertThat(image.entry().registers().get(3)).isEqualTo(0xa000);
    }

    @Test
    void an_elf_kernel_is_loaded_by_its_program_headers() {
        ImageFile elf = ElfBytes.with(b -> put32(b, ElfBytes.CODE, 0x1badb002, 0, -0x1badb002));
        assertThat(MultibootImage.claims(elf)).isTrue();
        GuestImage image = KernelImage.of(elf, "x", RAM);
        assertThat(image.entry().entryPa()).isEqualTo(0x100004);
        assertThat(image.entry().registers().get(0)).isEqualTo(0x2badb002);
        assertThat(image.symbols()).containsEntry("start", 0x100004);
    }

    @Test
    void a_header_with_a_wrong_checksum_or_beyond_8_kib_is_none() {
        ImageFile wrong = kludge(256, 64, 0x10003);
        put32(wrong.bytes(), 72, 1);
        assertThat(MultibootImage.claims(wrong)).isFalse();
        assertThat(MultibootImage.claims(kludge(16384, 8192, 0x10003))).isFalse();
        assertThat(MultibootImage.claims(kludge(16384, 8180, 0x10003))).isTrue();
    }

    @Test
    void demands_that_cannot_be_met_are_refused() {
        assertRefused(
                () -> MultibootImage.of(kludge(256, 64, 0x10004), "", List.of(), RAM),
                "(boot/k.bin, offset 0x44) the kernel requires a video mode table (flag 2); the machine has VGA text "
                        + "only; clear flag 2 in the Multiboot header");
        assertRefused(
                () -> MultibootImage.of(kludge(256, 64, 0x10048), "", List.of(), RAM),
                "(boot/k.bin, offset 0x44) the kernel requires features that Multiboot 1 does not define (flags 0048); "
                        + "leave bits 3-15 of the flags clear");
    }

    @Test
    void addresses_that_cannot_be_are_refused() {
        assertRefused(
                () -> MultibootImage.of(
                        kludge(256, 64, 0x10000, 0x200080, 0x200000, 0, 0, 0x200060), "", List.of(), RAM),
                "(boot/k.bin, offset 0x50) load_addr 00200000 does not fit header_addr 00200080: the file would start 64 "
                        + "bytes before its beginning; header_addr - load_addr is at most the header's offset in the file");
        assertRefused(
                () -> MultibootImage.of(
                        kludge(256, 64, 0x10000, 0x200040, 0x200000, 0x2000c0, 0x400001, 0x200060), "", List.of(), RAM),
                "(boot/k.bin, offset 0x50) load_addr 00200000, load_end_addr 002000c0 and bss_end_addr 00400001 are out of "
                        + "order or outside RAM (00400000 bytes); put them in this order and below the end of RAM");
        assertRefused(
                () -> MultibootImage.of(
                        kludge(256, 64, 0x10000, 0x200040, 0x200000, 0x200200, 0, 0x200060), "", List.of(), RAM),
                "(boot/k.bin, offset 0x0) the file is cut short: the kernel needs 512 bytes here and the file has 256 in "
                        + "all; build or copy the image anew");
    }

    @Test
    void an_entry_outside_ram_is_refused_at_loading() {
        GuestImage image =
                MultibootImage.of(kludge(256, 64, 0x10000, 0x200040, 0x200000, 0, 0, 0x500000), "", List.of(), RAM);
        assertRefused(
                () -> loaded(image),
                "guest 'k.bin': the entry point 00500000 lies outside RAM, which ends at 00400000; "
                        + "give the machine more memory or load the guest lower");
    }

    @Test
    void a_file_that_is_no_kernel_is_named_for_what_it_is() {
        ImageFile gzip = new ImageFile("vmlinuz.gz", new byte[] {0x1f, (byte) 0x8b, 8, 0});
        assertRefused(
                () -> KernelImage.of(gzip, "", RAM),
                "(vmlinuz.gz) not a kernel: no Multiboot header, no ELF header; the file looks like a gzip archive; "
                        + "unpack it first");
        byte[] linux = new byte[1024];
        linux[0x202] = 'H';
        linux[0x203] = 'd';
        linux[0x204] = 'r';
        linux[0x205] = 'S';
        assertRefused(
                () -> KernelImage.of(new ImageFile("bzImage", linux), "", RAM),
                "(bzImage) not a kernel: no Multiboot header, no ELF header; the file looks like a Linux bzImage; "
                        + "the Linux boot protocol is not spoken; give a Multiboot kernel");
        assertRefused(
                () -> KernelImage.of(new ImageFile("empty", new byte[0]), "", RAM),
                "(empty) not a kernel: no Multiboot header, no ELF header; the file is empty; give a Multiboot "
                        + "kernel or an ELF32 executable, or load raw bytes with --flat FILE@ADDRESS");
        assertRefused(
                () -> KernelImage.of(ElfBytes.with(b -> {}), "debug", RAM),
                "(a.elf) a plain ELF program takes no command line; leave --append away or add a Multiboot header");
    }
}

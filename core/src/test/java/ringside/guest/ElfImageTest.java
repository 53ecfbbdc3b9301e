package ringside.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.guest.ElfBytes.put16;
import static ringside.guest.ElfBytes.put32;
import static ringside.guest.Refusals.assertRefused;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ElfImageTest {
    private static final int RAM = 0x400000;
    private static final String REBUILD = "; " + ElfImage.REBUILD;

    private static void refused(Consumer<byte[]> change, String message) {
        assertRefused(() -> ElfImage.of(ElfBytes.with(change), RAM), message);
    }

    @Test
    void an_executable_is_loaded_with_its_bss_entered_at_its_entry_and_keeps_its_symbols() {
        GuestImage image = ElfImage.of(ElfBytes.with(b -> {}), RAM);
        RecordedMemory memory = new RecordedMemory(RAM);
        Arrays.fill(memory.ram, (byte) 0x55);
        image.load(memory);
        assertThat(memory.get32(0x100000)).isEqualTo(0x93929190);
        assertThat(memory.get32(0x100010)).as("bss").isZero();
        assertThat(memory.get32(0x100020)).as("after the segment").isEqualTo(0x55555555);
        assertThat(image.entry().entryPa()).isEqualTo(0x100004);
        assertThat(image.symbols()).isEqualTo(Map.of("start", 0x100004, "inner", 0x100008));
    }

    @Test
    void a_flat_entry_has_a_gdt_in_memory_whose_selectors_it_starts_with() {
        GuestImage image = ElfImage.of(ElfBytes.with(b -> {}), RAM);
        EntryState.Flat entry = (EntryState.Flat) image.entry();
        RecordedMemory memory = new RecordedMemory(RAM);
        image.load(memory);
        assertThat(entry.gdtLimit()).isEqualTo(23);
        assertThat(memory.get32(entry.gdtBase() + entry.codeSelector() + 4)).isEqualTo(0x00cf9b00);
        assertThat(memory.get32(entry.gdtBase() + entry.dataSelector() + 4)).isEqualTo(0x00cf9300);
        assertThat(entry.esp()).isEqualTo(entry.gdtBase());
    }

    @Test
    void a_higher_half_kernel_is_entered_at_the_physical_address_of_its_entry() {
        GuestImage image = ElfImage.of(
                ElfBytes.with(b -> {
                    put32(b, ElfBytes.PHDR + 8, 0xc0100000);
                    put32(b, 24, 0xc0100004);
                }),
                RAM);
        assertThat(image.entry().entryPa()).isEqualTo(0x100004);
    }

    @Test
    void other_elf_files_are_refused_by_what_they_are() {
        refused(b -> b[4] = 2, "(a.elf, offset 0x4) a 64-bit ELF file; the machine has a 32-bit processor" + REBUILD);
        refused(b -> b[5] = 2, "(a.elf, offset 0x5) a big-endian ELF file; the processor is little-endian" + REBUILD);
        refused(b -> put16(b, 18, 40), "(a.elf, offset 0x12) an ELF file for machine 40, not for i386 (3)" + REBUILD);
        refused(
                b -> put16(b, 16, 1),
                "(a.elf, offset 0x10) an ELF object file that was never linked, not an executable" + REBUILD);
        refused(
                b -> put16(b, 16, 3),
                "(a.elf, offset 0x10) an ELF shared object or position-independent program, " + "not an executable"
                        + REBUILD);
        refused(b -> put16(b, 16, 4), "(a.elf, offset 0x10) an ELF core dump, not an executable" + REBUILD);
        refused(b -> put16(b, 16, 9), "(a.elf, offset 0x10) an ELF file of type 9, not an executable" + REBUILD);
        refused(b -> put32(b, ElfBytes.PHDR, 3), "(a.elf, offset 0x34) the program wants a dynamic linker" + REBUILD);
    }

    @Test
    void broken_headers_are_refused_at_their_offset() {
        refused(b -> put16(b, 42, 56), "(a.elf, offset 0x2a) program headers of 56 bytes instead of 32" + REBUILD);
        refused(b -> put16(b, 44, 999), "(a.elf, offset 0x2c) 999 program headers; 256 are accepted" + REBUILD);
        refused(
                b -> put32(b, ElfBytes.PHDR, 4),
                "(a.elf, offset 0x34) nothing to load: no program header of type LOAD" + REBUILD);
        refused(
                b -> put32(b, ElfBytes.PHDR + 20, 8),
                "(a.elf, offset 0x48) segment 0 has 00000010 bytes in the file but only 00000008 in memory" + REBUILD);
        refused(b -> put16(b, 46, 64), "(a.elf, offset 0x2e) section headers of 64 bytes instead of 40" + REBUILD);
        refused(
                b -> put32(b, 24, 0x200000),
                "(a.elf, offset 0x18) the entry point 00200000 lies in no loaded segment; "
                        + "name the first instruction with ENTRY or 'ld -e'");
    }

    @Test
    void a_segment_outside_ram_is_refused_before_any_byte_is_copied() {
        refused(
                b -> put32(b, ElfBytes.PHDR + 12, 0x3ffff0),
                "(a.elf, offset 0x40) segment 0 wants physical memory 003ffff0-0040000f; RAM ends at 00400000; "
                        + "give the machine more memory (--ram) or link it lower (AT in the linker script)");
        refused(
                b -> put32(b, ElfBytes.PHDR + 20, 0xffffffff),
                "(a.elf, offset 0x40) segment 0 wants physical memory 00100000-1000ffffe; RAM ends at 00400000; "
                        + "give the machine more memory (--ram) or link it lower (AT in the linker script)");
    }

    @Test
    void a_truncated_file_tells_what_is_missing_where() {
        byte[] whole = ElfBytes.executable();
        String anew = "; build or copy the image anew";
        assertRefused(
                () -> ElfImage.of(new ImageFile("a.elf", Arrays.copyOf(whole, 40)), RAM),
                "(a.elf, offset 0x0) the file is cut short: the ELF header needs 52 bytes here and the file has 40 in all"
                        + anew);
        assertRefused(
                () -> ElfImage.of(new ImageFile("a.elf", Arrays.copyOf(whole, 60)), RAM),
                "(a.elf, offset 0x3c) the file is cut short: program header 0 needs 4 bytes here and the file has 60 "
                        + "in all" + anew);
        assertRefused(
                () -> ElfImage.of(new ImageFile("a.elf", Arrays.copyOf(whole, 90)), RAM),
                "(a.elf, offset 0x54) the file is cut short: segment 0 needs 16 bytes here and the file has 90 in all"
                        + anew);
    }

    @Test
    void a_broken_symbol_table_is_refused() {
        refused(
                b -> put32(b, ElfBytes.SECTIONS + 40 + 24, 7),
                "(a.elf, offset 0xe4) the symbol table's names are in section 7, which holds no strings; "
                        + "strip the symbols ('strip FILE') or link anew");
        refused(
                b -> put32(b, ElfBytes.SECTIONS + 40 + 20, 0x7fffffff),
                "(a.elf, offset 0xe0) a symbol table of 2147483647 bytes; "
                        + "strip the symbols ('strip FILE') or link anew");
    }

    @Test
    void overlapping_segments_are_refused() {
        GuestImage one = ElfImage.of(ElfBytes.with(b -> {}), RAM);
        LoadSegment first = one.segments().getFirst();
        assertRefused(
                () -> new GuestImage(
                        "twice",
                        java.util.List.of(first, new LoadSegment("x", first.pa() + 8, first.bytes())),
                        one.entry()),
                "guest 'twice': segment 0 (00100000-0010001f) overlaps x (00100008-00100027); move one of them");
    }
}

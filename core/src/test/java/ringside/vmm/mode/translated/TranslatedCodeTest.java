package ringside.vmm.mode.translated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.tools.Tool;
import ringside.vmm.compression.TinyGuest;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/** Small kernels in the translation cache: alike with the bare machine after each instruction, and what the cache holds. */
class TranslatedCodeTest {
    /** INC EBX; MOV [8 + code], BL; MOV AL, 0 (patched); ADD DL, AL; CMP EBX, 5; JNE start; HLT. */
    private static final String OWN_BLOCK = "43 881D08001000 B000 00C2 83FB05 75F0 F4";

    /** MOV ECX, 1000; INC EAX; ADD EDX, EAX; DEC ECX; JNZ; HLT. */
    private static final String LOOP = "B9E8030000 40 01C2 49 75FA F4";

    /** MOV ECX, 100; CALL f; DEC ECX; JNZ; HLT; f: INC EAX; RET. */
    private static final String CALLS = "B964000000 E804000000 49 75F8 F4 40 C3";

    private static TranslatedMachine translated(String hex) {
        return (TranslatedMachine) TinyGuest.in("translated", hex, Map.of("user", "translated"));
    }

    private static String visible(Cpu cpu) {
        String registers =
                java.util.Arrays.stream(cpu.r).mapToObj("%08x"::formatted).collect(Collectors.joining(" "));
        String selectors = java.util.stream.IntStream.range(0, 6)
                .mapToObj(seg -> "%04x".formatted(cpu.selector(seg)))
                .collect(Collectors.joining(" "));
        return "%d: eip %08x flags %08x cpl %d %s | %s"
                .formatted(cpu.retired, cpu.eip, cpu.eflags(), cpu.cpl, registers, selectors);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FB 9C FA 9C FB 9C 9D 9D 9D 9C 6802320000 9D 9C 58 FA FB 90 9C 5B F4",
                "0F010500800000 8B1D02800000 0F010D00800000 8B1D02800000 0F00C0 0F00C8 0F01E0 F4",
                "B908000000 0F02C1 0F03D1 0F00E1 0F00E9 8CC8 8CD0 0E 58 16 58 9A131C10000800 F4",
                "0F20C0 0F20D8 0F20D1 0F22C0 0F20C2 F4",
                "BB10000000 8EEB 8CE8 65A100100000 6A10 0FA9 0FA8 58 2EA100001000 F4",
                OWN_BLOCK,
                CALLS,
                "BE0B001000 FFD6 EB04 9090 40 C3 54 FF142481C404000000 F4",
                "B903000000 40 E2FD E302 9090 F4"
            })
    void after_each_instruction_the_guest_sees_what_it_sees_on_the_bare_machine(String hex) {
        VirtualMachine bare = TinyGuest.in("bare", hex, Map.of());
        TranslatedMachine translated = translated(hex);
        for (int i = 0; i < 400; i++) {
            Stop expected = bare.run(1);
            Stop observed = translated.run(1);
            assertThat(visible(translated.state())).isEqualTo(visible(bare.state()));
            assertThat(observed).isEqualTo(expected);
            if (!(expected instanceof Stop.Budget)) {
                break;
            }
        }
        assertThat(translated.counters().get("units")).isPositive();
    }

    @Test
    void code_that_changes_its_own_block_is_translated_anew() {
        TranslatedMachine vm = translated(OWN_BLOCK);

        assertThat(vm.run(1000)).isInstanceOf(Stop.Halted.class);

        assertThat(vm.state().r[Reg.EDX] & 0xff).isEqualTo(1 + 2 + 3 + 4 + 5);
        assertThat(vm.counters().get("invalidated")).isGreaterThanOrEqualTo(5);
    }

    @Test
    void code_that_a_device_changes_is_translated_anew() {
        TranslatedMachine vm = translated("B001 EBFC");
        vm.run(1000);
        vm.board().bus().write(8, TinyGuest.CODE + 1, 2);

        vm.run(1000);

        assertThat(vm.state().r[Reg.EAX] & 0xff).isEqualTo(2);
        assertThat(vm.counters().get("invalidated")).isPositive();
    }

    @Test
    void a_straight_loop_costs_hardly_more_than_its_own_instructions() {
        TranslatedMachine vm = translated(LOOP);

        vm.run(Long.MAX_VALUE);

        assertThat(vm.retired()).isGreaterThan(4000);
        assertThat((double) vm.simulated() / vm.retired()).isLessThan(1.1);
        assertThat(vm.counters().get("callouts")).isEqualTo(1);
    }

    @Test
    void returns_are_found_in_the_cache() {
        TranslatedMachine vm = translated(CALLS);

        vm.run(Long.MAX_VALUE);

        assertThat(vm.state().r[Reg.EAX]).isEqualTo(100);
        assertThat(vm.counters().get("lookUpMisses")).isEqualTo(1);
        assertThat(vm.counters().get("unchainedExits")).isLessThan(8);
    }

    @Test
    void cli_sti_pushf_and_popf_need_no_callout() {
        TranslatedMachine vm = translated("B964000000 9C FA FB 9D 49 75F9 F4");

        vm.run(Long.MAX_VALUE);

        assertThat(vm.retired()).isEqualTo(1 + 100 * 6 + 1);
        assertThat(vm.counters().get("callouts")).as("callouts: HLT").isEqualTo(1);
    }

    @Test
    void the_translated_kernel_really_runs_in_ring_1_in_the_vmms_region() {
        TranslatedMachine vm = translated("EBFE");

        vm.run(1000);

        assertThat(vm.hardware().cpl).isEqualTo(1);
        assertThat(VmmRegion.contains(vm.hardware().pc())).isTrue();
        assertThat(vm.state().cpl).isZero();
        assertThat(vm.state().eip).isEqualTo(TinyGuest.CODE);
    }

    @Test
    void an_access_that_traps_often_becomes_a_callout_and_is_tried_again() {
        // MOV ECX, 1000; MOV [GDT + 20h], ECX (a traced page); DEC ECX; JNZ; HLT
        TranslatedMachine vm = translated("B9E8030000 890D20100000 49 75F7 F4");

        vm.run(Long.MAX_VALUE);

        assertThat(vm.retired()).isEqualTo(1 + 1000 * 3 + 1);
        assertThat(vm.counters().get("retranslated")).isBetween(4L, 10L);
        assertThat(vm.counters().get("callouts")).isGreaterThan(800);
    }

    @Test
    void a_probe_stops_before_an_instruction_in_the_middle_of_a_unit() {
        TranslatedMachine vm = translated(LOOP);
        vm.run(100);
        vm.probe(TinyGuest.CODE + 6);

        for (int i = 0; i < 3; i++) {
            assertThat(vm.run(1000)).isEqualTo(new Stop.Probe(TinyGuest.CODE + 6));
            assertThat(vm.state().eip).isEqualTo(TinyGuest.CODE + 6);
        }
    }

    @Test
    void objdump_reads_each_instruction_in_the_cache_where_the_listing_has_it(@TempDir Path folder)
            throws IOException, InterruptedException {
        Tool objdump = Tool.require("objdump");
        TranslatedMachine vm = translated("B964000000 9C FA FB 9D 0F20C0 E804000000 49 75F0 F4 40 C3");
        vm.run(Long.MAX_VALUE);
        Set<Integer> listed = vm.listing().stream()
                .flatMap(unit -> unit.rows().stream())
                .flatMap(row -> row.translated().stream())
                .map(Listing.Line::cacheOffset)
                .collect(Collectors.toCollection(TreeSet::new));
        Files.write(folder.resolve("cache"), vm.hardware().memory().read(VmmRegion.CACHE, 4096));

        String text = objdump.succeed(folder, "-D", "-b", "binary", "-m", "i386", "-M", "intel", "cache");

        List<Integer> read = text.lines()
                .filter(line -> line.matches("\\s+[0-9a-f]+:\t.*"))
                .map(line ->
                        Integer.parseInt(line.substring(0, line.indexOf(':')).trim(), 16))
                .toList();
        assertThat(read).containsAll(listed);
        int end = listed.stream().max(Integer::compare).orElseThrow();
        assertThat(text.lines().filter(line -> line.contains("(bad)")))
                .allMatch(line ->
                        Integer.parseInt(line.substring(0, line.indexOf(':')).trim(), 16) > end);
        assertThat(listed).hasSizeGreaterThan(40);
    }
}

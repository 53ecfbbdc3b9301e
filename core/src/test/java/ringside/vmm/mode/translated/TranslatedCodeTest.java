package ringside.vmm.mode.translated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.Reg;
import ringside.isa.Attribute;
import ringside.isa.InsnGenerator;
import ringside.isa.Row;
import ringside.isa.table.InstructionTable;
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

    /** Writes a 16-bit code segment with base CODE into the GDT (18h) and goes to what follows. */
    private static String in16Bits(String hex) {
        // MOV [1018h], 0000FFFFh; MOV [101Ch], 00009B10h; MOV word [8000h], 1Fh; MOV [8002h], 1000h; LGDT [8000h]; JMP
        // 18h:0
        String setUp = "C7051810 0000FFFF0000 C7051C10 0000109B0000 66C70500800000 1F00 C70502800000 00100000"
                + "0F011500800000 EA";
        int start = setUp.replace(" ", "").length() / 2 + 6;
        return setUp + "%02X000000 1800".formatted(start) + hex;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // MOV AX; MOV EAX; MOV BX, AX; ADD; PUSH; POP; MOV [BX+SI], AX; MOV EAX, [EBX]; HLT
                "B83412 66B878563412 89C3 01D8 50 6650 59 665A BE0070 BB0010 8900 8B00 66678B03 F4",
                // MOV CX, 5; INC AX; LOOP; JCXZ; JMP short; CALL near; HLT; f: INC DX; RET
                "B90500 40 E2FD E302 9090 EB01 90 E80100 F4 42 C3",
                // MOV CX, 3; DEC CX; JNZ near; CLI; STI; PUSHF; POPF; PUSHFD; POPFD; HLT
                "B90300 49 0F85FBFF FA FB 90 9C 9D 669C 669D F4",
                // string instructions, XLAT, a far load of ES, MOV EAX, CR0, SMSW, LEA
                "BE0010 BF0080 B90400 F3A4 F3A5 AC 66AD D7 1E 07 0F20C0 0F01E0 8D4005 678D4005 66678D4005 F4",
                // the operand size of a jump: JMP with 66, CALL with 66, RET with 66
                "66E900000000 66E801000000 F4 40 66C3"
            })
    void code_of_16_bits_is_translated_and_sees_what_it_sees_on_the_bare_machine(String hex) {
        VirtualMachine bare = TinyGuest.in("bare", in16Bits(hex), Map.of());
        TranslatedMachine translated = translated(in16Bits(hex));
        Stop expected = new Stop.Budget();
        for (int i = 0; i < 200 && expected instanceof Stop.Budget; i++) {
            expected = bare.run(1);
            Stop observed = translated.run(1);
            assertThat(visible(translated.state())).isEqualTo(visible(bare.state()));
            assertThat(observed).isEqualTo(expected);
        }
        assertThat(expected).isInstanceOf(Stop.Halted.class);
        assertThat(translated.counters().get("interpreted")).isZero();
    }

    @Test
    void random_16_bit_code_sees_what_it_sees_on_the_bare_machine() {
        List<Row> rows = InstructionTable.ROWS.stream()
                .filter(row -> !row.is(Attribute.FLOATING) && !row.is(Attribute.ALIAS))
                .toList();
        int retired = 0;
        int interpreted = 0;
        for (int seed = 0; seed < 120; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            InsnGenerator generator = new InsnGenerator(random);
            StringBuilder code = new StringBuilder("B8%04X BB%04X BE0070 BF0078 B90300 "
                    .formatted(random.nextInt(0x10000), random.nextInt(0x80) << 8));
            for (int i = 0; i < 8; i++) {
                byte[] bytes = generator
                        .draft(rows.get(random.nextInt(rows.size())), 16)
                        .assemble();
                code.append(HexFormat.of().formatHex(bytes));
            }
            VirtualMachine bare = TinyGuest.in("bare", in16Bits(code + "F4"), Map.of());
            TranslatedMachine translated = translated(in16Bits(code + "F4"));
            Stop expected = new Stop.Budget();
            for (int i = 0; i < 60 && expected instanceof Stop.Budget; i++) {
                expected = bare.run(1);
                Stop observed = translated.run(1);
                assertThat(visible(translated.state()))
                        .as("seed %d: %s", seed, code)
                        .isEqualTo(visible(bare.state()));
                assertThat(observed).isEqualTo(expected);
            }
            retired += (int) translated.retired();
            interpreted += (int) translated.counters().get("interpreted");
        }
        assertThat(retired).isGreaterThan(120 * 15);
        assertThat(interpreted).isLessThan(retired / 10);
    }

    @Test
    void a_loop_of_16_bit_code_runs_in_the_cache() {
        // MOV CX, 1000; ADD AX, CX; MOV [7000h], AX; DEC CX; JNZ; HLT
        TranslatedMachine vm = translated(in16Bits("B9E803 01C8 A30070 49 75F8 F4"));

        assertThat(vm.run(Long.MAX_VALUE)).isInstanceOf(Stop.Halted.class);

        assertThat(vm.retired()).isEqualTo(7 + 4 * 1000 + 1);
        assertThat((double) vm.simulated() / vm.retired()).isLessThan(1.1);
        assertThat(vm.counters().get("callouts")).isLessThan(5);
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

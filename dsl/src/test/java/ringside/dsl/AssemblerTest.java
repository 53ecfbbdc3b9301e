package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.guest.Checkpoint;
import ringside.guest.GuestImage;
import ringside.guest.SourceLine;
import ringside.isa.Operand;

/** Groovy as the macro language, and the forms that nasm spells otherwise. */
class AssemblerTest {
    private static String kernel(String source) {
        return HexFormat.of().formatHex(Scripts.section("kernel", source));
    }

    private static String script(String text) {
        return HexFormat.of().formatHex(Scripts.section(Scripts.guest(text), "kernel"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '=',
            value = {
                "mov eax, fs:[ebx]              = 64 8b 03",
                "mov cs:[ebx], al               = 2e 88 03",
                "mov dword fs:[4], 5            = 64 c7 05 04 00 00 00 05 00 00 00",
                "jmp far 0x08:0x1234            = ea 34 12 00 00 08 00",
                "mov (eax, ebx)                 = 89 d8",
                "mov(eax, ebx)                  = 89 d8",
                "push(-1)                       = 6a ff",
                "and dword[esp], ~IF            = 81 24 24 ff fd ff ff",
                "mov eax, CF | ZF               = b8 41 00 00 00",
                "or eax, PG | PE                = 0d 01 00 00 80",
                "test eax, IOPL                 = a9 00 30 00 00",
                "mov eax, 7 % 4                 = b8 03 00 00 00",
                "mov eax, true ? 1 : 2          = b8 01 00 00 00",
                "sti; hlt                       = fb f4",
                "mov eax, 16.KiB                = b8 00 40 00 00",
                "db [1, 2], \"b${1 + 1}\"       = 01 02 62 32",
            })
    void a_form_that_nasm_spells_otherwise(String source, String bytes) {
        assertThat(kernel(source)).isEqualTo(bytes.replace(" ", ""));
    }

    @Test
    void loops_conditions_and_variables_of_groovy_work_inside_assembler() {
        assertThat(kernel("for (i in 1..3) inc eax")).isEqualTo("404040");
        assertThat(kernel("3.times { push it }")).isEqualTo("6a006a016a02");
        assertThat(kernel("def n = 2\nif (n > 1) {\n nop\n} else {\n hlt\n}")).isEqualTo("90");
        assertThat(kernel("[eax, ebx].each { r -> push r }")).isEqualTo("5053");
        assertThat(kernel("int count = 5\nmov eax, count * 2")).isEqualTo("b80a000000");
        assertThat(kernel("def slot = dword[ebx + 8]\ninc slot")).isEqualTo("ff4308");
        assertThat(kernel("while (false) nop\nhlt")).isEqualTo("f4");
    }

    @Test
    void methods_and_closures_of_the_script_are_macros_with_operands() {
        assertThat(script("""
                        def save(regs) { regs.each { push it } }
                        def swap = { a, b ->
                            push a
                            push b
                            pop a
                            pop b
                        }
                        def store(where, what) { mov where, what }
                        guest('g') {
                            kernel {
                                save [eax, ebx]
                                swap eax, ecx
                                store [ebx + 4], eax
                                store dword[ebx], -1
                                store(dword[ebx], 1)
                            }
                        }
                        """)).isEqualTo("5053" + "50515859" + "894304" + "c703ffffffff" + "c70301000000");
    }

    @Test
    void a_method_may_hold_labels_that_are_made_from_its_arguments() {
        assertThat(kernel("first: jmp first\nsecond:\njmp second")).isEqualTo("ebfeebfe");
        assertThat(kernel("again: for (i in 0..1) nop\njmp again")).isEqualTo("9090ebfc");
        assertThat(kernel("jmp finish\nfinish:")).isEqualTo("eb00");
    }

    @Test
    void names_that_the_script_declares_are_never_instructions_or_labels() {
        assertThat(
                        script(
                                "def out = 5\ndef test(x) { x + 1 }\nguest('g') {\nkernel {\nmov al, out\nmov ah, test(out)\n}\n}"))
                .isEqualTo("b005b406");
    }

    @Test
    void operands_may_go_on_in_the_next_line() {
        assertThat(kernel("mov eax,\n    ebx\ndd 1,\n   2 +\n   3\nhlt"))
                .isEqualTo("89d8" + "01000000" + "05000000" + "f4");
    }

    @Test
    void every_instruction_knows_its_script_line() {
        GuestImage image = Scripts.guest("guest('g') {\n  kernel {\n    nop\n\n    mov eax,\n      1\n    hlt\n  }\n}");
        assertThat(image.lines())
                .containsEntry(0x100000, new SourceLine("scripts/test.groovy", 3))
                .containsEntry(0x100001, new SourceLine("scripts/test.groovy", 5))
                .containsEntry(0x100006, new SourceLine("scripts/test.groovy", 7))
                .hasSize(3);
    }

    @Test
    void a_checkpoint_emits_no_bytes_and_keeps_what_was_written() {
        GuestImage image = Scripts.guest(
                "guest('g') {\nkernel {\nnop\ncheckpoint 'here', eax, [esp + 4], word[value]\nhlt\nvalue: dw 5\n}\n}");
        assertThat(Scripts.section(image, "kernel")).hasSize(4);
        assertThat(image.checkpoints()).hasSize(1);
        Checkpoint checkpoint = image.checkpoints().getFirst();
        assertThat(checkpoint.name()).isEqualTo("here");
        assertThat(checkpoint.la()).isEqualTo(0x100001);
        assertThat(checkpoint.values())
                .extracting(Checkpoint.Value::text)
                .containsExactly("eax", "[esp + 4]", "word[value]");
        assertThat(checkpoint.values().get(2).operand())
                .isEqualTo(new Operand.Mem(16, ringside.arch.Reg.DS, -1, -1, 1, 0x100002, 32));
    }

    @Test
    void labels_of_one_block_are_known_in_the_others() {
        GuestImage image = Scripts.guest("guest('g') {\nkernel {\nmov esi, message\n}\ndata {\nmessage: db 'x'\n}\n}");
        assertThat(HexFormat.of().formatHex(Scripts.section(image, "kernel"))).isEqualTo("be00001800");
        assertThat(image.symbols()).containsEntry("message", 0x180000).containsEntry("kernel", 0x100000);
    }

    @Test
    void text_in_strings_and_comments_is_left_alone() {
        assertThat(Scripts.output(
                        "println 'mov eax, 1; push -1'\n/* int 0x80\n.local: */\nprintln \"${'x'} in al, dx\""))
                .isEqualTo("mov eax, 1; push -1\nx in al, dx\n");
        assertThat(Scripts.output(
                        "def s = '''\nmov eax\n'''\nprintln s.trim()\ndef r = /in .*/\nprintln('in al' ==~ r)"))
                .isEqualTo("mov eax\ntrue\n");
    }

    @Test
    void a_script_without_assembler_is_plain_groovy() {
        assertThat(Scripts.output("""
                        class Point { int x, y; String toString() { "($x, $y)" } }
                        def list = [3, 1, 2].sort().collect { it * 2 }
                        outer:
                        for (a in list) { for (b in list) { if (b > a) continue outer } }
                        println list
                        println new Point(x: 1, y: 2)
                        switch (list[0]) { case 2: println 'two'; break; default: println 'other' }
                        def loop = 5; loop += 1
                        println loop ? -loop : +loop
                        println list.inject(0) { sum, value -> sum + value }
                        """)).isEqualTo("[2, 4, 6]\n(1, 2)\ntwo\n-6\n12\n");
        assertThat(List.of(Scripts.run("1 + 1").value())).containsExactly(2);
    }
}

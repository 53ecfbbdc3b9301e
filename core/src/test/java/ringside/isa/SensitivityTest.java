package ringside.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.isa.Sensitivity.*;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.Control;
import ringside.isa.Privilege.Mode;
import ringside.isa.table.InstructionTable;

class SensitivityTest {
    private static final Privilege RING_1 = Privilege.ring(1);
    private static final Privilege RING_1_UMIP = new Privilege(Mode.PROTECTED, 1, 0, Control.CR4_UMIP);
    private static final Privilege V86 = new Privilege(Mode.VIRTUAL_8086, 3, 0, 0);
    private static final Privilege V86_IOPL_3 = new Privilege(Mode.VIRTUAL_8086, 3, 3, 0);
    private static final Privilege V86_VME = new Privilege(Mode.VIRTUAL_8086, 3, 0, Control.CR4_VME);

    /** Silent or with an undeserved result in ring 1: the list of Robin and Irvine, as instructions. */
    private static final List<String> SILENT_IN_RING_1 = List.of(
            "sgdt [eax]",
            "sidt [eax]",
            "sldt ax",
            "str ax",
            "smsw ax",
            "pushfd",
            "popfd",
            "lar eax, cx",
            "lsl eax, cx",
            "verr ax",
            "verw ax",
            "mov ax, cs",
            "mov ax, ss",
            "push cs",
            "push ss",
            "pop ds",
            "pop ss",
            "mov ds, ax",
            "mov ss, ax",
            "lds eax, [ebx]",
            "les eax, [ebx]",
            "lfs eax, [ebx]",
            "lgs eax, [ebx]",
            "lss eax, [ebx]",
            "call 8:0",
            "jmp 8:0",
            "call far [eax]",
            "jmp far [eax]",
            "retf",
            "retf 4",
            "iretd",
            "int 0x80");

    /** Found beside the list: the x87 environment holds CS. */
    private static final List<String> X87_ENVIRONMENT = List.of("fnstenv [eax]", "fnsave [eax]", "fxsave [eax]");

    private static final List<String> TRAPPING_BY_IOPL = List.of(
            "cli", "sti", "in al, dx", "out dx, eax", "in al, 5", "out 5, al", "insb", "insd", "outsb", "outsd");

    private static final List<String> TRAPPING = List.of(
            "hlt",
            "mov eax, cr0",
            "mov cr3, eax",
            "mov dr7, eax",
            "mov eax, dr6",
            "clts",
            "lmsw ax",
            "lgdt [eax]",
            "lidt [eax]",
            "lldt ax",
            "ltr ax",
            "invlpg [eax]",
            "invd",
            "wbinvd",
            "rdmsr",
            "wrmsr",
            "sysexit",
            "rdpmc",
            "sysenter");

    private static final List<String> INNOCENT = List.of(
            "mov ax, ds",
            "mov ax, es",
            "mov ax, fs",
            "mov ax, gs",
            "push ds",
            "push es",
            "push fs",
            "push gs",
            "mov eax, ebx",
            "push eax",
            "pop eax",
            "jmp 0",
            "call 0",
            "call eax",
            "ret",
            "nop",
            "sahf",
            "cld",
            "arpl ax, cx");

    private static Insn insn(String line) {
        return Decoder.decode(IntelSyntax.assemble(line, 0, 32), 0, 32);
    }

    private static Sensitivity of(String line, Privilege state) {
        Insn i = insn(line);
        return i.row.sensitivity(i.operands, state);
    }

    private static void assertAll(List<String> lines, Privilege state, Sensitivity expected) {
        assertThat(lines)
                .allSatisfy(line -> assertThat(of(line, state)).as(line).isEqualTo(expected));
    }

    @Test
    void in_ring_1_the_known_instructions_are_sensitive_and_unprivileged_and_no_others() {
        assertAll(SILENT_IN_RING_1, RING_1, UNPRIVILEGED);
        assertAll(X87_ENVIRONMENT, RING_1, UNPRIVILEGED);
        assertAll(TRAPPING_BY_IOPL, RING_1, IOPL_SENSITIVE);
        assertAll(TRAPPING, RING_1, PRIVILEGED);
        assertAll(INNOCENT, RING_1, INNOCUOUS);
    }

    @Test
    void every_sensitive_row_is_in_one_of_the_lists() {
        Set<String> listed = new TreeSet<>();
        for (List<String> list : List.of(SILENT_IN_RING_1, X87_ENVIRONMENT, TRAPPING_BY_IOPL, TRAPPING)) {
            list.forEach(line -> listed.add(insn(line).row.mnemonic()));
        }
        listed.addAll(List.of("rdtsc", "vmcall"));
        Set<String> sensitive = new TreeSet<>();
        InstructionTable.ROWS.stream().filter(r -> r.kind() != INNOCUOUS).forEach(r -> sensitive.add(r.mnemonic()));
        assertThat(sensitive).isEqualTo(listed);
    }

    @Test
    void umip_makes_the_five_that_show_system_registers_trap() {
        List<String> five = List.of("sgdt [eax]", "sidt [eax]", "sldt ax", "str ax", "smsw ax");
        assertAll(five, RING_1_UMIP, PRIVILEGED);
        assertThat(of("pushfd", RING_1_UMIP)).isEqualTo(UNPRIVILEGED);
    }

    @Test
    void an_iopl_that_admits_the_ring_makes_the_interrupt_flag_and_ports_silent() {
        Privilege admitted = new Privilege(Mode.PROTECTED, 1, 1, 0);
        assertAll(TRAPPING_BY_IOPL, admitted, UNPRIVILEGED);
    }

    @Test
    void virtual_8086_mode_leaks_three_refuses_six_and_traps_on_the_interrupt_flag() {
        assertAll(List.of("sgdt [eax]", "sidt [eax]", "smsw ax"), V86, UNPRIVILEGED);
        assertAll(List.of("sldt ax", "str ax", "lar eax, cx", "lsl eax, cx", "verr ax", "verw ax"), V86, INNOCUOUS);
        assertAll(List.of("cli", "sti", "pushfd", "popfd", "int 0x21", "iretd"), V86, IOPL_SENSITIVE);
        assertAll(List.of("cli", "sti", "pushfd", "popfd", "int 0x21", "iretd"), V86_IOPL_3, UNPRIVILEGED);
        assertAll(List.of("cli", "sti", "pushfd", "popfd"), V86_VME, UNPRIVILEGED);
        assertAll(
                List.of("mov ax, cs", "push ss", "mov ds, ax", "pop es", "call 8:0", "retf", "les eax, [ebx]"),
                V86,
                INNOCUOUS);
        assertAll(List.of("in al, dx", "outsb"), V86_IOPL_3, IOPL_SENSITIVE);
    }

    @ParameterizedTest
    @CsvSource({"rdtsc, 0, UNPRIVILEGED", "rdtsc, 4, PRIVILEGED", "rdpmc, 0, PRIVILEGED", "rdpmc, 256, UNPRIVILEGED"})
    void counters_trap_by_cr4(String line, int cr4, Sensitivity expected) {
        assertThat(of(line, new Privilege(Mode.PROTECTED, 3, 0, cr4))).isEqualTo(expected);
    }

    @Test
    void pvi_gives_ring_3_a_virtual_interrupt_flag_and_ring_1_none() {
        assertThat(of("cli", new Privilege(Mode.PROTECTED, 3, 0, Control.CR4_PVI)))
                .isEqualTo(UNPRIVILEGED);
        assertThat(of("cli", new Privilege(Mode.PROTECTED, 1, 0, Control.CR4_PVI)))
                .isEqualTo(IOPL_SENSITIVE);
    }

    @Test
    void no_state_makes_a_row_more_sensitive_than_its_kind_says() {
        for (Row row : InstructionTable.ROWS) {
            if (row.kind() == INNOCUOUS && !row.is(Attribute.ALIAS)) {
                InsnGenerator generator = new InsnGenerator(new java.util.SplittableRandom(1));
                List<Operand> operands = generator.draft(row, 32).operands();
                Arrays.stream(Mode.values())
                        .forEach(mode -> assertThat(row.sensitivity(operands, new Privilege(mode, 3, 0, 0)))
                                .as(row.toString())
                                .isEqualTo(INNOCUOUS));
            }
        }
    }
}

package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a guest can see when its kernel is deprivileged: one case for each row of the literature's list. */
class RingCompressionTest {
    private static final String BOTH = "bare, deprivileged, deprivileged(onFault: 'reflect')";
    private static final String WITH_RING_3 = BOTH + ", deprivileged(ring: 3)";

    private static final String FAR_FRAME = "push dword 0x2\npush dword 8\npush dword 0x100040\n";

    /** Culprit; code; the virtual value that differs first. */
    static Stream<Arguments> silent() {
        return Stream.of(
                row("SGDT", "sgdt [0x180000]", "memory 00180000"),
                row("SIDT", "sidt [0x180000]", "memory 00180000"),
                row("SLDT", "sldt ax", "eax"),
                row("STR", "str ax", "eax"),
                row("SMSW", "smsw ax", "eax"),
                row("PUSHF", "pushfd\npop eax", "memory 0008fffc"),
                row("PUSHF", "pushfw\npop ax", "memory 0008fffc"),
                row("POPF", "sti\npush 2\npopfd", "virtual IF"),
                row("POPF", "push 0x3002\npopfd", "virtual IOPL"),
                row("LAR", "mov cx, 0x08\nlar eax, cx", "eax"),
                row("LAR", "mov cx, 0x28\nlar eax, cx", "eax"),
                row("LSL", "mov cx, 0x08\nlsl eax, cx", "eax"),
                row("MOV", "mov eax, cs", "eax"),
                row("MOV", "mov eax, ss", "eax"),
                row("MOV", "mov [0x180000], cs", "memory 00180000"),
                row("PUSH", "push cs\npop eax", "memory 0008fffc"),
                row("PUSH", "push ss\npop eax", "memory 0008fffc"),
                row("CALL", "call 0x08:0x100100", "memory 0008fffc"),
                row("VERR", "mov ecx, 0x11\nverr cx\nsetz al", "arithmetic flags"),
                row("VERW", "mov ecx, 0x11\nverw cx\nsetz al", "arithmetic flags"),
                row("MOV", "mov ax, 0x11\nmov ds, ax", "esp"),
                row("POP", "push dword 0x11\npop es", "esp"),
                row("JMP", "jmp 0x09:0x100010", "esp"),
                row("IRET", "push dword 2\npush dword 9\npush dword 0x100040\niretd", "esp"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("silent")
    void an_instruction_that_does_not_trap_betrays_the_ring_under_both_settings(
            String culprit, String code, String change) {
        ExperimentResult result = Scripted.kernel(code, BOTH);
        for (ExperimentResult.Run run : result.runs().subList(1, 3)) {
            Divergence divergence = run.divergence().orElseThrow(() -> new AssertionError(result.text()));
            assertThat(divergence.mnemonic()).as(result.text()).isEqualTo(culprit);
            assertThat(divergence.listed()).as(result.text()).isTrue();
            assertThat(divergence.differences().getFirst().name())
                    .as(result.text())
                    .isEqualTo(change);
        }
    }

    /** Culprit under reflect; code. */
    static Stream<Arguments> spurious() {
        return Stream.of(
                row("INT", "int 0x40"),
                row("MOV", "mov ax, 0x10\nmov ss, ax"),
                row("POP", "push dword 0x10\npop ss"),
                row("LSS", "mov dword[0x180000], 0x90000\nmov dword[0x180004], 0x10\nlss esp, [0x180000]"),
                row("RETF", "push dword 8\npush dword 0x100040\nretf"),
                row("IRET", FAR_FRAME + "iretd"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("spurious")
    void a_fault_that_the_bare_machine_would_not_raise_is_recovered_or_reflected(String culprit, String code) {
        ExperimentResult result = Scripted.kernel(code, BOTH);
        assertThat(result.runs().get(1).divergence()).as(result.text()).isEmpty();
        Divergence divergence = result.runs().get(2).divergence().orElseThrow(() -> new AssertionError(result.text()));
        assertThat(divergence.mnemonic()).as(result.text()).isEqualTo(culprit);
        assertThat(divergence.listed()).as(result.text()).isTrue();
    }

    static List<String> trapping() {
        return List.of(
                "cli",
                "sti",
                "sti\ncli",
                "in al, 0x80",
                "out 0x80, al",
                "mov dx, 0x80\nin eax, dx",
                "mov edi, 0x180000\nmov dx, 0x61\nmov ecx, 3\nrep insb",
                "mov esi, 0x180000\nmov dx, 0x80\noutsb",
                "hlt",
                "mov eax, cr0\nmov cr0, eax",
                "mov eax, cr3\nmov cr3, eax",
                "mov eax, cr4\nmov cr4, eax",
                "mov eax, 0x1234\nmov cr2, eax\nmov eax, cr2",
                "mov eax, dr7\nmov dr7, eax",
                "mov dr0, esp\nmov eax, dr0",
                "clts",
                "mov ax, 0x1b\nlmsw ax",
                "sgdt_free: lgdt [gdt_image]\njmp skip\ngdt_image: dw 0x2f\ndd 0x1000\nskip: nop",
                "lidt [idt_image]\njmp skip\nidt_image: dw 0x407\ndd 0x2000\nskip: nop",
                "xor ax, ax\nlldt ax",
                "mov byte[0x102d], 0x89\nmov ax, 0x28\nltr ax",
                "invlpg [0x180000]",
                "invd",
                "wbinvd",
                "mov ecx, 0x10\nrdmsr",
                "mov ecx, 0x174\nmov eax, 8\nxor edx, edx\nwrmsr",
                "sysexit",
                "sysenter",
                "mov ecx, 0x174\nmov eax, 8\nxor edx, edx\nwrmsr\nsysenter",
                "rdtsc",
                "xor ecx, ecx\nrdpmc",
                "cpuid",
                "mov eax, ds\nmov ebx, es",
                "push ds\npop fs",
                "mov ax, 0x10\nmov ds, ax",
                "mov ax, 0x23\nmov gs, ax",
                "xor ax, ax\nmov es, ax",
                "ud2",
                "xor edx, edx\ndiv edx",
                "mov eax, 0x7fffffff\nadd eax, eax\nmov ecx, [0xffc46ff0]\nmov [0xffc40000], ecx");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trapping")
    void what_traps_or_does_not_depend_on_the_ring_is_never_blamed(String code) {
        ExperimentResult result = Scripted.kernel(code, WITH_RING_3);
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }

    static List<String> openInterrupts() {
        return List.of("int3", "mov eax, 0x7fffffff\nadd eax, eax\ninto", "db 0xf1", "push 0x102\npopfd\nnop");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("openInterrupts")
    void int3_into_int1_and_single_steps_reach_the_guests_own_gates(String code) {
        ExperimentResult result = Scripted.kernel(code, "bare, deprivileged, deprivileged(ring: 3)");
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }

    /** Culprit; user code. */
    static Stream<Arguments> user() {
        return Stream.of(
                row("SGDT", "sgdt [0x27ff00]"),
                row("SIDT", "sidt [0x27ff00]"),
                row("SLDT", "sldt ax"),
                row("STR", "str ax"),
                row("SMSW", "smsw ax"),
                row("LSL", "mov cx, 0x1b\nlsl eax, cx"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("user")
    void user_code_runs_directly_and_sees_what_needs_no_privilege_to_see(String culprit, String code) {
        ExperimentResult result = Scripted.user(code, BOTH);
        for (ExperimentResult.Run run : result.runs().subList(1, 3)) {
            Divergence divergence = run.divergence().orElseThrow(() -> new AssertionError(result.text()));
            assertThat(divergence.mnemonic()).as(result.text()).isEqualTo(culprit);
            assertThat(divergence.listed()).as(result.text()).isTrue();
        }
    }

    static List<String> harmlessUser() {
        return List.of(
                "mov eax, cs\nmov ebx, ss",
                "pushfd\npop eax",
                "cli",
                "hlt",
                "int 0x40",
                "int3",
                "in al, 0x80",
                "mov ax, 0x10\nmov ds, ax",
                "mov ax, 0x23\nmov ds, ax",
                "mov eax, cr0",
                "mov cx, 0x10\nverr cx\nsetz al",
                "push 0x3202\npopfd",
                "call 0x08:0x100000",
                "jmp 0x1b:done\ndone: nop",
                "rdtsc",
                "cpuid",
                "ud2");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("harmlessUser")
    void user_code_is_where_it_believes_to_be(String code) {
        ExperimentResult result = Scripted.user(code, BOTH);
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }

    @Test
    void in_ring_3_a_return_to_user_code_pops_no_stack() {
        ExperimentResult result = Scripted.user("nop", "bare, deprivileged(ring: 3)");
        Divergence divergence = result.runs().get(1).divergence().orElseThrow();
        assertThat(divergence.mnemonic()).isEqualTo("IRET");
        assertThat(divergence.differences()).extracting(Divergence.Change::name).contains("esp", "ss");
    }

    @Test
    void a_return_to_user_code_drops_the_interrupt_flag() {
        ExperimentResult result = Scripted.experiment("""
                def g = guest('g') {
                    tss esp0: 0x80000
                    interrupt(0x80, dpl: 3) {
                        checkpoint 'call', dword[esp + 8]
                        hlt
                    }
                    user { int 0x80 }
                    kernel { enterUser user, IF }
                }
                experiment('test') { run g, under: [bare, deprivileged] }
                """);
        Divergence divergence = result.runs().get(1).divergence().orElseThrow();
        assertThat(divergence.mnemonic()).isEqualTo("IRET");
        assertThat(divergence.differences().getFirst()).isEqualTo(new Divergence.Change("virtual IF", "1", "0"));
        assertThat(divergence.why()).startsWith("CPL 1 > IOPL 0: IRET drops IF");
    }

    @Test
    void umip_takes_the_store_instructions_off_the_list() {
        for (String code : List.of("sgdt [0x180000]", "sidt [0x180000]", "sldt ax", "str ax", "smsw ax")) {
            String script = "server { year 2019 }\n";
            ExperimentResult result = Scripted.experiment(script + "def g = guest('g') { kernel {\n" + code
                    + "\nhlt\n} }\nexperiment('t') { run g, under: [bare, deprivileged(umip: 'on')] }");
            assertThat(result.runs().get(1).divergence()).as(result.text()).isEmpty();
        }
    }

    @Test
    void a_real_iopl_makes_popf_equal_and_loses_resource_control() {
        ExperimentResult result = Scripted.kernel("sti\npush 2\npopfd\npushfd\npop eax", "bare, deprivileged(iopl: 1)");
        Divergence divergence = result.runs().get(1).divergence().orElseThrow();
        assertThat(divergence.mnemonic())
                .as("the real IOPL shows in PUSHF, IF does not differ")
                .isEqualTo("PUSHF");
        assertThat(divergence.differences()).extracting(Divergence.Change::name).doesNotContain("virtual IF");
        ExperimentResult masking = Scripted.kernel("cli", "bare, deprivileged, deprivileged(iopl: 1)");
        assertThat(masking.runs()).extracting(ExperimentResult.Run::controlled).containsExactly(true, true, false);
    }

    private static Arguments row(String... values) {
        return Arguments.of((Object[]) values);
    }
}

package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single steps, breakpoints, shadows and alignment around instructions that the VMM carries out: as on the bare machine. */
class DebugEventsTest {
    private static final String MODES = "bare, deprivileged, deprivileged(ring: 3), translated";

    private static ExperimentResult run(String setup, String code, String settings) {
        return Scripted.experiment("""
                def g = guest('g') {
                    tss esp0: 0x80000
                    data { dd 0x11111111, 0x10, 0x33333333, 0x44444444, 0x88000, 0x10 }
                    interrupt(1) {
                        push eax
                        mov eax, dr6
                        checkpoint 'debug', eax, dword[esp + 4], dword[esp + 12]
                        inc ebp
                        xor eax, eax
                        mov dr6, eax
                        cmp ebp, 24
                        jb more
                        mov dr7, eax
                        and dword[esp + 12], ~TF
                        more:
                        or dword[esp + 12], 0x10000
                        pop eax
                        iretd
                    }
                    interrupt(0x20) {
                        checkpoint 'tick', dword[esp], dword[esp + 8]
                        push eax
                        mov al, 0x20
                        out 0x20, al
                        pop eax
                        iretd
                    }
                    interrupt(3, dpl: 3) {
                        inc ebx
                        iretd
                    }
                    interrupt(4, dpl: 3) {
                        inc ebx
                        iretd
                    }
                    interrupt(13) {
                        checkpoint 'protection', dword[esp], dword[esp + 4], dword[esp + 12]
                        hlt
                    }
                    interrupt(14) {
                        checkpoint 'page', dword[esp], dword[esp + 4], dword[esp + 12]
                        hlt
                    }
                    interrupt(17) {
                        checkpoint 'alignment', dword[esp], dword[esp + 4], dword[esp + 12]
                        hlt
                    }
                    interrupt(0x80, dpl: 3) {
                        checkpoint 'call', eax, ebx, ecx, edx
                        hlt
                    }
                    user {
                        %s
                        int 0x80
                    }
                    kernel {
                        xor ebp, ebp
                        %s
                        checkpoint 'end', eax, ebx, ecx, edx, esi, edi, dword[0x180000], dword[0x180008]
                        hlt
                    }
                }
                experiment('debug') { budget 8000; run g, under: [%s] }
                """.formatted(setup, code, settings));
    }

    private static void equal(ExperimentResult result) {
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }

    private static final String STEP = "push 0x102\npopfd\n";
    private static final String WATCH = "mov eax, 0x180000\nmov dr0, eax\nmov eax, %s\nmov dr7, eax\n";

    static List<String> kernel() {
        return List.of(
                STEP + "cli\nsti\ncli\nnop",
                STEP + "in al, 0x61\nout 0x80, al\nmov eax, cr0\nclts\nnop",
                STEP + "mov ax, 0x10\nmov ss, ax\nnop\nnop",
                STEP + "push ss\npop ss\ncli\nnop",
                STEP + "mov ax, 0x10\nmov ds, ax\ninc eax\nrdtsc",
                STEP + "int3\nnop\nint 0x80",
                STEP + "xor eax, eax\ninto\nnop",
                STEP + "mov eax, 0x7fffffff\nadd eax, eax\ninto\nnop",
                STEP + "db 0xf1\nnop",
                STEP + "mov edi, 0x180000\nmov ecx, 4\nrep stosb\nnop",
                STEP + "mov esi, 0x180000\nmov edi, 0x1000\nmov ecx, 3\nrep movsb\nnop",
                STEP + "mov dx, 0x80\nmov esi, 0x180000\nmov ecx, 3\nrep outsb\nnop",
                STEP + "mov edi, 0x1010\nmov ecx, 3\nmov esi, edi\nrep movsd\nnop",
                STEP + "inc dword[0x1030]\nnop",
                STEP + "jmp 0x08:away\naway: nop",
                STEP + "invlpg [0x180000]\nnop",
                STEP + "mov eax, dr7\nmov dr7, eax\nnop",
                WATCH.formatted("0x00020402") + "mov ax, 0x18\nstep: mov [0x180000], eax\ncli\nnop",
                WATCH.formatted("0x000f0403") + "mov eax, [0x180000]\nnop",
                WATCH.formatted("0x000d0403")
                        + "mov eax, 0x10\nmov [0x180000], eax\nnop\nmov ss, [0x180000]\nmov [0x180000], ebx\ncli",
                WATCH.formatted("0x000f0403") + "mov word[0x180000], 0x10\nmov ss, [0x180000]\nnop\nnop",
                WATCH.formatted("0x000f0403") + "mov word[0x180000], 0x10\nmov ss, [0x180000]\ncli\nnop",
                WATCH.formatted("0x000d0403") + "mov edi, 0x17fffc\nmov ecx, 4\nrep stosd",
                "mov eax, target\nmov dr1, eax\nmov eax, 0x408\nmov dr7, eax\ntarget: cli\nnop",
                "mov eax, target\nmov dr1, eax\nmov eax, 0x408\nmov dr7, eax\nnop\ntarget: add eax, ebx\nnop",
                "mov eax, target\nmov dr1, eax\nmov eax, 0x408\nmov dr7, eax\nmov ax, 0x10\nmov ss, ax\ntarget: inc ebx\nnop",
                "mov eax, target\nmov dr1, eax\nmov eax, 0x408\nmov dr7, eax\nmov ax, 0x10\nmov ss, ax\ntarget: cli\nnop",
                "mov eax, target\nmov dr1, eax\nmov eax, 0x408\nmov dr7, eax\nmov ecx, 3\nmov edi, 0x180000\ntarget: rep stosb\nnop",
                "mov eax, 0x2400\nmov dr7, eax\nmov ebx, dr0\nnop",
                "mov eax, 0x180000\nmov dr0, eax\nmov eax, 0x000f0403\nmov dr7, eax\n" + STEP
                        + "mov eax, [0x180000]\nnop");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernel")
    void the_kernel_gets_its_debug_events_at_the_same_instructions(String code) {
        equal(run("nop", code, MODES));
    }

    /** A timer that ticks so often that a tick falls on every kind of boundary. */
    private static final String TICKS = """
            mov al, 0x11
            out 0x20, al
            mov al, 0x20
            out 0x21, al
            mov al, 4
            out 0x21, al
            mov al, 1
            out 0x21, al
            mov al, 0xfe
            out 0x21, al
            mov al, 0x34
            out 0x43, al
            mov al, 2
            out 0x40, al
            mov al, 0
            out 0x40, al
            mov edi, 300
            """;

    static List<String> shadows() {
        return List.of(
                "again: sti\nnop\ncli\ndec edi\njnz again",
                "again: sti\ncli\ndec edi\njnz again",
                "sti\nagain: mov ax, 0x10\nmov ss, ax\nmov esp, 0x80000\ndec edi\njnz again\ncli",
                "sti\nagain: lss esp, [0x180010]\ninc eax\ndec edi\njnz again\ncli",
                "again: sti\nhlt\ndec edi\njnz again\ncli",
                "again: sti\nmov ax, 0x10\nmov ss, ax\ncli\ndec edi\njnz again",
                "again: sti\nsti\nnop\nin al, 0x61\ncli\ndec edi\njnz again");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shadows")
    void interrupts_wait_for_the_end_of_a_shadow_and_no_longer(String code) {
        equal(run("nop", TICKS + code, MODES));
    }

    static List<String> user() {
        return List.of(
                "mov eax, [0x27ff01]",
                "push dword 0x40202\npopfd\nmov eax, [0x27ff01]",
                "push dword 0x40202\npopfd\nmov eax, [0x27ff00]\npush ax\npush eax",
                "push dword 0x302\npopfd\nnop\nint3\nnop\nmov eax, cr0",
                "push dword 0x302\npopfd\ncpuid\nrdtsc\ninc eax");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("user")
    void user_code_is_stepped_and_checked_for_alignment(String code) {
        equal(run(
                code,
                "mov eax, cr0\nor eax, 0x40000\nmov cr0, eax\npush dword 0x23\npush dword 0x27fff0\n"
                        + "push dword 2\npush dword 0x1b\npush dword user\niretd",
                "bare, deprivileged, translated"));
    }
}

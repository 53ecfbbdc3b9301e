package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gates, tasks, local tables, conforming code and virtual-8086 tasks of the guest's own: the hardware never sees them, the
 * VMM carries them out.
 */
class TransfersTest {
    private static final String RECOVERING = "bare, deprivileged, translated";
    private static final String WITH_RING_3 = RECOVERING + ", deprivileged(ring: 3)";

    /** Selectors 28 TSS, 30 call gate, 38 and 88 other TSSs, 40 task gate, 48 LDT, 50 conforming code, 58-68 rings 1 and 2. */
    private static final String TABLES = """
            code('gdt', at: 0x190000) {
                dd 0, 0
                dd 0x0000ffff, 0x00cf9b00, 0x0000ffff, 0x00cf9300, 0x0000ffff, 0x00cffb00, 0x0000ffff, 0x00cff300
                dd 0x10000067, 0x00008919, 0x00080000, 0x0015ec02, 0x20000067, 0x00008919, 0x00380000, 0x0000e500
                dd 0x3000001f, 0x00008219, 0x0000ffff, 0x00cf9f00, 0x0000ffff, 0x00cfbb00, 0x0000ffff, 0x00cfb300
                dd 0x0000ffff, 0x00cfdb00, 0x0000ffff, 0x00009b15, 0x0000ffff, 0x00009308, 0x00080000, 0x00158c00
                dd 0x40002080, 0x00008919
            }
            code('task', at: 0x191000) { dd 0, 0x80000, 0x10; times 100 db 0 }
            code('second', at: 0x192000) {
                dd 0, 0x85000, 0x10, 0, 0, 0, 0, 0, 0x151000, 2, 0x22222222, 1, 2, 3, 0x84000, 5, 6, 7
                dd 0x10, 0x08, 0x10, 0x10, 0x10, 0x10, 0x48, 0x680000
            }
            code('third', at: 0x194000) {
                dd 0, 0x86000, 0x10, 0, 0, 0, 0, 0, %s, 0, 0, 0, 0, 0x900, 0, 0, 0
                dd %s, 0, 0x880000
                times 32 db 0
                times 0x1ff8 db 0xff
            }
            code('ldt', at: 0x193000) {
                dd 0, 0, 0x0000ffff, 0x00cf9b00, 0x00000fff, 0x00409218, 0x0000ffff, 0x00cff200
            }
            code('gate', at: 0x150000) {
                mov edx, [esp + 8]
                mov ecx, cs
                and ecx, ~3
                retf 8
            }
            code('other', at: 0x151000) {
                again:
                inc ebx
                iretd
                jmp again
            }
            """;

    private static final String RING_3_TASK = "0x200000, 0x3002";
    private static final String RING_3_SELECTORS = "0x23, 0x1b, 0x23, 0x23, 0x23, 0x23";
    private static final String V86_TASK = "0, 0x20002";
    private static final String V86_SELECTORS = "0x3000, 0x2000, 0x3000, 0x3000, 0x3000, 0x3000";

    private static ExperimentResult run(String third, String selectors, String more, String kernel, String settings) {
        StringBuilder handlers = new StringBuilder();
        for (int vector : List.of(6, 10, 11, 12, 13)) {
            handlers.append(
                    "interrupt(%d) { checkpoint 'fault %d', dword[esp], dword[esp + 4], dword[esp + 8], esp; hlt }\n"
                            .formatted(vector, vector));
        }
        for (int vector : List.of(1, 3, 4)) {
            handlers.append("interrupt(%d, dpl: 3) { mov ebp, %d; hlt }\n".formatted(vector, vector));
        }
        String script = """
                def g = guest('g') {
                    %s
                    %s
                    %s
                    interrupt(0x80, dpl: 3) { checkpoint 'call', eax, ebx, ecx, edx, esi; hlt }
                    kernel {
                        lgdt [table]
                        mov ax, 0x28
                        ltr ax
                        mov esp, 0x80000
                        jmp begin
                        table: dw 0x8f
                        dd 0x190000
                        begin:
                        %s
                        checkpoint 'end', eax, ebx, ecx, edx, esi, edi
                        hlt
                    }
                }
                experiment('transfers') { budget 3000; run g, under: [%s] }
                """.formatted(
                        TABLES.formatted(third, selectors).replace("; times", "\ntimes"),
                        handlers.toString()
                                .replace("; ", "\n")
                                .replace("{ ", "{\n")
                                .replace(" }", "\n}"),
                        more,
                        kernel,
                        settings)
                .replace("; hlt }", "\nhlt\n}")
                .replace("{ checkpoint", "{\ncheckpoint");
        return Scripted.experiment(script);
    }

    private static void equal(ExperimentResult result) {
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }

    static List<String> kernelCode() {
        return List.of(
                "push dword 5\npush dword 6\ncall 0x30:0",
                "jmp 0x30:0",
                "call 0x38:0",
                "jmp 0x38:0",
                "jmp 0x40:0",
                "call 0x40:0\ncall 0x40:0",
                "mov byte[0x19003d], 0x8b\njmp 0x38:0",
                "mov byte[0x19003d], 0x09\ncall 0x38:0",
                "mov ax, 0x48\nlldt ax\nmov bx, 0x14\nmov ds, bx\nmov eax, [0xffc]\nmov bx, 0x10\nmov ds, bx",
                "mov ax, 0x48\nlldt ax\nmov bx, 0x14\nmov fs, bx\nmov eax, fs:[0x1000]",
                "mov ax, 0x48\nlldt ax\nmov dword[0x193014], 0x00409000\nmov bx, 0x14\nmov fs, bx\nmov eax, fs:[4]",
                "mov ax, 0x48\nlldt ax\nmov bx, 0x14\nmov fs, bx\nmov dword[0x193010], 0x7\nmov eax, fs:[8]\nmov fs, bx\nmov eax, fs:[8]",
                "mov ax, 0x48\nlldt ax\njmp 0x0c:local\nlocal: mov ebx, 1",
                "mov ax, 0x48\nlldt ax\nxor ax, ax\nlldt ax\nmov bx, 0x14\nmov fs, bx",
                "mov ax, 0x30\nlldt ax",
                "mov ax, 0x24\nlldt ax",
                "mov bx, 0x14\nmov fs, bx",
                "jmp 0x50:conforming\nconforming: mov ebx, 1\njmp 0x08:back\nback: nop",
                "pushfd\nor dword[esp], 0x4000\npopfd\niretd",
                "pushfd\nor dword[esp], 0x4000\npopfd\nmov word[0x191000], 0x38\niretd",
                "mov ax, 0x28\nltr ax",
                "mov ax, 0x38\nltr ax",
                "mov dword[0x190034], 0x00156c00\ncall 0x30:0",
                "jmp 0x70:small - 0x150000\nsmall: nop",
                "mov ax, 0x78\nmov ss, ax\nmov sp, 0x1000\npush dword 0x12345678\npop eax\nmov bx, 0x10\nmov ss, bx\nmov esp, 0x80000",
                "mov eax, 0x12340000\nmov esp, eax\nmov ax, 0x78\nmov ss, ax\nsti\ncli\nmov ebx, esp");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernelCode")
    void what_the_kernel_does_with_tables_of_its_own_is_carried_out(String code) {
        equal(run(RING_3_TASK, RING_3_SELECTORS, "", code, WITH_RING_3));
    }

    static List<String> taskOfRing3() {
        return List.of(
                "cli\nsti",
                "in al, 0x61\nout 0x80, al",
                "hlt",
                "mov eax, cr0",
                "push dword 1\npush dword 2\ncall 0x30:0",
                "jmp 0x30:0",
                "call 0x80:0",
                "call 0x40:0",
                "int 0x80",
                "int3",
                "jmp 0x50:conforming\nconforming: mov ebx, 1",
                "mov ax, 0x60\nmov ds, ax",
                "mov ax, 0x50\nmov ds, ax\nmov ax, 0x23\nmov ds, ax",
                "jmp 0x58:conforming\nconforming: nop",
                "push dword 0x7002\npopfd\niretd",
                "push dword 0x3102\npopfd\nnop",
                "xor ecx, ecx\nmov ss, cx");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("taskOfRing3")
    void a_task_of_ring_3_with_iopl_3_does_what_it_may_and_no_more(String code) {
        String user = "user {\n" + code + "\nint 0x80\n}\n";
        equal(run(RING_3_TASK, RING_3_SELECTORS, user, "jmp 0x88:0", RECOVERING));
    }

    static List<String> virtual8086() {
        return List.of(
                "cli",
                "sti",
                "pushf",
                "popf",
                "iret",
                "int 0x80",
                "int 0x21",
                "int3",
                "in al, 0x61",
                "hlt",
                "mov eax, cr0",
                "lldt ax",
                "sldt ax",
                "lar ax, bx",
                "verr ax",
                "mov ax, 0x1234\nmov ds, ax\nmov es, ax\nmov bx, ds\nint 0x80",
                "call 0x2000:away\nint 0x80\naway: mov bx, cs\nretf",
                "mov bx, 0xfffe\nmov eax, [bx]",
                "mov bp, 0xffff\nmov ax, [bp]",
                "xor dx, dx\nmov fs, dx\nmov eax, fs:[0x400]\nmov cx, 3\nrep movsb\nint 0x80");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("virtual8086")
    void a_virtual_8086_task_with_iopl_3_does_what_it_may_and_no_more(String code) {
        virtual8086("0, 0x23202", code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cli", "sti", "pushf", "popf", "iret", "int 0x80", "int3", "in al, 0x61"})
    void without_iopl_3_it_traps_into_the_guests_own_monitor(String code) {
        virtual8086("0, 0x20002", code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cli\nsti\npushf\npop ax", "push word 0x3202\npopf\npushf\npop ax", "int 0x21", "int3"})
    void with_vme_it_has_an_interrupt_flag_and_vectors_of_its_own(String code) {
        virtual8086("0, 0x20002", code, "mov eax, 1\nmov cr4, eax\n");
        virtual8086("0, 0x120002", code, "mov eax, 1\nmov cr4, eax\n");
    }

    private static void virtual8086(String flags, String code) {
        virtual8086(flags, code, "");
    }

    private static void virtual8086(String flags, String code, String first) {
        String task = "code('v86', at: 0x20000, bits: 16) {\n" + code + "\nint 0x80\n}\n";
        equal(run(flags, V86_SELECTORS, task, first + "jmp 0x88:0", WITH_RING_3));
    }

    static List<String> monitored() {
        return List.of("cli\nsti\nnop\nmov ax, 1", "hlt\nmov bx, ss\nsti\nmov cx, ds");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("monitored")
    void a_monitor_of_the_guests_skips_what_traps_and_goes_on(String code) {
        String task = "code('v86', at: 0x20000, bits: 16) {\n" + code + "\nhere: jmp here\n}\n"
                + "code('monitor', at: 0x152000) {\ninc edi\nadd esp, 4\ninc dword[esp]\niretd\n}\n";
        String kernel = "mov word[gate], 0x2000\nmov word[gate + 6], 0x15\n" + "push dword 0x3000\npush dword 0x3000\n"
                + "push dword 0x3000\npush dword 0x3000\npush dword 0x3000\npush dword 0x800\npush dword 0x20002\n"
                + "push dword 0x2000\npush dword 0\niretd";
        equal(run(V86_TASK, V86_SELECTORS, task, kernel.replace("gate", "0x2000 + 13 * 8"), WITH_RING_3));
    }
}

package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest in real mode runs in virtual-8086 mode under the VMM's monitor and cannot tell, but by what does not trap there. */
class RealModeTest {
    private static final String MODES = "bare, deprivileged, deprivileged(ring: 3), deprivileged(onFault: 'reflect'), "
            + "deprivileged(iopl: 3), translated, translated(user: 'translated')";

    private static ExperimentResult real(String code, String settings) {
        return Scripted.experiment("""
                def g = guest('g') {
                    real {
                        xor ax, ax
                        mov ds, ax
                        mov es, ax
                        mov ss, ax
                        mov sp, 0x7c00
                        mov cx, 32
                        xor di, di
                        again:
                        mov word[di], handler
                        mov word[di + 2], ax
                        add di, 4
                        loop again
                        mov word[0x200], handler
                        mov word[0x202], ax
                        %s
                        checkpoint 'end', eax, ebx, ecx, edx, esi, edi
                        cli
                        hlt
                        handler:
                        push bp
                        mov bp, sp
                        mov bx, [bp + 2]
                        mov si, [bp + 6]
                        inc edx
                        mov word[bp + 2], after
                        pop bp
                        iret
                        after:
                        checkpoint 'after', eax, ebx, ecx, edx, esi, edi
                        cli
                        hlt
                    }
                }
                experiment('real') { budget 5000; run g, under: [%s] }
                """.formatted(code, settings));
    }

    private static void equal(ExperimentResult result) {
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
    }

    static List<String> anything() {
        return List.of(
                "sti\npushf\npop bx",
                "pushfd\npop ebx",
                "push word 0x3202\npopf\npushf\npop bx",
                "push dword 0x00247fd7\npopfd\npushfd\npop ebx",
                "int 0x80",
                "sti\nint 0x80",
                "int3",
                "mov eax, 0x7fffffff\nadd eax, eax\ninto",
                "db 0xf1",
                "push word 0x102\npopf\nnop\nnop",
                "xor cx, cx\ndiv cx",
                "ud2",
                "mov word[0x600], 5\nmov word[0x602], 9\nmov ax, 10\nbound ax, [0x600]",
                "mov bx, 0xffff\nmov ax, [bx]",
                "mov bx, 0xfffe\nmov eax, [bx]",
                "mov bp, 0xffff\nmov ax, [bp]",
                "mov ebx, 0x10000\nmov al, [ebx]",
                "mov al, 0x41\nout 0xe9, al\nin al, 0x61",
                "mov dx, 0xe9\nmov si, 0x7c00\nmov cx, 5\nrep outsb",
                "mov ax, 0x1234\nmov fs, ax\nmov gs, ax\nmov fs:[0], gs\nmov eax, fs:[0]",
                "push cs\npop ax\npush ss\npop bx\nmov cx, cs",
                "call 0x0000:away\njmp done\naway: mov bx, cs\nretf\ndone: nop",
                "jmp 0x07c0:here - 0x7c00\nhere: mov bx, cs\njmp 0x0000:there\nthere: nop",
                "pushf\npush cs\npush word target\niret\ntarget: nop",
                "pushfd\npush dword 0\npush dword target\niretd\ntarget: nop",
                "sldt ax",
                "str ax",
                "mov ax, 8\nlar bx, ax",
                "mov ax, 8\nverr ax",
                "lldt ax",
                "mov eax, cr0\nmov ebx, cr3\nmov ecx, cr2",
                "mov eax, 0x40010\nmov cr0, eax\npush dword 0x40002\npopfd\nmov eax, [0x601]",
                "mov eax, dr7\nmov dr0, eax",
                "lgdt [table]\njmp done\ntable: dw 0x17\ndd 0x600\ndone: nop",
                "rdtsc",
                "cpuid",
                "sti\nmov eax, 0x12345678\nhlt_free: mov ss, ax\nmov ax, 0\nmov ss, ax",
                "mov ax, 0x9000\nmov ss, ax\nmov sp, 0x100\npush dword 0x11223344\nmov esp, 0x00110100\npush ax");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("anything")
    void what_traps_or_means_the_same_in_virtual_8086_mode_is_equal(String code) {
        equal(real(code, MODES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgdt [0x600]", "sidt [0x600]", "smsw ax"})
    void what_neither_traps_nor_depends_on_the_mode_leaks(String code) {
        ExperimentResult result = real(code, "bare, deprivileged, translated, translated(user: 'translated')");
        for (ExperimentResult.Run run : result.runs().subList(1, 3)) {
            Divergence divergence = run.divergence().orElseThrow(() -> new AssertionError(result.text()));
            assertThat(divergence.mnemonic()).isEqualToIgnoringCase(code.substring(0, 4));
            assertThat(divergence.listed()).as(result.text()).isTrue();
        }
        assertThat(result.runs().getLast().divergence()).as(result.text()).isEmpty();
    }

    @Test
    void straight_code_runs_directly() {
        ExperimentResult result = real(
                "mov cx, 1000\nstraight: add eax, ecx\npush eax\npop ebx\nloop straight", "deprivileged, translated");
        for (ExperimentResult.Run run : result.runs()) {
            assertThat(run.counters().get("interpreted")).as(result.text()).isZero();
            assertThat(run.counters().get("emulated")).as("CLI and HLT").isEqualTo(2);
        }
    }

    @Test
    void timer_interrupts_come_through_the_vector_table_at_the_same_instruction() {
        equal(real("""
                mov word[0x20], tick
                mov al, 0x34
                out 0x43, al
                mov al, 0x20
                out 0x40, al
                mov al, 0
                out 0x40, al
                mov al, 0xfe
                out 0x21, al
                xor ebp, ebp
                sti
                waiting: inc eax
                cmp ebp, 5
                jb waiting
                jmp done
                tick: inc ebp
                push ax
                mov al, 0x20
                out 0x20, al
                pop ax
                iret
                done: nop
                """, MODES));
    }

    @Test
    void the_a20_gate_decides_what_lies_a_mebibyte_up() {
        equal(real("""
                mov byte[0x600], 0x5a
                mov ax, 0xffff
                mov fs, ax
                mov al, [fs:0x610]
                in al, 0x92
                mov ah, al
                xor al, 2
                out 0x92, al
                mov bl, [fs:0x610]
                mov byte[fs:0x610], 0x77
                mov cl, [0x600]
                mov al, ah
                out 0x92, al
                mov dl, [fs:0x610]
                """, MODES));
    }

    /** Into protected mode and back with flat DS and FS: 'unreal' mode. */
    private static final String UNREAL = """
            lgdt [table]
            mov eax, cr0
            or al, 1
            mov cr0, eax
            jmp 0x08:inside
            table: dw 0x17
            dd descriptors
            descriptors: dd 0, 0
            dd 0x0000ffff, 0x00009b00
            dd 0x0000ffff, 0x00cf9300
            inside:
            mov bx, 0x10
            mov ds, bx
            mov fs, bx
            and al, 0xfe
            mov cr0, eax
            jmp 0x0000:outside
            outside:
            xor bx, bx
            mov ds, bx
            mov ebx, 0x200000
            mov dword[ebx], 0x12345678
            mov ecx, fs:[ebx]
            """;

    @Test
    void unreal_mode_keeps_the_limits_that_protected_mode_loaded() {
        ExperimentResult result = real(UNREAL, MODES);
        equal(result);
        assertThat(result.runs().get(1).counters().get("interpreted"))
                .as("what no V86 register can hold")
                .isPositive();
    }
}

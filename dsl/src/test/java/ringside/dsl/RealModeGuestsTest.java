package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;

/** Real-mode guests under hardware assist, which has no real mode of its own: alike with the bare machine. */
class RealModeGuestsTest {
    private static final String COMMON = """
            def segments = {
                cli
                xor ax, ax
                mov ds, ax
                mov es, ax
                mov ss, ax
                mov sp, 0x7000
            }
            def vector = { number, handler ->
                mov word[number * 4], handler
                mov word[number * 4 + 2], 0
            }
            """;

    private static final String INTERRUPTS = """
            segments()
            vector 0x84, software
            vector 3, breakpoint
            vector 0, division
            vector 6, undefined
            vector 1, debug
            mov cx, 5
            again:
            int 0x84
            loop again
            sti
            pushf
            pop dx
            checkpoint 'sti', edx
            cli
            pushf
            pop dx
            checkpoint 'cli', edx
            int3
            mov bl, 0
            div bl
            ud2
            checkpoint 'exceptions', ebx, esi, edi
            pushf
            or word[esp], 0x100
            popf
            nop
            inc bx
            int 0x84
            inc bx
            pushf
            and word[esp], 0xfeff
            popf
            checkpoint 'stepped', ebp, ebx
            mov al, 0x41
            out 0xe9, al
            in al, 0x61
            mov si, text
            mov cx, 5
            mov dx, 0xe9
            rep outsb
            smsw bx
            sgdt [0x600]
            call far 0:procedure
            checkpoint 'end', ebx, ebp, word[0x600]
            hlt
            procedure:
            inc bp
            retf
            software:
            inc di
            iret
            breakpoint:
            inc si
            iret
            division:
            mov bl, 1
            iret
            undefined:
            push bp
            mov bp, sp
            add word[bp + 2], 2
            pop bp
            iret
            debug:
            inc bp
            iret
            text: db 'hello'
            """;

    private static final String SWITCHES = """
            segments()
            lgdt [gdtr]
            mov eax, cr0
            or al, 1
            mov cr0, eax
            mov bx, 1
            jmp far 8:pm
            pm:
            mov ax, 16
            mov ds, ax
            mov es, ax
            mov ss, ax
            mov cx, 1000
            again:
            inc dword[0x9000]
            loop again
            mov eax, cr0
            and al, 0xfe
            mov cr0, eax
            inc bx
            jmp far 0:back
            back:
            xor ax, ax
            mov ds, ax
            mov es, ax
            mov ss, ax
            mov cx, 1000
            again2:
            inc dword[0x9000]
            loop again2
            checkpoint 'real again', ebx, dword[0x9000]
            mov eax, cr0
            or al, 1
            mov cr0, eax
            mov bx, 24
            mov fs, bx
            and al, 0xfe
            mov cr0, eax
            mov edi, 0x100000
            mov cx, 100
            again3:
            add dword[fs:edi], 3
            loop again3
            mov eax, dword[fs:edi]
            checkpoint 'unreal', eax, ebx
            hlt
            gdtr: dw 31
            dd gdt
            gdt: dd 0, 0, 0x0000ffff, 0x00009b00, 0x0000ffff, 0x00009300, 0x0000ffff, 0x00cf9300
            """;

    private static final String TIMER = """
            segments()
            vector 0x20, tick
            [0x11: 0x20, 0x20: 0x21, 4: 0x21, 1: 0x21, 0xfe: 0x21, 0x34: 0x43, 200: 0x40, 0: 0x40].each { value, port ->
                mov al, value
                out port, al
            }
            sti
            again:
            inc ebx
            cmp si, 20
            jb again
            checkpoint 'busy', ebx, esi
            sleep:
            hlt
            cmp si, 30
            jb sleep
            checkpoint 'asleep', ebx, esi
            cli
            hlt
            tick:
            inc si
            push ax
            mov al, 0x20
            out 0x20, al
            pop ax
            iret
            """;

    private static final String A20 = """
            segments()
            mov ax, 0xffff
            mov ds, ax
            mov dword[es:0x500], 0x11111111
            in al, 0x92
            and al, 0xfd
            out 0x92, al
            mov eax, dword[ds:0x510]
            mov dword[ds:0x510], 0x22222222
            mov ebx, dword[es:0x500]
            checkpoint 'closed', eax, ebx
            in al, 0x92
            or al, 2
            out 0x92, al
            mov dword[ds:0x510], 0x33333333
            mov ebx, dword[es:0x500]
            checkpoint 'open', dword[ds:0x510], ebx
            hlt
            """;

    private static final String EDGES = """
            segments()
            vector 13, fault
            vector 12, fault
            mov ecx, 0x174
            mov eax, 8
            xor edx, edx
            wrmsr
            mov cx, after1
            sysenter
            after1:
            mov eax, cr0
            or eax, 0x40000
            mov cr0, eax
            pushfd
            or dword[esp], 0x40000
            popfd
            mov eax, dword[0x501]
            mov cx, after2
            mov edi, 0x10000
            mov al, byte[edi]
            after2:
            mov cx, after3
            mov ax, word[0xffff]
            after3:
            rdtsc
            mov esi, eax
            mov eax, cr4
            or al, 4
            mov cr4, eax
            rdtsc
            sub eax, esi
            checkpoint 'end', eax, ebp
            vector 6, undefined
            str word[0x600]
            undefined:
            hlt
            fault:
            inc bp
            mov sp, 0x7000
            jmp cx
            """;

    private static ExperimentResult run(String code) {
        String script = COMMON
                + "server { year 2006 }\ndef g = guest('g') {\nreal {\n" + code + "\n}\n}\n"
                + "experiment('g') { run g, under: [bare, hardware]\nexpect hardware.equivalent\nbudget 1_000_000 }\n";
        ExperimentResult result =
                Experiment.run(Scripts.run(script).experiments().getFirst());
        assertThat(result.asExpected()).as(result.text()).isTrue();
        return result;
    }

    private static ExperimentResult.Run assisted(ExperimentResult result) {
        return result.runs().getLast();
    }

    private static String arrivals(ExperimentResult.Run run) {
        return run.checkpoints().stream()
                .map(a -> a.checkpoint() + " " + String.join(" ", a.values().values()))
                .collect(Collectors.joining("; "));
    }

    @Test
    void interrupts_and_exceptions_go_through_the_vector_table() {
        ExperimentResult.Run run = assisted(run(INTERRUPTS));
        assertThat(arrivals(run))
                .isEqualTo("sti 00000246; cli 00000046; exceptions 00000001 00000001 00000005; "
                        + "stepped 00000006 00000003; end 00000010 00000007 ffff");
        assertThat(run.counters().get("interpreted")).isZero();
    }

    @Test
    void switches_to_protected_mode_back_and_unreal_segments_are_carried_through() {
        ExperimentResult.Run run = assisted(run(SWITCHES));
        assertThat(arrivals(run)).isEqualTo("real again 00000002 000007d0; unreal 0000012c 00000018");
        assertThat(run.counters().get("interpreted")).isBetween(200L, 400L);
    }

    @Test
    void external_interrupts_arrive_at_the_tick_of_the_bare_machine() {
        ExperimentResult.Run run = assisted(run(TIMER));
        assertThat(arrivals(run)).startsWith("busy 0001b471 00000014;").endsWith("asleep 0001b471 0000001e");
        assertThat(run.counters().get("interpreted")).isZero();
    }

    @Test
    void the_a20_gate_folds_the_second_mebibyte_onto_the_first() {
        assertThat(arrivals(assisted(run(A20)))).isEqualTo("closed 11111111 22222222; open 33333333 22222222");
    }

    @Test
    void what_virtual_8086_mode_would_allow_and_real_mode_does_not_is_as_on_the_bare_machine() {
        assertThat(arrivals(assisted(run(EDGES)))).isEqualTo("end 00000005 00000003");
    }
}

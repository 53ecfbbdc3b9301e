package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;

/**
 * Exits in the middle of event delivery: a CR3 load has emptied the shadow tables (and a fresh guest the nested ones), so the
 * tables, the stack and the handler each take a hidden fault while an event is on its way. It is injected again, and the
 * guest cannot tell.
 */
class EventsUnderHardwareTest {
    private static final String SETTINGS = "under: [bare, hardware, hardware(memory: 'nested')]\n";

    private static List<ExperimentResult.Run> run(String guest, String budget) {
        String script = "server { year 2010 }\ndef g = guest('g') {\n" + guest + "\n}\nexperiment('g') {\nrun g, "
                + SETTINGS + "expect hardware.equivalent\nbudget " + budget + "\n}\n";
        ExperimentResult result =
                Experiment.run(Scripts.run(script).experiments().getFirst());
        assertThat(result.asExpected()).as(result.text()).isTrue();
        return result.runs();
    }

    private static String seen(ExperimentResult.Run run) {
        return run.checkpoints().stream()
                .map(a -> a.checkpoint() + " " + String.join(" ", a.values().values()))
                .collect(Collectors.joining("; "));
    }

    /** Twenty events of one kind, each just after a CR3 load. */
    private static String twenty(String event, int vector, String handler) {
        return """
                paging true
                tss esp0: 0x8f000
                kernel {
                    mov ecx, 20
                    again:
                    mov eax, cr3
                    mov cr3, eax
                    %s
                    after:
                    dec ecx
                    jnz again
                    checkpoint 'end', ebx, edx
                    hlt
                }
                interrupt(%d) {
                    inc ebx
                    %s
                }
                """.formatted(event, vector, handler);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // a software interrupt; software exceptions; INT1
                "int 0x80 | 128 | iret | end 00000014 00000000",
                "int3 | 3 | iret | end 00000014 00000000",
                "int1 | 1 | iret | end 00000014 00000000",
                // exceptions without and with an error code
                "ud2 | 6 | add dword[esp], 2; iret | end 00000014 00000000",
                "mov edx, 0x1238; mov es, dx | 13 | pop edx; mov dword[esp], after; iret | end 00000014 00001238"
            })
    void an_event_whose_delivery_exits_is_injected_again(String event, int vector, String handler, String expected) {
        List<ExperimentResult.Run> runs = run(twenty(event, vector, handler), "10_000");

        assertThat(seen(runs.get(1))).isEqualTo(expected);
        assertThat(runs.get(1).counters().get("injected")).isGreaterThanOrEqualTo(20);
        assertThat(runs.get(2).counters().get("injected")).isPositive();
    }

    @Test
    void a_page_fault_whose_delivery_meets_hidden_faults_is_the_guests_own() {
        List<ExperimentResult.Run> runs = run(
                twenty("mov eax, [0x400000]", 14, "pop edx; mov dword[esp], after; iret") + "unmap 0x400000", "10_000");

        assertThat(seen(runs.get(1))).isEqualTo("end 00000014 00000000");
        assertThat(runs.get(1).exits().get("#PF")).isEqualTo(20);
        assertThat(runs.get(2).exits().get("#PF")).isNull();
    }

    @Test
    void a_page_fault_while_an_event_is_delivered_becomes_a_double_fault() {
        List<ExperimentResult.Run> runs = run("""
                        paging true
                        tss esp0: 0x8f000
                        unmap 0x300000
                        kernel {
                            enterUser
                        }
                        user { ud2 }
                        interrupt(6) { hlt }
                        """.replace("0x8f000", "0x301000"), "1_000");

        assertThat(runs).allMatch(run -> run.stopped().equals("triple-fault"));
    }

    @Test
    void external_interrupts_arrive_at_their_tick_whatever_the_tables_hold() {
        List<ExperimentResult.Run> runs = run("""
                        paging true
                        kernel {
                            [0x11: 0x20, 0x20: 0x21, 4: 0x21, 1: 0x21, 0xfe: 0x21, 0x34: 0x43, 100: 0x40, 0: 0x40].each {
                                value, port ->
                                mov al, value
                                out port, al
                            }
                            again:
                            mov eax, cr3
                            mov cr3, eax
                            inc ecx
                            cli
                            nop
                            nop
                            sti
                            cmp ebx, 20
                            jb again
                            checkpoint 'end', ebx, ecx
                            cli
                            hlt
                        }
                        interrupt(0x20) {
                            inc ebx
                            push eax
                            mov al, 0x20
                            out 0x20, al
                            pop eax
                            iret
                        }
                        """, "1_000_000");

        assertThat(seen(runs.get(1))).startsWith("end 00000014");
        assertThat(runs.get(1).exits().get("interrupt window")).isPositive();
        assertThat(runs.get(2).counters().get("injected")).isGreaterThanOrEqualTo(20);
    }

    private static final String TASKS = """
            interrupt(0x81) { iret }
            data {
                pointer: dw 0x37
                dd table
                align 8
                table: dd 0, 0, 0xffff, 0x00cf9b00, 0xffff, 0x00cf9300, 0, 0, 0, 0
                dd 0x04000067, 0x00008918, 0x08000067, 0x00008918
            }
            code('task', at: 0x300000) {
                mov ebx, 2
                restart:
                inc ebx
                pushfd
                pop eax
                test eax, 0x4000
                jz alone
                checkpoint 'nested', ebx, word[0x180800]
                iret
                jmp restart
                alone:
                checkpoint 'alone', ebx
                jmp far 0x28:0
            }
            """;

    @ParameterizedTest
    @CsvSource({
        "jmp far 0x30:0, alone 00000003; back 00000001 00008918",
        "call far 0x30:0, nested 00000003 0028; back 00000001 00008918",
        "int 0x81, nested 00000003 0028; back 00000001 00008918"
    })
    void a_task_switch_is_emulated_whole(String there, String expected) {
        List<ExperimentResult.Run> runs = run("""
                        kernel {
                            mov dword[0x2408], 0x300000
                            mov dword[0x240c], 0x8500
                            lgdt [pointer]
                            mov ax, 0x28
                            ltr ax
                            mov dword[0x180820], 0x300000
                            mov dword[0x180824], 2
                            mov dword[0x180838], 0x85000
                            [0x48: 16, 0x4c: 8, 0x50: 16, 0x54: 16, 0x58: 0, 0x5c: 0].each { at, selector ->
                                mov dword[0x180800 + at], selector
                            }
                            mov ebx, 1
                            %s
                            mov eax, dword[table + 0x34]
                            checkpoint 'back', ebx, eax
                            hlt
                        }
                        """.formatted(there) + TASKS, "1_000");

        assertThat(seen(runs.get(1))).isEqualTo(expected);
        assertThat(runs.get(1).exits().get("task switch") + runs.get(2).exits().get("task switch"))
                .isEqualTo(4);
    }

    /** The handler of #AC is in ring 3 on an unaligned stack: its delivery raises #AC, whose delivery raises #AC... */
    @Test
    void an_alignment_check_whose_delivery_is_unaligned_does_not_keep_the_processor() {
        List<ExperimentResult.Run> runs = run("""
                        kernel {
                            mov eax, handler
                            mov word[0x2088], ax
                            mov word[0x208a], 0x1b
                            and eax, 0xffff0000
                            or eax, 0xee00
                            mov dword[0x208c], eax
                            mov eax, cr0
                            or eax, 0x40000
                            mov cr0, eax
                            enterUser
                        }
                        interrupt(17) { iret }
                        user {
                            pushfd
                            or dword[esp], 0x40000
                            popfd
                            dec esp
                            mov eax, [0x200001]
                            handler:
                            jmp handler
                        }
                        """, "1_000");

        assertThat(runs).allMatch(run -> run.stopped().equals("livelock"));
        assertThat(runs)
                .extracting(ExperimentResult.Run::instructions)
                .containsOnly(runs.getFirst().instructions());
    }

    @Test
    void vmcall_is_undefined_for_a_guest_whose_vmm_has_no_hypercalls() {
        List<ExperimentResult.Run> runs = run(twenty("vmcall", 6, "add dword[esp], 3; iret"), "10_000");

        assertThat(seen(runs.get(1))).isEqualTo("end 00000014 00000000");
        assertThat(runs.get(1).exits().get("VMCALL")).isEqualTo(20);
    }
}

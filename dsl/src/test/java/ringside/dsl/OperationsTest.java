package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ringside.guest.GuestImage;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;

/** Each privileged operation does in a ported kernel what its instruction does in ring 0, and nothing else. */
class OperationsTest {
    private static final String VALUES = """
        mov eax, 0x11111111
        mov ecx, 0x22222222
        mov edx, 0x33333333
        mov ebx, 0x44444444
        mov ebp, 0x55555555
        mov esi, 0x66666666
        mov edi, 0x77777777
        """;

    /** Kernel code by operation; it may check what the operation did with checkpoints of its own. */
    private static final Map<String, String> USES = new TreeMap<>(Map.ofEntries(
            Map.entry("disableInterrupts", "disableInterrupts"),
            Map.entry("enableInterrupts", "enableInterrupts"),
            Map.entry("saveFlags", "enableInterrupts\nsaveFlags\ncheckpoint 'image', dword[esp]\nadd esp, 4"),
            Map.entry(
                    "restoreFlags",
                    "push dword 0x246\nrestoreFlags\nsaveFlags\npop ebx\ncheckpoint 'flags', ebx\nmov ebx, 0x44444444"),
            Map.entry(
                    "waitForInterrupt",
                    "enableLine 0\n"
                            + "startTimer 1000\n"
                            + "waitForInterrupt\n"
                            + "mov [0x184000], eax\n"
                            + "mov eax, [ticks]\n"
                            + "checkpoint 'ticks', eax\n"
                            + "mov eax, 0x11111111"),
            Map.entry("halt", "nop"),
            Map.entry("returnFromInterrupt", "int 0x80"),
            Map.entry(
                    "enterUser",
                    "mov dword[0x180100], 1\n"
                            + "mov [0x180104], esp\n"
                            + "enterUser\n"
                            + "back:\n"
                            + "mov esp, [0x180104]\n"
                            + "mov eax, 0x10\n"
                            + "mov ds, ax\n"
                            + "mov es, ax\n"
                            + "mov fs, ax\n"
                            + "mov gs, ax\n"
                            + "mov eax, 0x11111111"),
            Map.entry(
                    "setKernelStack",
                    "mov ebp, 0x8e000\n"
                            + "setKernelStack ebp\n"
                            + "setKernelStack 0x8d000\n"
                            + "mov dword[0x180108], 0x8d000\n"
                            + "setKernelStack [0x180108]\n"
                            + "mov ebp, 0x55555555"),
            Map.entry("loadTrapGate", "loadTrapGate 0x81, other\nint 0x81"),
            Map.entry("faultVa", "mov [0x404008], eax\nfaultVa esi\ncheckpoint 'va', esi\nmov esi, 0x66666666"),
            Map.entry("loadPageTable", "loadPageTable 0x4000\nmov ebx, 0x4000\nloadPageTable ebx\nmov ebx, 0x44444444"),
            Map.entry(
                    "setPte",
                    "setPte 0x405000, 0x300000 | 3\n"
                            + "mov ebp, 0x406000\n"
                            + "mov eax, 0x301000 | 3\n"
                            + "setPte ebp, eax\n"
                            + "setPte ebp, ebp\n"
                            + "setPte ebp, eax\n"
                            + "mov eax, 0x11111111\n"
                            + "mov ebp, 0x55555555\n"
                            + "setPte [0x5000 + 4*0x407], 0x302000 | 3\n"
                            + "mov dword[0x405000], 5\n"
                            + "mov dword[0x406000], 6\n"
                            + "mov dword[0x407000], 7\n"
                            + "checkpoint 'pages', dword[0x300000], dword[0x301000], dword[0x302000]"),
            Map.entry(
                    "flushPage",
                    "mov dword[0x403000], 1\n"
                            + "setPte 0x403000, 0x310000 | 3\n"
                            + "flushPage 0x403000\n"
                            + "mov dword[0x403000], 2\n"
                            + "mov ebx, 0x403000\n"
                            + "flushPage ebx\n"
                            + "mov [0x18010c], ebx\n"
                            + "flushPage [0x18010c]\n"
                            + "mov ebx, 0x44444444\n"
                            + "checkpoint 'pages', dword[0x403000], dword[0x310000]"),
            Map.entry(
                    "flushTlb",
                    "mov dword[0x403000], 1\n"
                            + "setPte 0x403000, 0x311000 | 3\n"
                            + "flushTlb\n"
                            + "mov dword[0x403000], 2\n"
                            + "checkpoint 'pages', dword[0x311000]"),
            Map.entry("setTaskSwitched", "setTaskSwitched\nfwait"),
            Map.entry("clearTaskSwitched", "setTaskSwitched\nclearTaskSwitched\nfwait"),
            Map.entry(
                    "loadDebugRegister",
                    "mov ebx, watched\n"
                            + "loadDebugRegister 0, ebx\n"
                            + "loadDebugRegister 7, 0x000d0001\n"
                            + "mov ebx, 0x44444444\n"
                            + "mov dword[watched], 1\n"
                            + "loadDebugRegister 7, 0x400"),
            Map.entry("enableLine", "enableLine 5\nenableInterrupts\nmarker 5\nnop\ndisableInterrupts"),
            Map.entry("startTimer", "startTimer 1000\nwaitForInterrupt\nwaitForInterrupt"),
            Map.entry("endOfInterrupt", "endOfInterrupt\nendOfInterrupt 12\nmov al, 0x11")));

    private static String guest(String use) {
        return """
            def guest = guest('use') {
                paging true
                tss esp0: 0x8f000
                kernel {
                    mov eax, 0x80000000
                    cmp eax, 1
                    stc
            """ + VALUES + use + """

                        checkpoint 'after', eax, ecx, edx, ebx, esp, ebp, esi, edi
                        saveFlags
                        pop eax
                        checkpoint 'flags afterwards', eax
                        mov eax, [ticks]
                        halt
                    }
                    code('handlers of its own', at: 0x120000) {
                        other:
                        checkpoint 'other', eax
                        returnFromInterrupt
                    }
                    interrupt(1) {
                        checkpoint 'debug', eax
                        returnFromInterrupt
                    }
                    interrupt(7) {
                        checkpoint 'not available', eax
                        clearTaskSwitched
                        returnFromInterrupt
                    }
                    interrupt(14) {
                        add esp, 4
                        setPte 0x404000, 0x304000 | 3
                        returnFromInterrupt
                    }
                    interrupt(0x20) {
                        push eax
                        inc dword[ticks]
                        endOfInterrupt
                        pop eax
                        returnFromInterrupt
                    }
                    interrupt(0x25) {
                        push eax
                        inc dword[ticks]
                        endOfInterrupt
                        pop eax
                        returnFromInterrupt
                    }
                    interrupt(0x80, dpl: 3) {
                        checkpoint 'call', eax
                        cmp dword[0x180100], 0
                        jne away
                        returnFromInterrupt
                        away:
                        BACK
                    }
                    unmap 0x404000
                    data {
                        ticks: dd 0
                        watched: dd 0
                    }
                    user {
                        int 0x80
                    }
                }
                """.replace("BACK", use.contains("back:") ? "jmp back" : "nop");
    }

    static Set<String> used() {
        return USES.keySet();
    }

    private static ExperimentResult run(String use) {
        String script = guest(use) + """
            server { year 2006 }
            experiment('use') {
                run guest, under: [bare, paravirtual, translated, hardware]
                budget 30_000
            }
            """;
        return Experiment.run(Scripts.run(script).experiments().getFirst());
    }

    @ParameterizedTest
    @MethodSource("used")
    void it_does_the_same_in_every_mode_and_keeps_registers(String operation) {
        ExperimentResult result = run(USES.get(operation));
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty())
                .allMatch(run -> run.stopped().equals("halt"));
        ExperimentResult.Arrival after = result.runs().getFirst().checkpoints().stream()
                .filter(arrival -> arrival.checkpoint().equals("after"))
                .findFirst()
                .orElseThrow();
        assertThat(after.values().values())
                .containsExactly(
                        "11111111", "22222222", "33333333", "44444444", "00090000", "55555555", "66666666", "77777777");
    }

    @Test
    void flags_survive_what_does_not_change_them() {
        for (String operation : List.of("setPte", "enableLine", "setTaskSwitched", "flushTlb", "setKernelStack")) {
            ExperimentResult result = run(USES.get(operation));
            assertThat(result.runs())
                    .allSatisfy(run -> assertThat(run.checkpoints().stream()
                                    .filter(arrival -> arrival.checkpoint().equals("flags afterwards"))
                                    .map(arrival -> arrival.values().get("eax")))
                            .as(operation + " under " + run.setting().label())
                            .containsExactly("00000817")); // OF, AF, PF of 80000000 - 1, and STC
        }
    }

    @Test
    void every_operation_is_tried() {
        Set<String> missing = new TreeSet<>(Operations.names());
        missing.removeAll(USES.keySet());
        assertThat(missing).isEmpty();
    }

    @Test
    void a_guest_without_operations_has_no_ported_form() {
        GuestImage plain = Scripts.guest("guest('g') { kernel { hlt } }");
        GuestImage asking = Scripts.guest("guest('g') { kernel { halt } }");
        assertThat(plain.ported()).isEmpty();
        assertThat(asking.ported()).isPresent();
        assertThat(Scripts.section(asking, "kernel")).containsExactly(0xfa, 0xf4);
    }

    @Test
    void a_raw_privileged_instruction_is_the_ported_kernels_fault_and_told() {
        ExperimentResult result = Experiment.run(Scripts.run("""
            def raw = guest('raw') {
                kernel {
                    cli
                    halt
                }
            }
            experiment('raw') { run raw, under: [bare, paravirtual] }
            """).experiments().getFirst());
        ExperimentResult.Run ported = result.runs().get(1);
        assertThat(ported.stopped()).isEqualTo("guest crash: no handler for vector d");
        assertThat(ported.divergence()).hasValueSatisfying(divergence -> {
            assertThat(divergence.defect()).isFalse();
            assertThat(divergence.why())
                    .isEqualTo("CLI at 00100000 is privileged: in ring 1 it is #GP, a ported kernel asks its VMM"
                            + " instead");
        });
    }

    @Test
    void string_instructions_reach_the_ports_of_a_ported_kernel() {
        ExperimentResult result = Experiment.run(Scripts.run("""
            def talks = guest('talks') {
                kernel {
                    disableInterrupts
                    mov esi, text
                    mov ecx, 4
                    mov edx, 0xe9
                    rep outsb
                    outsw
                    mov edi, 0x300000
                    mov edx, 0x1f2
                    insb
                    insd
                    checkpoint 'read', dword[0x300000], esi, edi
                    halt
                }
                data { text: db 'hello!' }
            }
            experiment('strings') { run talks, under: [bare, paravirtual, paravirtual(memory: 'direct')] }
            """).experiments().getFirst());
        assertThat(result.runs()).as(result.text()).allSatisfy(run -> {
            assertThat(run.stopped()).isEqualTo("halt");
            assertThat(run.divergence()).isEmpty();
        });
    }

    @Test
    void a_multicall_is_one_trap_and_does_what_its_parts_do() {
        ExperimentResult result = run("""
            multicall {
                setPte 0x405000, 0x300000 | 3
                setPte [0x5000 + 4*0x406], 0x301000 | 3
                flushPage 0x405000
                setKernelStack 0x8e000
                loadTrapGate 0x81, other
            }
            int 0x81
            mov dword[0x405000], 5
            mov dword[0x406000], 6
            checkpoint 'pages', dword[0x300000], dword[0x301000]
            """);
        assertThat(result.runs())
                .as(result.text())
                .allMatch(run -> run.divergence().isEmpty());
        Map<String, Long> exits = result.runs().get(1).exits();
        assertThat(exits).containsEntry("HYPERCALL multicall", 1L).doesNotContainKey("HYPERCALL mmu_update");
        assertThat(result.runs().get(1).counters()).containsEntry("batched", 5L);
    }
}

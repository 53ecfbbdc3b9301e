package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.vmm.spi.CostEvent;

/**
 * A front end in a guest with paging drives a virtio disk through its registers in memory: the same in every mode with
 * every memory strategy, and counted the same.
 */
class SplitDevicesTest {
    private static final String SETTINGS = """
            bare(devices: 'split'),
                deprivileged(devices: 'split'), deprivileged(devices: 'split', memory: 'perReference'),
                translated(devices: 'split'), translated(devices: 'split', memory: 'perReference'),
                paravirtual(devices: 'split'), paravirtual(devices: 'split', memory: 'perReference'),
                paravirtual(devices: 'split', memory: 'direct'),
                hardware(devices: 'split'), hardware(devices: 'split', memory: 'nested'),
                hardware(devices: 'split', memory: 'perReference')""";

    /** Writes four sectors, clears the buffer, reads them back; the second notification is a string instruction. */
    private static final String GUEST = """
            paging true; map 0x400000, to: 0xfe000000 as int
            kernel {
                enableLine 5
                mov eax, [V]
                mov ebx, [V + 8]
                checkpoint 'magic', eax, ebx
                mov dword[V + 0x70], 0
                mov dword[V + 0x70], 1
                mov dword[V + 0x70], 3
                mov dword[V + 0x14], 1
                mov ecx, [V + 0x10]
                mov dword[V + 0x14], 0
                mov edx, [V + 0x10]
                checkpoint 'features', ecx, edx
                mov dword[V + 0x24], 1
                mov dword[V + 0x20], 1
                mov dword[V + 0x70], 11
                mov eax, [V + 0x70]
                checkpoint 'status', eax
                mov dword[V + 0x30], 0
                mov dword[V + 0x38], 8
                mov dword[V + 0x80], 0x180000
                mov dword[V + 0x90], 0x181000
                mov dword[V + 0xa0], 0x182000
                mov dword[V + 0x44], 1
                mov dword[V + 0x70], 15
                mov eax, [V + 0x100]
                movzx ebx, word[V + 0x114]
                mov cl, byte[V + 0x115]
                checkpoint 'config', eax, ebx, cl
                mov dword[0x183000], 1            // OUT sector 5
                mov dword[0x183004], 0
                mov dword[0x183008], 5
                mov dword[0x18300c], 0
                mov byte[0x183010], 0xff
                mov edi, 0x184000
                mov ecx, 512
                mov eax, 0x12345678
                rep stosd
                mov dword[0x180000], 0x183000
                mov dword[0x180008], 16
                mov dword[0x18000c], 0x00010001
                mov dword[0x180010], 0x184000
                mov dword[0x180018], 2048
                mov dword[0x18001c], 0x00020001
                mov dword[0x180020], 0x183010
                mov dword[0x180028], 1
                mov dword[0x18002c], 0x00000002
                mov word[0x181002], 1
                mov dword[V + 0x50], 0
                wait1:
                waitForInterrupt
                cmp dword[0x183020], 1
                jb wait1
                mov al, [0x183010]
                checkpoint 'written', al, dword[0x182000], dword[0x182008]
                mov dword[0x183000], 0
                mov edi, 0x184000
                mov ecx, 512
                xor eax, eax
                rep stosd
                mov dword[0x18001c], 0x00020003
                mov word[0x181002], 2
                mov esi, the_zero
                mov edi, V + 0x50
                movsd                             // notify with a string instruction
                wait2:
                waitForInterrupt
                cmp dword[0x183020], 2
                jb wait2
                mov al, [0x183010]
                checkpoint 'read', al, dword[0x182000], dword[0x184000], dword[0x1847fc]
                halt
            }
            interrupt(0x25) {
                push eax
                mov eax, [V + 0x60]
                mov [V + 0x64], eax
                inc dword[0x183020]
                endOfInterrupt
                pop eax
                returnFromInterrupt
            }
            data(at: 0x1a0000) { the_zero: dd 0 }
            """;

    private static List<ExperimentResult.Run> run(String guest) {
        return run(guest, SETTINGS);
    }

    private static List<ExperimentResult.Run> run(String guest, String settings) {
        String script = "server { year 2010; disk 'data', size: 65536 }\ndef V = 0x400000\ndef g = guest('g') {\n"
                + guest + "\n}\nexperiment('g') {\nrun g, under: [" + settings + "]\n}\n";
        return Experiment.run(Scripts.run(script).experiments().getFirst()).runs();
    }

    @Test
    void a_virtio_disk_is_the_same_in_every_mode_and_counted_the_same() {
        List<ExperimentResult.Run> runs = run(GUEST);
        assertThat(runs).hasSize(11);
        for (ExperimentResult.Run run : runs) {
            String label = run.setting().label();
            assertThat(run.equivalent().orElse(true)).as(label).isTrue();
            assertThat(run.stopped()).as(label).isEqualTo("halt");
            assertThat(run.messages()).as(label).isEmpty();
            assertThat(run.checkpoints().getLast().checkpoint()).as(label).isEqualTo("read");
            assertThat(run.checkpoints().getLast().values().values())
                    .as(label)
                    .containsExactly("00", "00020000", "12345678", "12345678");
            assertThat(run.counters())
                    .as(label)
                    .containsAllEntriesOf(Map.of(
                            "requests", 2L,
                            "requestBytes", 4096L,
                            "bytesCopied", 2 * (16 + 2048 + 1L),
                            "notifications", 2L,
                            "deviceInterrupts", 2L,
                            "misuses", 0L));
            assertThat(run.bill().count(CostEvent.COPY))
                    .as("copies are the VMM's work, and nobody's on the bare machine: " + label)
                    .isEqualTo(run.setting().mode().equals("bare") ? 0 : 4130);
        }
    }

    /** The same guest, told by an event channel and notifying by hypercall. */
    private static String byCalls() {
        String wait = """
                poll%d:
                test dword[SHARED + 8], 1
                jz poll%d
                mov dword[SHARED + 8], 0
                inc dword[0x183020]
                """;
        return GUEST.replace("enableLine 5", """
                def SHARED = 0x91000
                hypercall 'bind_none'
                mov ecx, eax
                hypercall 'bind_device', 0, ecx
                mov edx, eax
                hypercall 'bind_device', 1, ecx
                checkpoint 'bound', ecx, edx, eax, dword[SHARED + 8]
                mov dword[SHARED + 8], 0
                """)
                .replaceFirst(
                        "(?s)mov dword\\[V \\+ 0x50], 0\\s+wait1:\\s+waitForInterrupt",
                        "wait1:\nhypercall 'notify_device', 0, 0\n" + wait.formatted(1, 1))
                .replaceFirst(
                        "(?s)mov esi, the_zero.*?waitForInterrupt",
                        "wait2:\nhypercall 'notify_device', 0, 0\n" + wait.formatted(2, 2));
    }

    @Test
    void a_ported_guest_notifies_by_hypercall_and_is_told_through_an_event_channel() {
        for (ExperimentResult.Run run :
                run(byCalls(), "paravirtual(devices: 'split'), paravirtual(devices: 'split', memory: 'direct')")) {
            assertThat(run.stopped()).isEqualTo("halt");
            assertThat(run.checkpoints().getFirst().values().values())
                    .as("channel, bound, no such device, pending at once")
                    .containsExactly("00000000", "00000000", "ffffffea", "00000001");
            assertThat(run.checkpoints().getLast().values().values())
                    .containsExactly("00", "00020000", "12345678", "12345678");
            assertThat(run.exits()).containsEntry("HYPERCALL notify_device", 2L);
            assertThat(run.counters())
                    .containsAllEntriesOf(Map.of("requests", 2L, "notifications", 2L, "deviceInterrupts", 2L));
        }
    }

    /** One sector read into granted pages; revoked while in use, and after. */
    private static final String GRANTING = """
            kernel {
                for (n in [0x180, 0x181, 0x182, 0x183, 0x184]) {
                    mov dword[0x190000 + 8 * (n - 0x180)], 1             // permitted to the host
                    mov dword[0x190004 + 8 * (n - 0x180)], n
                }
                mov dx, 0x5640
                mov eax, 0x190000
                out dx, eax
                mov dx, 0x5644
                mov eax, 5
                out dx, eax
                mov dword[W + 0x70], 3
                mov dword[W + 0x24], 1
                mov dword[W + 0x20], 3
                mov dword[W + 0x70], 11
                mov dword[W + 0x38], 8
                mov dword[W + 0x80], 0                                   // grants 0, 1, 2
                mov dword[W + 0x84], 0x80000000
                mov dword[W + 0x90], 0x1000
                mov dword[W + 0x94], 0x80000000
                mov dword[W + 0xa0], 0x2000
                mov dword[W + 0xa4], 0x80000000
                mov dword[W + 0x44], 1
                mov dword[W + 0x70], 15
                mov dword[0x180000], 0x3000
                mov dword[0x180004], 0x80000000
                mov dword[0x180008], 16
                mov dword[0x18000c], 0x00010001
                mov dword[0x180010], 0x4000
                mov dword[0x180014], 0x80000000
                mov dword[0x180018], 512
                mov dword[0x18001c], 0x00020003
                mov dword[0x180020], 0x3010
                mov dword[0x180024], 0x80000000
                mov dword[0x180028], 1
                mov dword[0x18002c], 2
                mov byte[0x183010], 0xff
                mov dword[0x184000], 0x77777777
                mov word[0x181002], 1
                mov dword[W + 0x50], 0
                mov ecx, 1000
                loop $
                mov dx, 0x5648
                mov eax, 4
                out dx, eax
                in eax, dx
                mov ebx, eax
                mov ecx, 3000
                loop $
                mov eax, 4
                out dx, eax
                in eax, dx
                checkpoint 'revoked', ebx, eax, byte[0x183010], dword[0x184000]
                mov dword[0x181006], 0
                mov word[0x181002], 2
                mov dword[W + 0x50], 0
                mov ecx, 3000
                loop $
                mov eax, [W + 0x70]
                checkpoint 'after', eax
                hlt
            }
            """;

    @Test
    void a_granted_page_is_used_busy_revoked_and_refused_in_every_mode() {
        List<ExperimentResult.Run> runs = run(
                GRANTING.replace("W +", "0xfe000000 +"),
                "bare(devices: 'granted'), deprivileged(devices: 'granted'), translated(devices: 'granted'),"
                        + " hardware(devices: 'granted'), hardware(devices: 'granted', memory: 'nested')");
        for (ExperimentResult.Run run : runs) {
            String label = run.setting().label();
            assertThat(run.equivalent().orElse(true)).as(label).isTrue();
            assertThat(run.checkpoints().getFirst().values().values())
                    .as(label)
                    .containsExactly("00000001", "00000000", "00", "00000000");
            assertThat(run.checkpoints().getLast().values().values()).as(label).containsExactly("0000004f");
            assertThat(run.messages())
                    .as(label)
                    .containsExactly("virtio0 (block 'data'): queue 0, head 0: descriptor 1: grant 4 permits nothing");
        }
    }

    /** Every form of access to memory that instructions have, to registers that are not made for it. */
    private static final String ODD = """
            paging true; map 0x400000, to: 0xfe000000 as int; map 0x401000, to: 0x2f0000
            kernel {
                mov eax, 0x5000
                or dword[V + 0x70], 3
                mov ebx, [V + 0x70]
                checkpoint 'or', ebx
                xchg [V + 0x70], eax
                checkpoint 'xchg', eax
                push dword[V]
                pop ecx
                checkpoint 'push', ecx
                cmp dword[V + 4], 2
                setz dl
                checkpoint 'cmp', dl
                movzx esi, word[V + 0x114]
                movsx edi, byte[V + 0x115]
                checkpoint 'narrow', esi, edi
                mov esi, V + 0x100
                mov edi, 0x200000
                mov ecx, 8
                cld
                rep movsd
                checkpoint 'block', dword[0x200000], dword[0x200014], ecx, esi, edi
                mov esi, V + 0x114
                lodsw
                checkpoint 'lodsw', ax, esi
                mov eax, [V + 0x112]
                checkpoint 'unaligned', eax
                mov eax, [V + 0x6e]
                checkpoint 'between registers', eax
                mov dword[V + 0xffe], 0x11223344
                mov eax, [V + 0xffe]
                checkpoint 'across pages', eax, dword[V + 0x1000]
                mov edi, V + 0x50
                mov eax, 9
                mov ecx, 3
                std
                rep stosd
                cld
                checkpoint 'stored', ecx, edi
                mov eax, 1
                lock xadd [V + 0x30], eax
                checkpoint 'xadd', eax
                mov eax, 0
                mov ecx, 5
                cmpxchg [V + 0x30], ecx
                setz dl
                checkpoint 'cmpxchg', eax, dl
                inc dword[V + 0x30]
                not dword[V + 0x30]
                neg byte[V + 0x30]
                bts dword[V + 0x70], 3
                setc dl
                checkpoint 'bts', dl, dword[V + 0x70]
                test dword[V], 0x10
                setz dl
                imul ebx, [V + 4], 7
                checkpoint 'imul', ebx, dl
                mov al, [V + 0x100]
                mov byte[V + 0x100], al
                mov word[V + 0x102], ax
                mov esi, V + 0x100
                mov edi, 0x200100
                mov ecx, 4
                repe cmpsd
                checkpoint 'cmps', ecx, esi, edi
                mov edi, V
                mov eax, 0x74726976
                scasd
                setz dl
                checkpoint 'scas', dl, edi
                checkpoint 'end', eax
                hlt
            }
            """;

    @Test
    void whatever_instruction_touches_a_register_the_device_is_asked_the_same_in_every_mode() {
        List<ExperimentResult.Run> runs = run(ODD, """
                bare(devices: 'split'),
                    deprivileged(devices: 'split'), deprivileged(devices: 'split', memory: 'perReference'),
                    translated(devices: 'split'), translated(devices: 'split', memory: 'perReference'),
                    hardware(devices: 'split'), hardware(devices: 'split', memory: 'nested'),
                    hardware(devices: 'split', memory: 'perReference')""");
        ExperimentResult.Run bare = runs.getFirst();
        assertThat(bare.checkpoints().getLast().checkpoint()).isEqualTo("end");
        assertThat(bare.messages()).hasSizeGreaterThan(10);
        for (ExperimentResult.Run run : runs) {
            String label = run.setting().label();
            assertThat(run.equivalent().orElse(true)).as(label).isTrue();
            assertThat(run.messages()).as(label).isEqualTo(bare.messages());
            for (String count : List.of("misuses", "notifications")) {
                assertThat(run.counters().get(count))
                        .as(label + " " + count)
                        .isEqualTo(bare.counters().get(count));
            }
        }
    }

    @Test
    void a_ported_guest_hands_out_and_revokes_grants_by_hypercall() {
        String guest = """
                kernel {
                    mov dword[0x190010], 1
                    mov dword[0x190014], 0x182
                    hypercall 'grant_table', 0x190000, 5
                    mov ebx, eax
                    hypercall 'revoke_grant', 2
                    mov ecx, eax
                    hypercall 'revoke_grant', 5
                    mov edx, eax
                    hypercall 'grant_table', 0x7f000000, 5
                    checkpoint 'grants', ebx, ecx, edx, eax, dword[0x190010]
                    halt
                }
                """;
        for (ExperimentResult.Run run : run(guest, "paravirtual(devices: 'granted')")) {
            assertThat(run.checkpoints().getFirst().values().values())
                    .containsExactly("00000000", "00000000", "ffffffea", "ffffffea", "00000000");
            assertThat(run.messages()).containsExactly("grant 5 is revoked, which does not exist");
        }
    }
}

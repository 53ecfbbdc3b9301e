package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.error.RingsideException;
import ringside.lab.HostResult;

/** A guest's disk worked by a service VM: data, counts, and what a service VM can do wrong. */
class ServiceVmTest {
    private static final String BACK_END = """
            def back = guest('back') {
                include driver('ide-dma'), as: 'disk'
                include driver('service-desk'), as: 'desk'
                kernel {
                    call disk_probe
                    call desk_probe
                    mov esi, 0x300000
                    mov edi, esi
                    next:
                    call desk_take
                    cmp eax, 1
                    je write
                    call disk_read
                    call desk_deliver
                    jmp done
                    write:
                    call desk_fetch
                    call disk_write
                    done:
                    sbb eax, eax
                    call desk_complete
                    jmp next
                }
            }
            """;
    private static final String FRONT_END = """
            def front = guest('front') {
                include driver('virtio-blk'), as: 'disk'
                kernel {
                    call disk_probe
                    mov dword[0x300000], 0x12345678
                    mov dword[0x31fffc], 0x9abcdef0
                    mov ebx, 3
                    mov ecx, 256                     // 128 KiB: two pieces
                    mov esi, 0x300000
                    call disk_write
                    mov edx, eax
                    mov edi, 0x340000
                    call disk_read
                    checkpoint 'end', edx, eax, dword[0x340000], dword[0x35fffc]
                    halt
                }
            }
            """;

    private static HostResult run(String back, String rest) {
        String script =
                "server { year 2008; iommu true }\n" + back + FRONT_END + "host('h') {\n" + rest + "budget 40.ms\n}";
        return (HostResult) Scripts.run(script).studies().getFirst().investigate();
    }

    private static String vms(String under) {
        return "vm 'back', guest: back, under: hardware, devices: 'passthrough', disk: 512.KiB, serves: true\n"
                + "vm 'front', guest: front, under: " + under + ", devices: 'split', served: 'back'\n";
    }

    private static HostResult.Vm front(HostResult result) {
        return result.vms().get(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hardware", "hardware(memory: 'nested')", "translated", "deprivileged", "paravirtual"})
    void what_a_guest_writes_by_its_service_vm_it_reads_again(String under) {
        HostResult result = run(BACK_END, vms(under));
        assertThat(front(result).stopped()).isEqualTo("halt");
        assertThat(front(result).checkpoints().getFirst().values().values())
                .containsExactly("00000000", "00000000", "12345678", "9abcdef0");
        HostResult.Vm back = result.vms().getFirst();
        assertThat(back.counters().get("bytesCopied"))
                .as("each byte once on its way")
                .isEqualTo(2 * 256 * 512);
        assertThat(front(result).counters().get("bytesCopied"))
                .as("headers and states")
                .isEqualTo(2 * 17);
    }

    private HostResult.Vm granting(int domain) {
        String front = FRONT_END.replace("as: 'disk'", "as: 'disk', grants: true, domain: " + domain);
        String vms = vms("hardware").replace("devices: 'split'", "devices: 'granted'");
        String script =
                "server { year 2008; iommu true }\n" + BACK_END + front + "host('h') {\n" + vms + "budget 40.ms\n}";
        return front((HostResult) Scripts.run(script).studies().getFirst().investigate());
    }

    @Test
    void a_service_vm_reaches_what_is_granted_to_it() {
        HostResult.Vm front = granting(1);
        assertThat(front.stopped()).isEqualTo("halt");
        assertThat(front.checkpoints().getFirst().values().values())
                .containsExactly("00000000", "00000000", "12345678", "9abcdef0");
        assertThat(front.counters().get("misuses")).isZero();
    }

    @Test
    void what_is_granted_to_another_is_not_reached_by_a_service_vm() {
        HostResult.Vm front = granting(0);
        assertThat(front.checkpoints()).isEmpty();
        assertThat(front.counters().get("misuses")).isPositive();
        assertThat(front.counters().get("requests")).isZero();
    }

    @Test
    void guests_of_one_service_vm_have_disks_apart() {
        HostResult result = run(
                BACK_END,
                vms("hardware") + "vm 'other', guest: front, under: hardware, devices: 'split', served: 'back'\n");
        for (HostResult.Vm vm : result.vms().subList(1, 3)) {
            assertThat(vm.checkpoints().getFirst().values().values())
                    .containsExactly("00000000", "00000000", "12345678", "9abcdef0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hlt | never serves",
                "mov eax, 1; call desk_complete; halt | completes what it was not given",
                "call desk_take; halt | takes a request and forgets it",
                "call desk_take; mov edi, 0xf0000000; call desk_fetch; mov esi, 0x9f000; call desk_deliver; halt"
                        + " | copies where it has no memory, and the wrong way",
                "xor edx, edx; div edx | dies",
            })
    void a_service_vm_that_fails_its_guests_harms_nobody_else(String misdeed) {
        String does = misdeed.substring(0, misdeed.indexOf('|')).replace("; ", "\n");
        String back = """
                def back = guest('back') {
                    include driver('service-desk'), as: 'desk'
                    kernel {
                        call desk_probe
                        %s
                    }
                }
                def worker = guest('worker') { kernel { mov ecx, 10000
                    loop $
                    checkpoint 'done', ecx
                    halt } }
                """.formatted(does);
        HostResult result = run(
                back,
                vms("hardware") + "vm 'worker', guest: worker, under: translated\nexpect vm('worker').undisturbed\n");
        assertThat(front(result).stopped()).isEqualTo("budget");
        assertThat(result.vms().get(2).stopped()).isEqualTo("halt");
        assertThat(result.held()).allMatch(HostResult.Held::held);
    }

    @Test
    void an_error_of_the_service_vm_is_an_error_of_the_disk() {
        String back = """
                def back = guest('back') {
                    include driver('service-desk'), as: 'desk'
                    kernel {
                        call desk_probe
                        again:
                        call desk_take
                        mov eax, 1
                        call desk_complete
                        jmp again
                    }
                }
                """;
        assertThat(front(run(back, vms("hardware")))
                        .checkpoints()
                        .getFirst()
                        .values()
                        .values())
                .startsWith("00000001", "00000001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm 'front', guest: front, under: hardware, devices: 'split', served: 'back' | is to be served by 'back', which serves nobody",
                "vm 'back', guest: back, under: hardware, serves: true \n vm 'front', guest: front, under: hardware, devices: 'split', served: 'back' | has no disk to work for others",
                "vm 'back', guest: back, under: hardware, serves: 'yes' | 'serves' of vm 'back' is 'yes'",
                "vm 'back', guest: back, under: hardware, disk: 4.KiB, serves: true \n vm 'front', guest: front, under: hardware, served: 'back' | is a split device; write devices: 'split'",
            })
    void what_cannot_be_is_refused(String vmsAndMessage) {
        String[] parts = vmsAndMessage.split(" \\| ");
        assertThatThrownBy(() -> run(BACK_END, parts[0] + "\n"))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining(parts[1]);
    }
}

package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.error.RingsideException;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;

/** Real devices that a guest works past the VMM: what it sees is the bare machine, whatever the mode. */
class PassthroughTest {
    private static final String EVERYWHERE = "[bare(devices: 'passthrough'), deprivileged(devices: 'passthrough'),"
            + " deprivileged(ring: 3, devices: 'passthrough'),"
            + " deprivileged(memory: 'perReference', devices: 'passthrough'), translated(devices: 'passthrough'),"
            + " translated(emulation: 'trap', devices: 'passthrough'), hardware(devices: 'passthrough'),"
            + " hardware(memory: 'nested', devices: 'passthrough')]";

    /** Both interrupt controllers from vector 20h on, with these lines open. */
    private static String controllers(int masterMask, int slaveMask) {
        return """
                [[0x20, 0x11], [0x21, 0x20], [0x21, 4], [0x21, 1], [0xa0, 0x11], [0xa1, 0x28], [0xa1, 2], [0xa1, 1],
                 [0x21, %d], [0xa1, %d]].each { port, value ->
                    mov al, value
                    out port, al
                }
                """.formatted(masterMask, slaveMask);
    }

    private static List<ExperimentResult.Run> run(String server, String guest, String more) {
        String script = "server { year 2008; " + server + " }\n" + "def g = guest('g') {\n" + guest
                + "\n}\nexperiment('g') {\nrun g, under: " + EVERYWHERE + "\n" + more + "\n}\n";
        ExperimentResult result =
                Experiment.run(Scripts.run(script).experiments().getFirst());
        for (ExperimentResult.Run run : result.runs()) {
            assertThat(run.stopped()).as(run.setting().label()).isEqualTo("halt");
            assertThat(run.equivalent().orElse(true)).as(result.text()).isTrue();
            assertThat(run.controlled()).as(result.text()).isTrue();
        }
        return result.runs();
    }

    private static List<ExperimentResult.Run> run(String server, String guest) {
        return run(server, guest, "");
    }

    private static long exits(ExperimentResult.Run run, String... reasons) {
        return List.of(reasons).stream()
                .mapToLong(reason -> run.exits().getOrDefault(reason, 0L))
                .sum();
    }

    // ---- the disk

    /** One sector written by PIO with interrupts off, two read by interrupts, one of them with the handler's EOI first. */
    private static final String DISK = "kernel {\n" + controllers(0xfb, 0xbf) + """
                xor ebx, ebx
                def command = { sector, count, code ->
                    [[0x1f2, count], [0x1f3, sector], [0x1f4, 0], [0x1f5, 0], [0x1f6, 0xe0], [0x1f7, code]].each { p, v ->
                        mov dx, p
                        mov al, v
                        out dx, al
                    }
                }
                command 5, 1, 0x30
                mov esi, 0x100000
                mov ecx, 256
                mov dx, 0x1f0
                rep outsw
                mov dx, 0x1f7
                written:
                in al, dx
                test al, 0x80
                jnz written
                sti
                nop
                cli
                checkpoint 'polled', eax, ebx        // the status read took the interrupt back
                command 5, 2, 0x20
                mov edi, 0x180000
                again:
                sti
                hlt
                cli
                mov ecx, 256
                mov dx, 0x1f0
                rep insw
                cmp ebx, 2
                jb again
                checkpoint 'read', eax, ebx, dword[0x180000], dword[0x1801fc]
                hlt
            }
            interrupt(0x2e) {
                push eax
                push edx
                mov al, 0x20
                test ebx, 1
                jz late
                out 0xa0, al
                out 0x20, al
                late:
                mov dx, 0x1f7
                in al, dx
                test ebx, 1
                jnz early
                mov al, 0x20
                out 0xa0, al
                out 0x20, al
                early:
                inc ebx
                pop edx
                pop eax
                iret
            }
            """;

    @Test
    void a_disk_by_pio_and_interrupts_is_the_bare_machines_without_exits_for_its_ports() {
        for (ExperimentResult.Run run : run("disk 'd', size: 1.MiB", DISK).subList(1, 8)) {
            assertThat(exits(run, "IN", "INSW", "OUTSW"))
                    .as(run.setting().label())
                    .isZero();
            assertThat(exits(run, "OUT")).as("of the interrupt controllers").isLessThanOrEqualTo(16);
            assertThat(run.counters().get("directPorts"))
                    .as(run.setting().label())
                    .isGreaterThan(500);
        }
    }

    /** READ DMA to two regions, polled. */
    private static final String DMA = """
            kernel {
                mov dword[0x190000], 0x1a0ffc
                mov dword[0x190004], 8
                mov dword[0x190008], TARGET
                mov dword[0x19000c], 0x80000000 | 504
                mov dx, 0xc004
                mov eax, 0x190000
                out dx, eax
                [[0x1f2, 1], [0x1f3, 0], [0x1f4, 0], [0x1f5, 0], [0x1f6, 0xe0], [0x1f7, 0xc8], [0xc000, 9]].each { p, v ->
                    mov dx, p
                    mov al, v
                    out dx, al
                }
                mov dx, 0x1f7
                busy:
                in al, dx
                test al, 0x80
                jnz busy
                mov dx, 0xc002
                in al, dx
                checkpoint 'read', eax, dword[0x1a0ffc], dword[0x1a1000], dword[0x1a2000]
                hlt
            }
            """;

    @Test
    void a_disk_reaches_scattered_memory_at_the_guests_addresses() {
        List<ExperimentResult.Run> runs =
                run("disk 'd', size: 1.MiB", DMA.replace("TARGET", "0x1a2000"), "table iotlbHits");

        for (ExperimentResult.Run run : runs.subList(1, runs.size())) {
            assertThat(run.counters().get("dmaFaults")).isZero();
            assertThat(run.counters().get("iotlbMisses"))
                    .as("pages of the list and of the two regions, one of which crosses into another")
                    .isEqualTo(4);
        }
    }

    @Test
    void what_lies_outside_of_the_guest_is_out_of_its_disks_reach() {
        List<ExperimentResult.Run> runs = run("disk 'd', size: 1.MiB", DMA.replace("TARGET", "0x2000000"));

        for (ExperimentResult.Run run : runs.subList(1, runs.size())) {
            assertThat(run.counters().get("dmaFaults")).isEqualTo(1);
            assertThat(run.messages())
                    .containsExactly("IOMMU fault: 00:01.1 writes 02000000: the page may not be written");
        }
    }

    // ---- the network adapter

    @Test
    void a_network_adapter_by_addresses_exits_for_its_first_access_alone() {
        String guest = "paging true\nmap 0x400000, to: 0xfeb00000\nkernel {\n" + controllers(0xfb, 0xf7) + """
                    mov ebp, 0x400000
                    mov byte[ebp + 0x37], 0x10
                    mov dword[ebp + 0x30], 0x190000
                    mov byte[ebp + 0x37], 0xc
                    mov dword[ebp + 0x40], 0x60000
                    mov dword[ebp + 0x44], 0x8f
                    mov word[ebp + 0x3c], 5
                    mov dword[0x1a0000], 0x11223344
                    xor ebx, ebx
                    again:
                    mov eax, ebx
                    and eax, 3
                    mov dword[ebp + eax*4 + 0x20], 0x1a0000
                    mov dword[ebp + eax*4 + 0x10], 64
                    inc dword[0x1a0000]
                    mov edi, ebx
                    sti
                    hlt
                    cli
                    cmp ebx, 9
                    jb again
                    checkpoint 'sent', ebx, dword[0x190004], dword[0x190048], word[ebp + 0x3a]
                    hlt
                }
                interrupt(0x2b) {
                    push eax
                    mov ax, [ebp + 0x3e]
                    mov [ebp + 0x3e], ax
                    inc ebx
                    mov al, 0x20
                    out 0xa0, al
                    out 0x20, al
                    pop eax
                    iret
                }
                """;

        for (ExperimentResult.Run run : run("nic 'lan'", guest).subList(1, 8)) {
            assertThat(exits(run, "MMIO")).as(run.setting().label()).isZero();
            assertThat(exits(run, "interrupt") + exits(run, "HLT"))
                    .as(run.setting().label())
                    .isPositive();
        }
    }

    @Test
    void a_guest_may_move_its_adapter_about() {
        String guest = """
                def configure = { register, value ->
                    mov dx, 0xcf8
                    mov eax, 0x80001800 | register
                    out dx, eax
                    mov dx, 0xcfc
                    mov eax, value
                    out dx, eax
                }
                kernel {
                    mov eax, [0xfeb00000]
                    mov ebx, eax
                    configure 0x14, 0xd0000000
                    configure 0x10, 0xd000
                    mov ecx, [0xfeb00000]
                    mov esi, [0xd0000000]
                    mov dx, 0xc100
                    in eax, dx
                    mov edi, eax
                    mov dx, 0xd000
                    in eax, dx
                    checkpoint 'moved', ebx, ecx, esi, edi, eax
                    configure 0x14, 0x00200000           // over the guest's own memory
                    mov eax, [0x00200000]
                    configure 0x10, 0x20                 // over the interrupt controller
                    in al, 0x21
                    in al, 0x64
                    checkpoint 'over others', eax
                    configure 4, 0
                    mov eax, [0x00200000]
                    mov dx, 0xd000
                    in eax, dx
                    checkpoint 'off', eax
                    hlt
                }
                """;

        run("nic 'lan'", guest);
    }

    // ---- other devices

    @Test
    void a_serial_port_prints_to_the_same_console_and_interrupts() {
        String guest = "kernel {\n" + controllers(0xef, 0xff) + """
                    mov dx, 0x3fc
                    mov al, 8
                    out dx, al
                    mov dx, 0x3f9
                    mov al, 2
                    out dx, al
                    xor ebx, ebx
                    mov dx, 0x3f8
                    again:
                    mov al, 'a'
                    add al, bl
                    out dx, al
                    sti
                    nop
                    cli
                    cmp ebx, 5
                    jb again
                    checkpoint 'sent', ebx
                    hlt
                }
                interrupt(0x24) {
                    push eax
                    push edx
                    mov dx, 0x3fa
                    in al, dx
                    inc ebx
                    mov al, 0x20
                    out 0x20, al
                    pop edx
                    pop eax
                    iret
                }
                """;

        run("passthrough 'com1'", guest);
    }

    @Test
    void a_device_of_a_script_masters_the_bus_by_way_of_the_iommu() {
        String script = """
                device('sampler') {
                    ports 0x510..0x51f
                    irq 5
                    mmio 0xd0000000, 4.KiB
                    register 'target', at: 4, bits: 32
                    register 'go', at: 8, access: 'wo', write: { value -> startDma(20.us) }
                    register 'seen', at: 12, bits: 32
                    dma { memory.write32(target, 0x1234); interrupt() }
                }
                server { year 2008; passthrough 'sampler' }
                def g = guest('g') {
                    kernel {
                """ + controllers(0xdf, 0xff) + """
                        xor ebx, ebx
                        mov dx, 0x514
                        mov eax, 0x190000
                        out dx, eax
                        mov eax, [0xd0000004]
                        mov dx, 0x518
                        out dx, al
                        sti
                        hlt
                        mov dword[0xd0000004], 0x3000000     // beyond the guest's memory
                        mov dx, 0x518
                        out dx, al
                        hlt
                        checkpoint 'sampled', eax, ebx, dword[0x190000]
                        hlt
                    }
                    interrupt(0x25) {
                        push eax
                        inc ebx
                        mov al, 0x20
                        out 0x20, al
                        pop eax
                        iret
                    }
                }
                experiment('g') { run g, under: %s }
                """.formatted(EVERYWHERE);
        ExperimentResult result =
                Experiment.run(Scripts.run(script).experiments().getFirst());

        for (ExperimentResult.Run run : result.runs().subList(1, 8)) {
            assertThat(run.equivalent()).as(result.text()).contains(true);
            assertThat(run.messages())
                    .containsExactly("IOMMU fault: ff:00.0 writes 03000000: the page may not be written");
        }
    }

    // ---- who may

    @Test
    void users_that_their_kernel_keeps_from_ports_are_kept_from_those_of_its_devices() {
        String script = """
                server { year 2008; passthrough 'com1' }
                def g = guest('g') {
                    tss esp0: 0x8f000
                    kernel {
                        mov dx, 0x3ff
                        mov al, 0x5a
                        out dx, al
                        enterUser main
                    }
                    user {
                        main:
                        int 0x81
                        mov dx, 0x3ff
                        in al, dx
                        int 0x80
                    }
                    interrupt(13) {
                        checkpoint 'kept out', eax, dword[esp]
                        halt
                    }
                    interrupt(0x81, dpl: 3) { iret }
                    interrupt(0x80, dpl: 3) {
                        checkpoint 'let in', eax
                        halt
                    }
                }
                experiment('g') { run g, under: %s }
                """.formatted(EVERYWHERE);
        ExperimentResult result =
                Experiment.run(Scripts.run(script).experiments().getFirst());

        for (ExperimentResult.Run run : result.runs().subList(1, 8)) {
            // with perReference the VMM is brought in by the user's first fetch
            boolean unseen = run.setting().mode().equals("deprivileged")
                    && run.setting().memory().isEmpty();
            assertThat(run.checkpoints().getFirst().checkpoint())
                    .as("IRET to users does not trap, the bitmap stays open: "
                            + run.setting().label())
                    .isEqualTo(unseen ? "let in" : "kept out");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "passthrough 'pit' | 'pit' cannot be passed through: it drives | com1",
                "passthrough 'pci' | configuration space of every device | com1",
                "passthrough 'com3' | the server has no device 'com3' | did you mean 'com1'",
                "iommu false; disk 'd', size: 1.MiB | without an IOMMU | oneToOne",
                "frames 'lazy'; disk 'd', size: 1.MiB | cannot wait for a page | scattered"
            })
    void what_cannot_be_is_refused_with_the_reason(String server, String what, String remedy) {
        assertThatThrownBy(() -> run(server, "kernel { hlt }"))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining(what.strip())
                .hasMessageContaining(remedy.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hardware", "translated"})
    void a_second_guest_does_not_get_a_device_that_one_has(String mode) {
        String script = """
                def g = guest('g') { kernel { hlt } }
                server { year 2008; disk 'd', size: 1.MiB }
                host('two') {
                    vm 'first', guest: g, under: hardware(devices: 'passthrough')
                    vm 'second', guest: g, under: MODE(devices: 'passthrough')
                }
                """.replace("MODE", mode);

        assertThatThrownBy(() -> Scripts.run(script).studies().getFirst().investigate())
                .hasMessageContaining("VM 'first' has it, and a device has one owner");
    }
}

package ringside.vmm.mode.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.compression.TinyGuest;
import ringside.vmm.spi.ResourceControl;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** A guest of nested paging switches its own paging off on a processor without unrestricted guest. */
class PagingOffTest {
    /** Where the flat directory lies for the processor: the guest reads nothing there, with paging and without. */
    private static final String READ_TOP = "a1 00 c0 fb ff";

    private static final String PAGING_ON = "0f 20 c0  0d 00 00 00 80  0f 22 c0";
    private static final String PAGING_OFF = "0f 20 c0  25 ff ff ff 7f  0f 22 c0";
    /** MOV EBX, CR3; ADD ESI, EBX; MOV EBX, CR4; ADD ESI, EBX: none of the VMM's own shows. */
    private static final String LOOK = "0f 20 db 01 de 0f 20 e3 01 de";
    /** CR4.PSE; directory at 2000: the first 4 MiB and the last onto themselves; CR3. */
    private static final String TABLES = "0f 20 e0 83 c8 10 0f 22 e0  c7 05 00 20 00 00 83 00 00 00"
            + " c7 05 fc 2f 00 00 83 00 c0 ff  b8 00 20 00 00 0f 22 d8";
    /** MOV ECX, 5000; LOOP to itself. */
    private static final String LOOP = "b9 00 50 00 00 e2 fe";
    /** MOV [3000], EAX; ADD EDI, EAX. */
    private static final String KEEP = "a3 00 30 00 00 01 c7";

    private static VirtualMachine machine(String mode, String memory, Map<String, String> options, String hex) {
        CpuModel cpu = CpuModel.ofYear(2008);
        assertThat(cpu.has(Feature.UNRESTRICTED_GUEST)).isFalse();
        VmSpec spec = new VmSpec(
                cpu, DeviceSettings.of(2 << 20), List.of(), TinyGuest.of(hex), "interpreter", memory, options);
        return Modes.create(mode, spec);
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "on"})
    void it_runs_on_a_directory_that_it_cannot_see(String dirty) {
        String part = READ_TOP + KEEP + LOOK + LOOP;
        String code = String.join(
                " ", part, TABLES, PAGING_ON, part, PAGING_OFF, part, PAGING_ON, part, PAGING_OFF, part, "f4");
        VirtualMachine bare = machine("bare", "", Map.of(), code);
        VirtualMachine nested = machine("hardware", "nested", Map.of("dirty", dirty), code);

        Stop end = bare.run(1_000_000);
        boolean kept = true;
        while (nested.run(1000) instanceof Stop.Budget) {
            kept &= nested.control().map(ResourceControl::kept).orElseThrow();
        }

        assertThat(end).isEqualTo(new Stop.Halted());
        assertThat(nested.run(1)).isEqualTo(end);
        assertThat(kept).as("nothing of the VMM's was within reach").isTrue();
        assertThat(nested.retired()).isEqualTo(bare.retired());
        Cpu expected = bare.state();
        Cpu observed = nested.state();
        assertThat(observed.r).isEqualTo(expected.r);
        assertThat(List.of(observed.cr0, observed.cr3, observed.cr4, observed.eip))
                .isEqualTo(List.of(expected.cr0, expected.cr3, expected.cr4, expected.eip));
        assertThat(observed.r[Reg.EDI]).as("what it read there, five times").isEqualTo(-5);
        assertThat(nested.counters().get("interpreted")).isZero();
        assertThat(nested.direct()).as("loops run directly").isGreaterThan(5 * 0x5000);
    }
}

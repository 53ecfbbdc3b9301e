package ringside.vmm.device.passthrough;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.machine.bus.Dma;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Devices;
import ringside.machine.devices.net.Rtl8139;
import ringside.machine.iommu.DmaFault;
import ringside.machine.iommu.FaultReason;
import ringside.vmm.Modes;
import ringside.vmm.compression.TinyGuest;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Who has which real device, and what having one means for the guest. */
class ServerDevicesTest {
    private static final int RAM = 2 << 20;
    /** MOV DX, C100; IN EAX, DX; HLT: the first four bytes of the adapter's address. */
    private static final String READ_ADAPTER = "66 ba 00 c1  ed  f4";

    private final ServerDevices server = new ServerDevices(DeviceSettings.of(RAM), List.of(), true);

    private VmSpec spec(String... names) {
        Attached given = Attached.NOTHING
                .through(PassthroughDevices.NAME)
                .given(new GivenDevices(server, List.of(names), "VM 'a'"));
        return new VmSpec(
                        CpuModel.ofYear(2008),
                        DeviceSettings.of(RAM),
                        List.of(),
                        TinyGuest.of(READ_ADAPTER),
                        "interpreter",
                        "",
                        Map.of())
                .withAttached(given);
    }

    @Test
    void a_device_has_one_owner_until_it_is_released() {
        server.take("nic", "the VMM");

        assertThatThrownBy(() -> Modes.create("hardware", spec("nic")))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("the VMM has it, and a device has one owner");
        assertThat(server.owners()).containsExactly(Map.entry("nic", "the VMM"));

        server.release("the VMM");
        Modes.create("hardware", spec("nic"));
        assertThat(server.owners()).containsExactly(Map.entry("nic", "VM 'a'"));
    }

    @Test
    void every_device_of_a_pc_can_be_passed_or_is_refused_with_a_reason_of_its_own() {
        for (DeviceKind kind : Devices.ALL) {
            boolean passable = server.passable().contains(kind.name());
            assertThat(server.refusal(kind.name()).isEmpty()).as(kind.name()).isEqualTo(passable);
            if (passable) {
                Modes.create("hardware", spec(kind.name()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deprivileged", "translated", "hardware"})
    void a_guest_with_a_device_cannot_be_saved(String mode) {
        VirtualMachine machine = Modes.create(mode, spec("com1"));

        assertThatThrownBy(() -> machine.board().snapshot())
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("'com1' passed through can be neither saved nor moved");
    }

    @Test
    void the_memory_that_a_device_reaches_stays_where_it_is() {
        VmSpec spec = spec("nic");
        MachineMemory machine = PhysicalServer.machineFor(spec);
        Modes.create("hardware", spec.on(spec.machine().on(machine)));
        GuestFrames frames = machine.guest(0);
        BitSet before = frames.held();

        frames.reclaim(0x3000);
        frames.balloon(0x8000, 16);
        machine.shareEqualPages();

        assertThat(frames.pinned()).isTrue();
        assertThat(frames.held()).isEqualTo(before);
        assertThat(frames.census().own()).isEqualTo(RAM / 4096);
    }

    @Test
    void the_domain_holds_the_guests_memory_and_nothing_else() {
        VirtualMachine machine = Modes.create("hardware", spec("nic"));

        assertThat(machine.devices().tables())
                .anyMatch(line -> line.contains("00:03.0  domain 1"))
                .anyMatch(line -> line.endsWith("00000000-001fffff  read, write  512 pages"))
                .hasSize(4);
        assertThat(machine.devices().segment().orElseThrow().platform().device(Rtl8139.class))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deprivileged", "translated", "hardware"})
    void the_guest_reads_the_real_adapter_without_the_vmm(String mode) {
        VirtualMachine machine = Modes.create(mode, spec("nic"));

        assertThat(machine.run(100)).isEqualTo(new Stop.Halted());
        assertThat(machine.state().r[0]).isEqualTo(0x12005452);
        assertThat(machine.exits().asMap()).doesNotContainKey("IN");
        assertThat(machine.control().orElseThrow().losses()).isEmpty();
        assertThat(machine.board().platform().counters().get("directPorts")).isEqualTo(1);
    }

    @Test
    void a_device_that_was_taken_back_reaches_its_guests_memory_no_more() {
        VirtualMachine machine = Modes.create("hardware", spec("nic"));
        Dma adapter = machine.devices().segment().orElseThrow().platform().memory("nic");
        adapter.write(0x5000, new byte[] {7}, 0, 1);
        assertThat(machine.board().bus().read(8, 0x5000)).isEqualTo(7);

        server.release("VM 'a'");
        adapter.write(0x5000, new byte[] {8}, 0, 1);

        assertThat(machine.board().bus().read(8, 0x5000)).isEqualTo(7);
        assertThat(server.iommu().orElseThrow().fault(0).map(DmaFault::reason)).contains(FaultReason.NO_CONTEXT);
        machine.run(100);
        assertThat(server.faults()).as("reported by interrupt").hasSize(1);
    }

    @Test
    void without_a_device_nothing_is_opened() {
        VirtualMachine machine = Modes.create("hardware", spec());

        machine.run(100);

        assertThat(machine.state().r[0]).as("its own adapter").isEqualTo(0x12005452);
        assertThat(machine.exits().get("IN")).isEqualTo(1);
        assertThat(machine.devices().ports()).isEqualTo(new BitSet());
    }
}

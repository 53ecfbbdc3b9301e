package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.DrivenGuest.DIRECTORY;
import static ringside.vmm.mode.paravirtual.DrivenGuest.LOW;
import static ringside.vmm.mode.paravirtual.DrivenGuest.POOL;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.iommu.Iommu;
import ringside.machine.iommu.Requester;
import ringside.vmm.device.passthrough.GivenDevices;
import ringside.vmm.device.passthrough.ServerDevices;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VmSpec;

/** A real disk that a guest with its own page tables works itself: where it may write. */
class DirectDmaTest {
    private static final int A = POOL, B = POOL + 0x1000, MARK = 0x7a;
    private static final int BUSES = 2, SLOTS = 32, FUNCTIONS = 8;

    private ServerDevices devices;
    private final DrivenGuest guest = DrivenGuest.on(this::withDisk);

    private VmSpec withDisk(VmSpec spec) {
        Attached attached = Attached.NOTHING
                .with(List.of(new Peripheral.Block("d", 0, new MemoryBacking(new byte[1 << 16]))))
                .through("passthrough");
        devices = new ServerDevices(attached.behindChips(DeviceSettings.of(RAM)), List.of(), true);
        return spec.withAttached(attached.given(new GivenDevices(devices, List.of(), "the guest")));
    }

    /** Whether a byte at {@code pa} arrives, whichever requester is the guest's. */
    private boolean arrives(int pa) {
        Iommu iommu = devices.iommu().orElseThrow();
        int before = guest.machine().board().bus().read(8, pa);
        for (int id = 0; id < BUSES * SLOTS * FUNCTIONS; id++) {
            Requester requester = new Requester(id / (SLOTS * FUNCTIONS), id / FUNCTIONS % SLOTS, id % FUNCTIONS);
            iommu.view(requester, vector -> {}).write(pa, new byte[] {MARK}, 0, 1);
        }
        boolean changed = guest.machine().board().bus().read(8, pa) == MARK;
        guest.machine().board().bus().write(8, pa, before);
        return changed;
    }

    @Test
    void it_writes_pages_and_no_table_in_use() {
        assertThat(arrives(A + 4)).isTrue();
        assertThat(arrives(LOW + 8)).isFalse();
        assertThat(arrives(DIRECTORY + 0xffc)).as("the VMM's entry").isFalse();
        assertThat(guest.remap(A, false)).isEqualTo(1);
        assertThat(guest.call("pin_table", A, 0)).isZero();
        assertThat(arrives(A + 4)).isFalse();
        assertThat(arrives(B)).isTrue();
        FrameAudit.of(guest.machine()).assertSound();
    }

    @Test
    void a_page_that_is_a_table_no_more_is_the_devices_at_once() {
        assertThat(guest.remap(A, false)).isEqualTo(1);
        assertThat(guest.call("pin_table", A, 0)).isZero();
        assertThat(guest.call("unpin_table", A)).isZero();
        assertThat(arrives(A + 4)).isTrue();

        guest.put(B, LOW | 3);
        assertThat(guest.remap(B, false)).isEqualTo(1);
        assertThat(guest.call("load_page_table", B)).isZero();
        assertThat(arrives(B + 4)).isFalse();
        assertThat(arrives(DIRECTORY + 4)).as("left").isTrue();
        assertThat(guest.update(B + 4, A | 1)).isEqualTo(1);
        assertThat(arrives(A + 4)).isFalse();
        assertThat(guest.update(B + 4, 0)).isEqualTo(1);
        assertThat(arrives(A + 4)).isTrue();
    }
}

package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.DrivenGuest.DIRECTORY;
import static ringside.vmm.mode.paravirtual.DrivenGuest.LOW;
import static ringside.vmm.mode.paravirtual.DrivenGuest.POOL;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.ResourceControl;
import ringside.vmm.spi.VirtualMachine;

/** Guests of one machine with their own page tables in force, and what the machine may do with their frames. */
class DirectNeighboursTest {
    private static final int PRESENT = 1, WRITABLE = 3, SECRET = 0x5ec2e7;
    private static final int A = POOL, B = POOL + 0x1000, C = POOL + 0x2000, WINDOW = POOL + 0x3000;
    private static final int EBUSY = Errno.EBUSY.result(), EINVAL = Errno.EINVAL.result();

    private static void assertOnlyItsOwn(VirtualMachine machine) {
        assertThat(machine.control().map(ResourceControl::memory).orElseThrow()).isEmpty();
    }

    private static BitSet frames(DrivenGuest guest) {
        return ((ParavirtualMachine) guest.machine()).guestFrames();
    }

    @ParameterizedTest
    @CsvSource({"direct,CONTIGUOUS", "direct,LAZY", "shadow,CONTIGUOUS", "shadow,SCATTERED", "perReference,SCATTERED"})
    void no_machine_frame_is_reached_by_its_number(String beside, Layout layout) {
        MachineMemory machine = PhysicalServer.machineFor(
                DrivenGuest.spec("direct", Layout.CONTIGUOUS), DrivenGuest.spec(beside, layout));
        DrivenGuest curious = DrivenGuest.on(machine, "direct", Layout.CONTIGUOUS);
        DrivenGuest other = DrivenGuest.on(machine, beside, layout);
        assertThat(other.store(C, SECRET)).isTrue();

        for (int frame = 0; frame < machine.bytes().size(); frame += 0x1000) {
            boolean own = frame < RAM;
            int result = curious.call("update_va_mapping", WINDOW, frame | PRESENT, 1);
            assertThat(result >= 0).as("%08x", frame).isEqualTo(own);
            assertThat(own || result == EINVAL).isTrue();
            if (own && frame % 0x40000 == 0) {
                assertThat(curious.load(WINDOW)).isTrue();
                assertThat(curious.loaded()).isNotEqualTo(SECRET);
            }
        }
        assertOnlyItsOwn(curious.machine());
        assertOnlyItsOwn(other.machine());
        BitSet both = frames(curious);
        both.and(frames(other));
        // pages that nobody wrote yet show one frame of zeros
        assertThat(both.cardinality()).isLessThanOrEqualTo(1);
    }

    @Test
    void an_address_that_one_guest_is_told_leads_another_nowhere() {
        MachineMemory machine = PhysicalServer.machineFor(
                DrivenGuest.spec("direct", Layout.CONTIGUOUS), DrivenGuest.spec("direct", Layout.CONTIGUOUS));
        DrivenGuest one = DrivenGuest.on(machine, "direct", Layout.CONTIGUOUS);
        DrivenGuest two = DrivenGuest.on(machine, "direct", Layout.CONTIGUOUS);
        int told = two.call("machine_address", C);
        assertThat(told).isGreaterThanOrEqualTo(RAM);
        assertThat(one.update(LOW + 4 * (WINDOW >>> 12), told | WRITABLE)).isEqualTo(EINVAL);
        assertThat(one.update(told, 0)).isEqualTo(EINVAL);
        assertThat(one.call("pin_table", told, 0)).isEqualTo(EINVAL);
        assertThat(one.call("load_page_table", told)).isEqualTo(EINVAL);
        assertThat(one.call("set_shared_page", told)).isEqualTo(EINVAL);
        one.put(A, told | WRITABLE);
        assertThat(one.remap(A, false)).isEqualTo(1);
        assertThat(one.call("pin_table", A, 0)).isEqualTo(EINVAL);
        assertOnlyItsOwn(one.machine());
        assertOnlyItsOwn(two.machine());
    }

    // ---- frames that the machine wants back

    private static DrivenGuest on(MachineMemory machine, Layout layout) {
        return DrivenGuest.on(machine, "direct", layout);
    }

    /** The kernel's own mapping of a page goes. */
    private static void unmap(DrivenGuest guest, int page) {
        assertThat(guest.update(LOW + (page >>> 12) * 4, 0)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Layout.class,
            names = {"SCATTERED", "LAZY", "CONTIGUOUS"})
    void a_page_that_tables_show_keeps_its_frame_and_another_comes_back_with_what_it_held(Layout layout) {
        MachineMemory machine = PhysicalServer.machineFor(DrivenGuest.spec("direct", layout));
        DrivenGuest guest = on(machine, layout);
        GuestFrames frames = machine.guest(0);
        guest.put(A, C | WRITABLE);
        unmap(guest, A);
        assertThat(guest.call("pin_table", A, 0)).isZero();
        assertThat(guest.store(C, SECRET)).isTrue();

        for (int page : new int[] {DIRECTORY, LOW, A, C, DrivenGuest.FIRST_GDT}) {
            assertThat(frames.reclaim(page)).isFalse();
            assertThat(frames.balloon(page, 1)).isZero();
        }
        unmap(guest, C);
        assertThat(frames.reclaim(C)).as("the pinned table maps it").isFalse();
        assertThat(guest.call("unpin_table", A)).isZero();
        assertThat(frames.reclaim(C)).isTrue();
        assertThat(frames.reclaim(A)).as("no table any more").isTrue();
        assertOnlyItsOwn(guest.machine());
        FrameAudit.of(guest.machine()).assertSound();

        assertThat(guest.remap(C, false)).isEqualTo(1);
        assertThat(guest.load(C)).isTrue();
        assertThat(guest.loaded()).isEqualTo(SECRET);
        assertThat(guest.call("pin_table", A, 0)).isZero();
        assertThat(guest.word(A) & ~0x60).as("it holds what the guest wrote").isEqualTo(C | WRITABLE);
    }

    @Test
    void a_page_that_was_given_up_is_empty_and_can_become_a_table() {
        MachineMemory machine = PhysicalServer.machineFor(DrivenGuest.spec("direct", Layout.SCATTERED));
        DrivenGuest guest = on(machine, Layout.SCATTERED);
        assertThat(guest.store(A, 0x12345fff)).isTrue();
        assertThat(machine.guest(0).balloon(A, 1)).isZero();
        unmap(guest, A);
        assertThat(machine.guest(0).balloon(A, 1)).isEqualTo(1);
        assertThat(guest.call("pin_table", A, 0)).isZero();
        assertThat(guest.remap(A, true)).isEqualTo(EBUSY);
        assertThat(guest.remap(A, false)).isEqualTo(1);
        assertThat(guest.load(A)).isTrue();
        assertThat(guest.loaded()).isZero();
    }

    @Test
    void a_translation_that_nobody_flushed_does_not_lead_to_a_frame_that_was_given_up() {
        MachineMemory machine = PhysicalServer.machineFor(DrivenGuest.spec("direct", Layout.SCATTERED));
        DrivenGuest guest = on(machine, Layout.SCATTERED);
        assertThat(guest.store(A, 1)).isTrue();
        guest.put(DrivenGuest.ELEMENTS, LOW + 4 * (A >>> 12), 0);
        assertThat(guest.call("mmu_update", DrivenGuest.ELEMENTS, 1))
                .as("and no flush")
                .isEqualTo(1);
        assertThat(machine.guest(0).balloon(A, 1)).isEqualTo(1);
        assertThat(guest.store(A, SECRET)).isFalse();
        assertThat(guest.load(A)).isFalse();
    }

    @Test
    void a_frame_that_two_guests_show_is_parted_before_it_is_a_table() {
        MachineMemory machine = PhysicalServer.machineFor(
                DrivenGuest.spec("direct", Layout.SCATTERED), DrivenGuest.spec("direct", Layout.SCATTERED));
        DrivenGuest one = on(machine, Layout.SCATTERED);
        DrivenGuest two = on(machine, Layout.SCATTERED);
        for (DrivenGuest guest : new DrivenGuest[] {one, two}) {
            assertThat(guest.store(A, SECRET & ~1)).isTrue();
            unmap(guest, A);
        }
        assertThat(machine.shareEqualPages().merged()).isPositive();
        assertThat(one.call("pin_table", A, 0)).isZero();
        assertThat(one.update(A + 4, B | WRITABLE)).isEqualTo(1);
        assertThat(two.remap(A, false)).isEqualTo(1);
        assertThat(two.load(A + 4)).isTrue();
        assertThat(two.loaded()).isZero();
        assertThat(one.word(A)).isEqualTo(SECRET & ~1);
        machine.shareEqualPages();
        for (DrivenGuest guest : new DrivenGuest[] {one, two}) {
            FrameAudit.of(guest.machine()).assertSound();
            assertOnlyItsOwn(guest.machine());
            assertThat(guest.store(B, 7)).isTrue();
        }
    }
}

package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.DrivenGuest.DIRECTORY;
import static ringside.vmm.mode.paravirtual.DrivenGuest.ELEMENTS;
import static ringside.vmm.mode.paravirtual.DrivenGuest.FIRST_GDT;
import static ringside.vmm.mode.paravirtual.DrivenGuest.LOW;
import static ringside.vmm.mode.paravirtual.DrivenGuest.POOL;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.VmmRegion;

/** What a guest with its own page tables in force may try and not get, and the error number that says why. */
class DirectCheatsTest {
    private static final int PRESENT = 1, WRITABLE = 3, PAT = 0x80, LARGE = 0x80, GLOBAL = 0x100;
    private static final int TABLE = 0, TOP = 1;
    private static final int A = POOL, B = POOL + 0x1000, C = POOL + 0x2000, PAGE = POOL + 0x3000;
    private static final int EPERM = Errno.EPERM.result(), EBUSY = Errno.EBUSY.result();
    private static final int EINVAL = Errno.EINVAL.result(), EFAULT = Errno.EFAULT.result();
    private static final int FLUSH_PAGE = 1;

    private final DrivenGuest guest = DrivenGuest.paged(Layout.CONTIGUOUS);

    @AfterEach
    void the_types_of_all_frames_hold() {
        FrameAudit.of(guest.machine()).assertSound();
    }

    private int map(int va, int entry) {
        return guest.call("update_va_mapping", va, entry, FLUSH_PAGE);
    }

    private int pin(int page, int level) {
        return guest.call("pin_table", page, level);
    }

    /** A page that is about to become a table, mapped read-only as that needs. */
    private void sealed(int page, int... entries) {
        guest.put(page, entries);
        assertThat(guest.remap(page, false)).isEqualTo(1);
    }

    // ---- page tables mapped for writing

    @Test
    void a_table_or_directory_in_use_cannot_be_mapped_for_writing() {
        assertThat(map(PAGE, LOW | WRITABLE)).isEqualTo(EBUSY);
        assertThat(map(PAGE, DIRECTORY | WRITABLE)).isEqualTo(EBUSY);
        assertThat(guest.update(LOW + 4 * (PAGE >>> 12), LOW | WRITABLE)).isEqualTo(EBUSY);
        assertThat(guest.remap(LOW, true)).isEqualTo(EBUSY);
    }

    @Test
    void it_can_be_mapped_for_reading_and_a_store_to_it_is_a_page_fault() {
        assertThat(map(PAGE, LOW | PRESENT)).isZero();
        assertThat(guest.load(PAGE)).isTrue();
        assertThat(guest.store(PAGE, 0)).isFalse();
        assertThat(guest.store(LOW, 0)).isFalse();
    }

    @Test
    void a_page_that_something_maps_for_writing_cannot_become_a_table() {
        assertThat(pin(A, TABLE)).isEqualTo(EBUSY);
        assertThat(pin(A, TOP)).isEqualTo(EBUSY);
        assertThat(guest.update(DIRECTORY + 4, A | WRITABLE)).isEqualTo(EBUSY);
        assertThat(guest.call("load_page_table", A)).isEqualTo(EBUSY);
        sealed(A);
        assertThat(map(PAGE, A | WRITABLE)).isZero();
        assertThat(pin(A, TABLE)).as("mapped elsewhere").isEqualTo(EBUSY);
        assertThat(map(PAGE, PAGE | WRITABLE)).isZero();
        assertThat(pin(A, TABLE)).isZero();
    }

    @Test
    void the_mapping_of_a_page_is_gone_from_the_tlb_when_it_becomes_a_table() {
        assertThat(guest.store(A, 0)).isTrue();
        guest.put(ELEMENTS, LOW + 4 * (A >>> 12), A | PRESENT);
        assertThat(guest.call("mmu_update", ELEMENTS, 1)).as("and no flush").isEqualTo(1);
        assertThat(pin(A, TABLE)).isZero();
        assertThat(guest.store(A, PAGE | WRITABLE)).isFalse();
    }

    @Test
    void a_table_that_maps_itself_for_writing_is_none() {
        sealed(A, A | WRITABLE);
        assertThat(pin(A, TABLE)).isEqualTo(EBUSY);
        guest.put(A, A | PRESENT);
        assertThat(pin(A, TABLE)).isZero();
        assertThat(guest.update(A, A | WRITABLE)).isEqualTo(EBUSY);
    }

    @Test
    void two_new_tables_that_map_each_other_for_writing_are_none() {
        sealed(A, LOW | WRITABLE, B | WRITABLE, C | WRITABLE);
        sealed(B, C | WRITABLE);
        sealed(C, B | WRITABLE);
        assertThat(pin(A, TOP)).isEqualTo(EBUSY);
        guest.put(B, C | PRESENT);
        assertThat(pin(A, TOP)).as("the second still maps the first").isEqualTo(EBUSY);
        guest.put(C, B | PRESENT);
        assertThat(pin(A, TOP)).isZero();
    }

    // ---- levels

    @Test
    void a_directory_in_use_is_no_table_and_a_table_no_directory() {
        assertThat(guest.update(DIRECTORY + 4, DIRECTORY | PRESENT))
                .as("a directory in itself")
                .isEqualTo(EBUSY);
        assertThat(guest.call("load_page_table", LOW)).isEqualTo(EBUSY);
        assertThat(pin(LOW, TOP)).isEqualTo(EBUSY);
        assertThat(pin(DIRECTORY, TABLE)).isEqualTo(EBUSY);
        sealed(A, A | PRESENT);
        assertThat(pin(A, TOP)).as("a directory that names itself").isEqualTo(EBUSY);
    }

    @Test
    void what_is_no_table_cannot_be_pinned() {
        sealed(A, 0x12345fff);
        assertThat(pin(A, TABLE)).as("rubbish").isEqualTo(EPERM);
        sealed(B, RAM | PRESENT);
        assertThat(pin(B, TABLE)).as("an entry that leads to nothing").isEqualTo(EINVAL);
        assertThat(pin(RAM, TABLE)).as("nothing").isEqualTo(EINVAL);
        assertThat(pin(C + 4, TABLE)).as("no page").isEqualTo(EINVAL);
        assertThat(pin(C, 2)).as("no level").isEqualTo(EINVAL);
    }

    @Test
    void a_large_page_has_no_types_for_its_frames_and_is_refused() {
        assertThat(guest.update(DIRECTORY + 4, 0x400000 | LARGE | WRITABLE)).isEqualTo(EPERM);
        assertThat(guest.update(DIRECTORY + 4, A | LARGE | PRESENT)).isEqualTo(EPERM);
        sealed(A, LOW | PRESENT, 0x400000 | LARGE | WRITABLE);
        assertThat(pin(A, TOP)).isEqualTo(EPERM);
        assertThat(guest.call("load_page_table", A)).isEqualTo(EPERM);
        assertThat(guest.update(DIRECTORY + 4, 0x400000 | LARGE))
                .as("not present")
                .isEqualTo(1);
    }

    @Test
    void bits_that_are_the_vmms_are_refused() {
        assertThat(map(PAGE, A | PAT | PRESENT)).isEqualTo(EPERM);
        assertThat(map(PAGE, A | GLOBAL | PRESENT)).isEqualTo(EPERM);
        sealed(B, A | GLOBAL | PRESENT);
        assertThat(pin(B, TABLE)).isEqualTo(EPERM);
        assertThat(map(PAGE, A | 0xe78 | PRESENT))
                .as("free, cache and mark bits")
                .isZero();
    }

    // ---- counts

    @Test
    void a_table_in_two_directories_is_one_until_both_let_it_go() {
        sealed(A);
        sealed(B, LOW | WRITABLE, A | WRITABLE);
        assertThat(guest.update(DIRECTORY + 4, A | WRITABLE)).isEqualTo(1);
        assertThat(pin(B, TOP)).isZero();
        assertThat(FrameAudit.of(guest.machine()).count(A)).isEqualTo(2);
        assertThat(guest.update(DIRECTORY + 4, 0)).isEqualTo(1);
        assertThat(guest.remap(A, true)).as("one use is left").isEqualTo(EBUSY);
        assertThat(guest.update(B + 4, 0)).isEqualTo(1);
        assertThat(guest.remap(A, true)).isEqualTo(1);
        assertThat(guest.store(A, 1)).isTrue();
    }

    @Test
    void a_use_that_was_refused_leaves_no_count_behind() {
        sealed(A);
        sealed(B, LOW | WRITABLE, A | WRITABLE, 0x400000 | LARGE | PRESENT);
        for (int i = 0; i < 3; i++) {
            assertThat(guest.call("load_page_table", B)).isEqualTo(EPERM);
            assertThat(guest.update(DIRECTORY + 8, B | PRESENT))
                    .as("not a table")
                    .isEqualTo(EBUSY);
        }
        assertThat(guest.remap(A, true)).isEqualTo(1);
        assertThat(guest.remap(B, true)).isEqualTo(1);
    }

    @Test
    void a_directory_that_was_left_holds_nothing_unless_it_is_pinned() {
        sealed(A, LOW | WRITABLE);
        assertThat(guest.call("load_page_table", A)).isZero();
        assertThat(guest.remap(DIRECTORY, true)).isEqualTo(1);
        assertThat(guest.store(DIRECTORY + 4, 0x120)).isTrue();

        assertThat(guest.remap(DIRECTORY, false)).isEqualTo(1);
        assertThat(pin(DIRECTORY, TOP)).isZero();
        assertThat(guest.remap(DIRECTORY, true)).isEqualTo(EBUSY);
        assertThat(guest.call("unpin_table", DIRECTORY)).isZero();
        assertThat(guest.remap(DIRECTORY, true)).isEqualTo(1);
    }

    @Test
    void pinning_is_no_count() {
        sealed(A);
        assertThat(guest.call("unpin_table", A)).as("never pinned").isEqualTo(EINVAL);
        assertThat(pin(A, TABLE)).isZero();
        assertThat(pin(A, TABLE)).as("twice").isEqualTo(EINVAL);
        assertThat(pin(A, TOP)).as("as something else").isEqualTo(EBUSY);
        assertThat(guest.call("unpin_table", A)).isZero();
        assertThat(guest.call("unpin_table", A)).as("twice").isEqualTo(EINVAL);
    }

    // ---- frames that are not the guest's

    @Test
    void a_frame_out_of_the_guests_memory_is_refused() {
        for (int frame : new int[] {RAM, 0x7ffff000, VmmRegion.BASE, -0x1000}) {
            assertThat(map(PAGE, frame | PRESENT)).isEqualTo(EINVAL);
            assertThat(guest.update(LOW + 4 * (PAGE >>> 12), frame | WRITABLE)).isEqualTo(EINVAL);
            assertThat(guest.update(DIRECTORY + 4, frame | PRESENT)).isEqualTo(EINVAL);
            assertThat(guest.update(frame & ~3, 0)).as("a table there").isEqualTo(EINVAL);
        }
    }

    @Test
    void the_vmms_part_of_linear_space_is_not_the_guests_to_map() {
        int slot = VmmRegion.BASE >>> 22;
        sealed(A);
        assertThat(guest.update(DIRECTORY + 4 * slot, A | WRITABLE)).isEqualTo(EPERM);
        assertThat(guest.update(DIRECTORY + 4 * slot, 0)).isEqualTo(EPERM);
        assertThat(map(VmmRegion.BASE, A | WRITABLE)).isEqualTo(EFAULT);
        guest.put(B, LOW | WRITABLE);
        guest.put(B + 4 * slot, A | WRITABLE);
        assertThat(guest.remap(B, false)).isEqualTo(1);
        assertThat(guest.call("load_page_table", B)).isEqualTo(EPERM);
    }

    // ---- descriptor tables

    private int setLocal(int va) {
        return guest.call("set_ldt", va + 0x10, 1);
    }

    @Test
    void a_descriptor_table_cannot_be_mapped_for_writing() {
        assertThat(guest.remap(FIRST_GDT, true))
                .as("read-only since paging began")
                .isEqualTo(EBUSY);
        assertThat(map(PAGE, FIRST_GDT | WRITABLE)).isEqualTo(EBUSY);
        assertThat(map(PAGE, FIRST_GDT | PRESENT)).isZero();
        assertThat(guest.store(PAGE, 0)).isFalse();
        assertThat(guest.store(FIRST_GDT, 0)).isFalse();
    }

    @Test
    void a_page_that_is_mapped_for_writing_is_no_descriptor_table() {
        assertThat(setLocal(A)).isEqualTo(EBUSY);
        assertThat(guest.remap(A, false)).isEqualTo(1);
        assertThat(setLocal(A)).isZero();
        assertThat(guest.remap(A, true)).isEqualTo(EBUSY);
        assertThat(guest.call("set_ldt", A, 0)).isZero();
        assertThat(guest.remap(A, true)).isEqualTo(1);
    }

    @Test
    void a_descriptor_table_is_no_page_table_and_a_page_table_none() {
        sealed(A);
        assertThat(setLocal(A)).isZero();
        assertThat(pin(A, TABLE)).isEqualTo(EBUSY);
        assertThat(guest.update(DIRECTORY + 4, A | WRITABLE)).isEqualTo(EBUSY);
        assertThat(guest.update(A, 0)).as("an entry of it").isEqualTo(EPERM);
        assertThat(guest.call("set_ldt", A, 0)).isZero();
        assertThat(pin(A, TABLE)).isZero();
        assertThat(setLocal(A)).isEqualTo(EBUSY);
        assertThat(guest.call("set_gdt", A, 1)).isEqualTo(EBUSY);
    }

    @Test
    void a_descriptor_can_be_changed_by_its_call_alone() {
        sealed(A, 0, 0, 0x0000ffff, 0x00cfb200);
        assertThat(guest.call("set_ldt", A, 2)).isZero();
        assertThat(guest.word(A + 12)).as("marked accessed").isEqualTo(0x00cfb300);
        assertThat(guest.call("update_descriptor", 4, 0x1234ffff, 0x00cfb200)).isZero();
        assertThat(guest.word(A)).isEqualTo(0x1234ffff);
        assertThat(guest.word(A + 4)).isEqualTo(0x00cfb300);
        assertThat(guest.call("update_descriptor", 4, 0xffff, 0x00cf9b00)).isEqualTo(EPERM);
        assertThat(guest.store(A, 0)).isFalse();
    }

    // ---- calls whose arguments lead to tables

    @Test
    void no_call_writes_a_table_for_the_guest() {
        int before = guest.word(LOW);
        assertThat(guest.call("get_time", LOW)).isEqualTo(EFAULT);
        assertThat(guest.call("get_time", DIRECTORY)).isEqualTo(EFAULT);
        assertThat(guest.call("hypercall_page", LOW)).isEqualTo(EBUSY);
        assertThat(guest.call("set_shared_page", LOW)).isEqualTo(EBUSY);
        assertThat(guest.word(LOW)).isEqualTo(before);
        sealed(A, PortedProgram.number("version"), 0, 0, 0, 0, 0, 0, 0);
        assertThat(pin(A, TABLE)).isZero();
        assertThat(guest.call("multicall", A, 1))
                .as("its result would go there")
                .isEqualTo(EFAULT);
        assertThat(guest.word(A + 24)).isZero();
    }

    @Test
    void the_page_that_the_vmm_writes_is_never_a_table() {
        assertThat(guest.call("set_shared_page", SHARED)).isZero();
        assertThat(guest.remap(SHARED, false)).isEqualTo(1);
        assertThat(pin(SHARED, TABLE)).isEqualTo(EBUSY);
        assertThat(guest.call("load_page_table", SHARED)).isEqualTo(EBUSY);
        assertThat(guest.call("set_shared_page", PAGE)).isZero();
        assertThat(pin(SHARED, TABLE)).as("another is it now").isZero();
    }

    @Test
    void updates_before_a_refused_one_are_made_and_those_after_it_are_not() {
        int at = LOW + 4 * (PAGE >>> 12);
        guest.put(ELEMENTS, at, A | PRESENT, at + 4, LOW | WRITABLE, at + 8, B | PRESENT);
        int last = guest.word(at + 8);
        assertThat(guest.call("mmu_update", ELEMENTS, 3)).isEqualTo(EBUSY);
        assertThat(guest.word(at)).isEqualTo(A | PRESENT);
        assertThat(guest.word(at + 4) & -0x1000).isEqualTo(PAGE + 0x1000);
        assertThat(guest.word(at + 8)).isEqualTo(last);
    }

    @Test
    void a_batch_goes_on_past_a_call_that_was_refused() {
        int update = PortedProgram.number("update_va_mapping");
        int call = 8;
        int[] words = new int[3 * call];
        int[] entries = {A | PRESENT, LOW | WRITABLE, B | PRESENT};
        for (int i = 0; i < 3; i++) {
            words[i * call] = update;
            words[i * call + 1] = PAGE + i * 0x1000;
            words[i * call + 2] = entries[i];
            words[i * call + 3] = FLUSH_PAGE;
        }
        guest.put(ELEMENTS, words);
        assertThat(guest.call("multicall", ELEMENTS, 3)).isZero();
        assertThat(guest.word(ELEMENTS + 24)).isZero();
        assertThat(guest.word(ELEMENTS + 32 + 24)).isEqualTo(EBUSY);
        assertThat(guest.word(ELEMENTS + 64 + 24)).isZero();
        assertThat(guest.word(LOW + 4 * (PAGE + 0x2000 >>> 12)) & -0x1000).isEqualTo(B);
    }

    // ---- before there is paging

    @Test
    void nothing_can_be_pinned_while_everything_can_be_written() {
        DrivenGuest unpaged = DrivenGuest.unpaged(Layout.CONTIGUOUS);
        assertThat(unpaged.call("pin_table", A, TABLE)).isEqualTo(EBUSY);
        assertThat(unpaged.store(A, 7)).isTrue();
    }

    @Test
    void where_the_first_tables_map_themselves_for_writing_they_are_made_read_only() {
        assertThat(guest.word(LOW + 4 * (LOW >>> 12)) & WRITABLE).isEqualTo(PRESENT);
        assertThat(guest.word(LOW + 4 * (DIRECTORY >>> 12)) & WRITABLE).isEqualTo(PRESENT);
        assertThat(guest.word(LOW + 4 * (FIRST_GDT >>> 12)) & WRITABLE).isEqualTo(PRESENT);
        assertThat(guest.word(LOW + 4 * (A >>> 12)) & WRITABLE).isEqualTo(WRITABLE);
    }
}

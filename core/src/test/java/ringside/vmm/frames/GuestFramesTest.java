package ringside.vmm.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;

class GuestFramesTest {
    private static final int PAGE = 4096, PAGES = 64;

    private final MachineMemory machine = new MachineMemory(0, 1 << 20, 7);

    private GuestFrames guest(Layout layout) {
        return new GuestFrames(machine, PAGES * PAGE, layout);
    }

    private void put(GuestFrames guest, int pa, int value) {
        machine.bytes().put32(guest.frame(pa & -PAGE, true) + (pa & PAGE - 1), value);
    }

    private int get(GuestFrames guest, int pa) {
        return machine.bytes().get32(guest.frame(pa & -PAGE, false) + (pa & PAGE - 1));
    }

    @Test
    void scattered_pages_have_frames_of_their_own_in_no_order() {
        GuestFrames guest = guest(Layout.SCATTERED);
        List<Integer> frames = new ArrayList<>();
        for (int page = 0; page < PAGES; page++) {
            frames.add(guest.frame(page * PAGE, false));
        }
        assertThat(frames)
                .doesNotHaveDuplicates()
                .isNotEqualTo(frames.stream().sorted().toList());
        assertThat(guest.census().own()).isEqualTo(PAGES);
    }

    @Test
    void a_lazy_page_reads_as_zeros_and_gets_a_frame_when_written() {
        int free = machine.freeFrames();
        GuestFrames guest = guest(Layout.LAZY);
        assertThat(get(guest, 0x3000)).isZero();
        assertThat(guest.writable(0x3000)).isFalse();
        assertThat(machine.freeFrames()).as("the frame of zeros alone").isEqualTo(free - 1);
        put(guest, 0x3004, 5);
        assertThat(get(guest, 0x3004)).isEqualTo(5);
        assertThat(get(guest, 0x4004)).isZero();
        assertThat(guest.census().own()).isEqualTo(1);
    }

    @Test
    void a_reclaimed_page_comes_back_with_what_it_held() {
        GuestFrames guest = guest(Layout.SCATTERED);
        put(guest, 0x5008, 0x1234);
        List<Integer> lost = new ArrayList<>();
        guest.watch((pa, ma) -> lost.add(pa));
        guest.reclaim(0x5000);
        assertThat(lost).containsExactly(0x5000);
        assertThat(guest.census().stored()).isEqualTo(1);
        assertThat(get(guest, 0x5008)).isEqualTo(0x1234);
        assertThat(guest.census().broughtBack()).isEqualTo(1);
    }

    @Test
    void a_ballooned_page_is_free_for_others_and_reads_as_zeros_afterwards() {
        GuestFrames guest = guest(Layout.SCATTERED);
        put(guest, 0x6000, 9);
        int free = machine.freeFrames();
        guest.balloon(0x6000, 2);
        assertThat(machine.freeFrames()).isEqualTo(free + 2);
        assertThat(get(guest, 0x6000)).isZero();
    }

    @Test
    void pages_of_equal_content_show_one_frame_until_one_is_written() {
        GuestFrames one = guest(Layout.SCATTERED);
        GuestFrames other = guest(Layout.SCATTERED);
        put(one, 0x1000, 77);
        put(other, 0x9000, 77);
        MachineMemory.Sharing sharing = machine.shareEqualPages();
        assertThat(sharing.scanned()).isEqualTo(2 * PAGES);
        assertThat(sharing.merged()).as("two contents for all pages").isEqualTo(2 * PAGES - 2);
        assertThat(one.frame(0x1000, false)).isEqualTo(other.frame(0x9000, false));
        put(one, 0x1000, 78);
        assertThat(get(one, 0x1000)).isEqualTo(78);
        assertThat(get(other, 0x9000)).isEqualTo(77);
        assertThat(machine.shareEqualPages().copies()).isEqualTo(1);
    }

    @Test
    void whoever_may_write_a_frame_is_told_when_it_becomes_shared() {
        GuestFrames one = guest(Layout.SCATTERED);
        List<Integer> lost = new ArrayList<>();
        one.watch((pa, ma) -> lost.add(pa));
        machine.shareEqualPages();
        assertThat(lost).as("every page, the one whose frame stays too").hasSize(PAGES);
    }

    @Test
    void with_too_few_frames_the_oldest_are_reclaimed_and_no_content_is_lost() {
        MachineMemory small = new MachineMemory(0, 40 * PAGE, 3);
        GuestFrames guest = new GuestFrames(small, PAGES * PAGE, Layout.LAZY);
        for (int page = 0; page < PAGES; page++) {
            small.bytes().put32(guest.frame(page * PAGE, true), page + 1);
        }
        for (int page = 0; page < PAGES; page++) {
            assertThat(small.bytes().get32(guest.frame(page * PAGE, false))).isEqualTo(page + 1);
        }
        assertThat(guest.census().reclaimed()).isGreaterThan(PAGES - 40);
    }

    @Test
    void a_machine_without_a_frame_to_spare_says_so() {
        MachineMemory tiny = new MachineMemory(0, 8 * PAGE, 3);
        GuestFrames guest = new GuestFrames(tiny, PAGES * PAGE, Layout.LAZY);
        assertThatThrownBy(() -> {
                    for (int page = 0; page < PAGES; page++) {
                        guest.frame(page * PAGE, true);
                    }
                })
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("no frame left");
    }

    @Test
    void an_unknown_layout_is_refused_with_what_there_is() {
        assertThatThrownBy(() -> Layout.named("scatered"))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("scattered");
    }
}

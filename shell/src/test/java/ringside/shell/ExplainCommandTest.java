package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    @TempDir
    Path folder;

    private String script;

    @BeforeEach
    void a_guest_that_maps_a_page_and_uses_it() throws Exception {
        Path file = folder.resolve("maps.groovy");
        Files.writeString(file, """
                guest('maps') {
                    paging true
                    kernel {
                        mov dword[0x5c04], 0x302000 + 3
                        mov eax, [0x301004]
                        checkpoint 'used', eax
                        mov dword[0x5c04], 0
                        hlt
                    }
                }
                """);
        script = file.toString();
    }

    private String explain(String... more) {
        String[] args = new String[more.length + 3];
        System.arraycopy(new String[] {"explain", script, "ds:301004"}, 0, args, 0, 3);
        System.arraycopy(more, 0, args, 3, more.length);
        Invocation run = Invocation.of(args);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return run.out();
    }

    @Test
    void the_road_goes_from_the_segment_to_the_machine_frame() {
        assertThat(explain("--at", "used"))
                .contains("LA 00301004", "PDE 000 at PA 00004000", "PTE 301 at PA 00005c04: 00302023")
                .contains("page 00302000", "PA 00302004", "MA 00302004")
                .contains("written by guest code at 00100000; marked for guest code at 0010000a");
    }

    @Test
    void under_a_vmm_the_real_entries_follow() {
        String text = explain("--at", "used", "--mode", "deprivileged");
        assertThat(text)
                .contains("real      PDE 001", "real      PTE 101")
                .contains("written by guest code at 00100000");
        assertThat(text).contains("page faults resolved, by PA", "exits, by linear address");
    }

    @Test
    void a_traced_table_was_written_by_the_vmm() {
        assertThat(explain("--at", "used", "--mode", "deprivileged", "--set", "policy=cached"))
                .contains("written by the VMM for guest code at 00100000");
    }

    @Test
    void what_the_guest_does_not_map_is_a_true_fault() {
        assertThat(explain()).contains("00000000  not present", "written by guest code", "a true fault");
    }

    @Test
    void mistakes_are_told() {
        assertThat(Invocation.of("explain", script, "ds:301004", "--at", "usd").err())
                .contains("used");
        assertThat(Invocation.of("explain", script, "dx:1").err()).contains("no segment register");
    }
}

package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.guest.GuestImage;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.machine.devices.disk.BlockRequest;

/** Drivers that guests include. */
class DriversTest {
    private static final String USE = """
            kernel {
                call disk_probe
                checkpoint 'probe', eax
                mov edi, 0x300000
                mov ecx, 16*512/4
                mov eax, 0x12345678
                .fill:
                stosd
                add eax, 0x01010105
                loop .fill
                mov esi, requests
                mov ecx, 6
                call disk_batch
                checkpoint 'batch', eax, dword[requests + 56], dword[requests + 96], dword[requests + 116]
                checkpoint 'read', dword[0x320000], dword[0x320000 + 15*512 - 4], dword[0x330000]
                call disk_flush
                checkpoint 'flush', eax
                halt
            }
            data {
                requests:                             // operation, sector, sectors, buffer, status
                dd 1, 5, 16, 0x300000, -1
                dd 0, 6, 15, 0x320000, -1
                dd 1, 100, 1, 0x300000, -1
                dd 0, 100, 1, 0x330000, -1
                dd 0, 2040, 16, 0x340000, -1          // past the end
                dd 1, 5000, 1, 0x300000, -1           // likewise
            }
            """;

    private static ExperimentResult run(String driver, String devices, String under) {
        String script = "server { year 2006; disk 'data', size: 1.MiB }\n" + "def g = guest('g') {\n include driver('"
                + driver + "'), as: 'disk'\n" + USE + "}\n"
                + "experiment('e') { run g, under: " + under + ", devices: '" + devices + "' }";
        return Experiment.run(Scripts.run(script).experiments().getFirst());
    }

    private static String seen(ExperimentResult.Run run, String checkpoint, String value) {
        return run.checkpoints().stream()
                .filter(arrival -> arrival.checkpoint().equals(checkpoint))
                .findFirst()
                .orElseThrow()
                .values()
                .get(value);
    }

    @ParameterizedTest
    @CsvSource({"ide-pio, emulated", "ide-multiple, emulated", "ide-dma, emulated", "virtio-blk, split"})
    void a_disk_is_read_and_written_by_each_driver_alike_in_every_mode(String driver, String devices) {
        ExperimentResult result = run(driver, devices, "[bare, deprivileged, paravirtual, translated, hardware]");
        for (ExperimentResult.Run run : result.runs()) {
            assertThat(run.stopped()).isEqualTo("halt");
            assertThat(run.equivalent().orElse(true)).as(result.text()).isTrue();
            assertThat(seen(run, "probe", "eax")).isEqualTo("00000800");
            assertThat(seen(run, "batch", "eax")).as("failed requests").isEqualTo("00000002");
            assertThat(seen(run, "batch", "dword[requests + 56]")).isEqualTo("00000000");
            assertThat(seen(run, "batch", "dword[requests + 96]")).isNotEqualTo("00000000");
            assertThat(seen(run, "read", "dword[0x320000]")).isEqualTo("92b4d8f8");
            assertThat(seen(run, "read", "dword[0x330000]")).isEqualTo("12345678");
            assertThat(seen(run, "flush", "eax")).isEqualTo("00000000");
            assertThat(run.counters()).containsEntry("requests", 7L);
        }
    }

    // ---- labels

    private static final String NOTHING = "guest('g') {\n include driver('d')\n include driver('d'), as: 'e', n: 9\n"
            + " kernel { call d_probe; call e_probe; hlt } }";

    @Test
    void a_driver_included_twice_has_labels_and_settings_of_its_own() {
        GuestImage image = Scripts.guest("driver('d') { setting n: 7\n code { probe:; mov eax, n; jmp probe.out\n"
                + " .out:\n jmp probe }\n data { probed: dd probe } }\n" + NOTHING);
        assertThat(image.symbols()).containsKeys("d_probe", "e_probe", "d_probe.out", "d_probed", "e_probed");
        byte[] code = Scripts.section(image, "drivers");
        assertThat(code[1]).isEqualTo((byte) 7);
        assertThat(code[code.length / 2 + 1]).isEqualTo((byte) 9);
        assertThat(image.symbols().get("e_probe") - image.symbols().get("d_probe"))
                .as("neither leads to the other")
                .isEqualTo(code.length / 2);
    }

    @Test
    void a_driver_sees_the_labels_of_its_guest_where_it_has_none_of_that_name() {
        GuestImage image = Scripts.guest("driver('d') { code { probe: call other } }\n"
                + "guest('g') { include driver('d')\n kernel { call d_probe; other: ret } }");
        assertThat(image.symbols()).containsKeys("d_probe", "other");
    }

    @Test
    void two_drives_of_one_channel_share_their_interrupt_line() {
        String script = "server { year 2006; disk 'a', size: 1.MiB; disk 'b', size: 2.MiB; disk 'c', size: 3.MiB }\n"
                + "def g = guest('g') {\n include driver('ide-pio'), as: 'a'\n"
                + " include driver('ide-dma'), as: 'b', unit: 1\n"
                + " include driver('ide-multiple'), as: 'c', base: 0x170, irq: 15\n"
                + " kernel { call a_probe; mov esi, eax; call b_probe; mov edi, eax; call c_probe\n"
                + " checkpoint 'sizes', esi, edi, eax\n halt } }\n"
                + "experiment('e') { run g, under: [bare, hardware]; expect hardware.equivalent }";
        ExperimentResult result =
                Experiment.run(Scripts.run(script).experiments().getFirst());
        assertThat(result.held()).allMatch(ExperimentResult.Held::held);
        ExperimentResult.Run bare = result.runs().getFirst();
        assertThat(seen(bare, "sizes", "esi")).isEqualTo("00000800");
        assertThat(seen(bare, "sizes", "edi")).isEqualTo("00001000");
        assertThat(seen(bare, "sizes", "eax")).isEqualTo("00001800");
    }

    @Test
    void a_drive_that_is_not_there_is_told_by_probe() {
        String script = "def g = guest('g') {\n include driver('ide-pio'), as: 'd'\n"
                + " kernel { call d_probe; setc al; checkpoint 'none', al; halt } }\n"
                + "experiment('e') { run g, under: bare }";
        ExperimentResult result =
                Experiment.run(Scripts.run(script).experiments().getFirst());
        assertThat(seen(result.runs().getFirst(), "none", "al")).isEqualTo("01");
    }

    // ---- mistakes

    private static void refused(String script, String message) {
        assertThatThrownBy(() -> Scripts.run(script)).hasMessage(message);
    }

    @Test
    void mistakes_are_told_at_the_line_of_the_script_that_made_them() {
        refused(
                "guest('g') {\n include driver('ide-poi')\n kernel { hlt } }",
                "(test.groovy, line 2) unknown driver 'ide-poi'; did you mean 'ide-pio'?");
        refused(
                "guest('g') {\n include driver('ide-pio'), unti: 1\n kernel { hlt } }",
                "(test.groovy, line 2) unknown setting 'unti' of driver 'ide-pio'; did you mean 'unit'?");
        refused(
                "guest('g') {\n include driver('ide-pio')\n include driver('ide-pio'), irq: 15\n kernel { hlt } }",
                "(test.groovy, line 3) the guest already includes a driver as 'ide_pio'; give this one another name:"
                        + " as: 'second'");
        refused(
                "guest('g') {\n include driver('ide-pio'), irq: 2\n kernel { hlt } }",
                "(test.groovy, line 2) there is no interrupt line 2; lines are 0 to 15; 2 joins the controllers");
        refused(
                "driver('d') {\n code {\n  jmp nowhere\n } }\nguest('g') { include driver('d')\n kernel { hlt } }",
                "(test.groovy, line 3) label 'nowhere' is not defined; define it with nowhere: or declare it with def");
        refused("driver('d') { }", "(test.groovy, line 1) driver 'd' has no code; write code { probe: ... }");
        refused(
                "driver('d') { code { hlt }\n interrupt { hlt } }",
                "(test.groovy, line 1) driver 'd' handles interrupts and does not say of which line; write setting"
                        + " irq: 5");
        refused(
                "driver('d') { code { hlt } }\ndriver('d') { code { hlt } }",
                "(test.groovy, line 2) there already is a driver 'd'; choose another name");
    }

    // ---- what the disk was asked

    @Test
    void requests_are_shown_as_the_guest_saw_them_end() {
        List<String> requests = new ArrayList<>();
        BlockRequest.Watcher watcher = request -> requests.add(request.toString());
        watcher.completed(new BlockRequest(BlockRequest.Operation.WRITE, 8, 16, BlockRequest.Status.DONE));
        watcher.completed(new BlockRequest(BlockRequest.Operation.FLUSH, 0, 0, BlockRequest.Status.FAILED));
        assertThat(requests).containsExactly("write 8+16 done", "flush failed");
    }
}

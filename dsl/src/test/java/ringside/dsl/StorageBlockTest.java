package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.error.RingsideException;
import ringside.lab.ExperimentResult;

/** Storage, limits and trouble as scripts write them, under the device models. */
class StorageBlockTest {
    private static final String GUEST = """
            def g = guest('g') {
                include driver('%s'), as: 'disk'
                kernel {
                    call disk_probe
                    mov ebx, 0
                    mov ecx, 4
                    mov esi, 0x300000
                    mov dword[0x300000], 0x12345678
                    mov ebp, 5
                    again:
                    call disk_write
                    adc edx, 0
                    dec ebp
                    jnz again
                    mov edi, 0x310000
                    call disk_read
                    checkpoint 'end', edx, dword[0x310000]
                    halt
                }
            }
            experiment('e') { run g, under: [hardware(devices: '%s')] }
            """;

    private static ExperimentResult.Run run(String server, String driver, String model) {
        String script = server + "\n" + GUEST.formatted(driver, model);
        return ((ExperimentResult) Scripts.run(script).studies().getFirst().investigate())
                .runs()
                .getFirst();
    }

    @ParameterizedTest
    @CsvSource({"ide-dma, emulated", "ide-multiple, emulated", "virtio-blk, split"})
    void a_limit_holds_back_whatever_the_guest_sees_its_disk_as(String driver, String model) {
        var run = run("server { year 2006; disk 'd', size: 8.KiB, limit: [requests: 1000] }", driver, model);
        // six requests, five gaps of a millisecond less the time that the requests themselves took
        assertThat(run.counters().get("throttledTicks")).isBetween(400_000L, 500_000L);
        assertThat(run.checkpoints().getFirst().values()).containsValues("00000000", "12345678");
    }

    @ParameterizedTest
    @CsvSource({"ide-dma, emulated", "ide-multiple, emulated", "virtio-blk, split"})
    void trouble_reaches_the_guest_as_an_error_and_the_user_as_a_message(String driver, String model) {
        var run = run("server { year 2006; disk 'd', size: 8.KiB, trouble: [on: 'write', every: 2] }", driver, model);
        assertThat(run.counters().get("injectedFaults")).isEqualTo(2);
        assertThat(run.checkpoints().getFirst().values()).containsEntry("edx", "00000002");
        assertThat(run.messages())
                .anyMatch(line -> line.contains("of 'd' was not written: trouble that was asked for"));
    }

    @ParameterizedTest
    @CsvSource({"ide-dma, emulated", "virtio-blk, split"})
    void content_may_be_closures(String driver, String model) {
        var run = run("""
                def kept = [:]
                storage('s') { size 8.KiB; read { sector -> kept[sector] }; write { sector, bytes -> kept[sector] = bytes } }
                server { year 2006; disk 'd', size: 8.KiB, storage: 's' }
                """, driver, model);
        assertThat(run.checkpoints().getFirst().values()).containsValues("00000000", "12345678");
    }

    @Test
    void a_closure_that_fails_ends_the_run_at_its_line() {
        String server = "storage('s') { size 8.KiB\n read { sector -> nonsense } }\n"
                + "server { year 2006; disk 'd', size: 8.KiB, storage: 's' }";
        assertThatThrownBy(() -> run(server, "ide-dma", "emulated"))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("line 2)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "storage('s') { size 100 }|line 1) storage of 100 bytes is not possible",
                "storage('s') { queue 'fair' }|storage 's' has no size",
                "storage('s') { size 1.MiB; queue 'elevatr' }|unknown queue 'elevatr'; did you mean 'elevator'?",
                "storage('s') { size 1.MiB; seek(-1) }|'seek' of -1 ticks",
                "storage('s') { size 1.MiB }\nstorage('s') { size 1.MiB }|line 2) there already is a storage 's'",
                "server { disk 'd', size: 1.MiB, storage: 'spindel' }|which is not described",
                "server { disk 'd', size: 1.MiB, limit: 5 }|limit is 5; write limit: [requests: 500",
                "server { disk 'd', size: 1.MiB, limit: [request: 5] }|did you mean 'requests'?",
                "server { disk 'd', size: 1.MiB, trouble: [probability: 2] }|probability is 2",
                "server { disk 'd', size: 1.MiB, trouble: [on: 'erase'] }|trouble on 'erase'",
                "server { disk 'd', size: 1.MiB, trouble: [sectors: 9..3] }|trouble on sectors 9 to 3",
            })
    void what_cannot_be_is_refused_where_it_stands(String scriptAndMessage) {
        String[] parts = scriptAndMessage.split("\\|");
        assertThatThrownBy(() -> Scripts.run(parts[0]))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining(parts[1]);
    }

    @Test
    void disks_that_do_not_fit_on_their_storage_are_refused() {
        String server = "storage('s') { size 8.KiB }\nserver { year 2006; disk 'd', size: 8.KiB, storage: 's'\n"
                + "disk 'e', size: 512, storage: 's' }";
        assertThatThrownBy(() -> run(server, "ide-dma", "emulated"))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("disk 'e' wants 1 sectors of 's', where 0 of 16 are free");
    }
}

package ringside.properties.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.properties.paging.PagingPlaces.*;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.lab.Difference;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.observe.Counters;
import ringside.properties.SlottedGuest;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;

/** What each policy does about writes to page tables in use, by the guest, by the VMM in its name, and by a device. */
class ShadowPolicyTest {
    private static final int BUDGET = 5_000, WRITES = 12;

    private final PagingWriter w =
            new PagingProgram(false, false, false, true, List.of()).begun().with(1);

    private Counters run(String mode, String policy) {
        ServerSpec server =
                new ServerSpec(2010, CpuModel.ofYear(2010), 6, 1, List.of(TableWriter.KIND), ServerMemory.DEFAULT);
        ExperimentSpec spec =
                new ExperimentSpec("policies", server, w.image(), List.of(), List.of(), List.of(), BUDGET);
        VirtualMachine bare = spec.machine(new Setting("bare"));
        VirtualMachine vm = spec.machine(
                new Setting(mode, "shadow", "interpreter", new java.util.TreeMap<>()).with("policy", policy));
        assertThat(vm.run(BUDGET)).isEqualTo(bare.run(BUDGET));
        assertThat(Difference.between(bare, vm)).isEmpty();
        return vm.memory();
    }

    @BeforeEach
    void the_kernel_has_loaded_its_segments() {
        // a handler does: until then a deprivileged kernel may be interpreted, and takes no hidden faults
        w.raw(0xcd, SlottedGuest.OPEN_VECTOR).end();
    }

    private void use(int index) {
        w.read(w.page(0, index) | 0x40).end();
    }

    private void change(int index, int frame) {
        w.store(w.tableEntry(0, index), FRAMES + frame * 0x1000 | 7);
    }

    @ParameterizedTest
    @CsvSource({"deprivileged", "hardware"})
    void cached_emulates_each_write_to_a_table_that_is_used_between(String mode) {
        use(0);
        for (int i = 0; i < WRITES; i++) {
            change(0, i);
            w.invlpg(w.page(0, 0)).end();
            use(0);
        }
        Counters counters = run(mode, "cached");
        assertThat(counters.get("traceFaults")).isEqualTo(WRITES);
        assertThat(counters.get("floods")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"deprivileged", "hardware"})
    void cached_lets_a_table_go_that_is_written_again_and_again_unused(String mode) {
        use(0);
        for (int i = 0; i < WRITES; i++) {
            change(i & 3, i);
            w.end();
        }
        w.flushAll().end();
        use(0);
        Counters counters = run(mode, "cached");
        assertThat(counters.get("floods")).isEqualTo(1);
        assertThat(counters.get("traceFaults"))
                .as("writes before it was let go")
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"deprivileged", "hardware"})
    void unsync_hears_of_the_first_write_and_compares_at_the_flush(String mode) {
        use(0);
        use(1);
        for (int i = 0; i < WRITES; i++) {
            change(0, i);
            w.end();
        }
        w.flushAll().end();
        use(0);
        use(1);
        Counters counters = run(mode, "unsync");
        assertThat(counters.get("traceFaults")).isZero();
        assertThat(counters.get("unsyncs")).isEqualTo(1);
        assertThat(counters.get("resyncs")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"flush", "cached", "unsync"})
    void a_devices_write_to_a_table_in_use_is_seen_and_takes_no_trap(String policy) {
        use(0);
        for (int i = 0; i < WRITES; i++) {
            w.eax(w.tableEntry(0, 0)).raw(0xba).dword(TableWriter.PLACE).raw(0xef);
            w.eax(FRAMES + i * 0x1000 | 7)
                    .raw(0x83, 0xc2, 4, 0xef)
                    .invlpg(w.page(0, 0))
                    .end();
            use(0);
        }
        assertThat(run("hardware", policy).get("traceFaults")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flush", "cached", "unsync"})
    void what_the_vmm_writes_for_the_guest_into_a_table_in_use_is_seen(String policy) {
        use(0);
        for (int i = 0; i < WRITES; i++) {
            w.eax(FRAMES + i * 0x1000 | 7).raw(0xba).dword(TableWriter.PLACE).raw(0xef);
            w.raw(0xbf).dword(w.tableEntry(0, 0)).raw(0x6d).invlpg(w.page(0, 0)).end();
            use(0);
        }
        assertThat(run("deprivileged", policy).get("traceFaults")).isZero();
    }
}

package ringside.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.guest.ImageFile;
import ringside.guest.MultibootImage;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.paging.WalkTrace;
import ringside.machine.paging.Walker;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The pages that a strategy says its tables take are those that the real processor can reach from its root. */
class TablePagesTest {
    private static final int RAM = 16 << 20, PAGE = 0x1000, LARGE = 1 << 7, EPT_RIGHTS = 7;
    private static final long IN_THE_MIDST = 1_500_000;

    private static VirtualMachine busy(String model, String mode, String memory, Map<String, String> options)
            throws IOException {
        try (InputStream in = TablePagesTest.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            ImageFile file = new ImageFile("reference.elf", in.readAllBytes());
            VirtualMachine machine = Modes.create(
                    mode,
                    new VmSpec(
                            CpuModel.named(model).orElseThrow(),
                            DeviceSettings.of(RAM),
                            List.of(),
                            MultibootImage.of(file, "work=sieve,fork ticks=5", List.of(), RAM),
                            "interpreter",
                            memory,
                            options));
            machine.run(IN_THE_MIDST);
            return machine;
        }
    }

    /** Adds the table at {@code ma} and those below it, so many levels of them. */
    private static void reach(Walker.Tables tables, int ma, int levels, int entrySize, int present, Set<Integer> seen) {
        seen.add(ma);
        for (int at = ma; levels > 1 && at < ma + PAGE; at += entrySize) {
            int entry = tables.read32(at);
            if ((entry & present) != 0 && (entry & LARGE) == 0) {
                reach(tables, entry & -PAGE, levels - 1, entrySize, present, seen);
            }
        }
    }

    private static Set<Integer> reachable(WalkTrace.Paging paging) {
        Set<Integer> seen = new TreeSet<>();
        Walker.Tables tables = paging.memory();
        if (paging.nested().isPresent()) {
            boolean extended = paging.nested().get().levels() == 4;
            int root = (int) paging.nested().get().root();
            reach(tables, root, extended ? 4 : 2, extended ? 8 : 4, extended ? EPT_RIGHTS : Walker.P, seen);
            return seen;
        }
        int root = paging.regime().cr3() & -PAGE;
        if (!paging.regime().pae()) {
            reach(tables, root, 2, 4, Walker.P, seen);
            return seen;
        }
        seen.add(root);
        for (long pdpte : paging.pdptes()) {
            reach(tables, (int) pdpte & -PAGE, 2, 8, Walker.P, seen);
        }
        return seen;
    }

    @ParameterizedTest
    @CsvSource({"skylake, hardware", "pentium4, deprivileged", "pentium, deprivileged"})
    void shadow_tables_that_are_flushed_take_the_pages_that_the_processor_can_reach(String model, String mode)
            throws IOException {
        VirtualMachine machine = busy(model, mode, "shadow", Map.of("policy", "flush"));

        assertThat(machine.tablePages())
                .isGreaterThanOrEqualTo(3)
                .isEqualTo(
                        reachable(machine.realPaging().orElseThrow().paging()).size());
    }

    @ParameterizedTest
    @CsvSource({"ept, 5", "npt, 3"})
    void nested_tables_take_those_pages_and_one_for_a_guest_without_paging(String format, int least)
            throws IOException {
        VirtualMachine machine = busy("skylake", "hardware", "nested", Map.of("format", format));

        int reached = reachable(machine.realPaging().orElseThrow().paging()).size();
        assertThat(machine.tablePages()).isGreaterThanOrEqualTo(least).isEqualTo(reached + 1);
    }

    @Test
    void cached_tables_take_more_for_address_spaces_that_are_not_loaded() throws IOException {
        VirtualMachine machine = busy("skylake", "hardware", "shadow", Map.of("policy", "cached"));

        assertThat(machine.tablePages())
                .isGreaterThan(
                        reachable(machine.realPaging().orElseThrow().paging()).size());
    }

    @Test
    void the_bare_machine_has_none() throws IOException {
        assertThat(busy("skylake", "bare", "", Map.of()).tablePages()).isZero();
    }
}

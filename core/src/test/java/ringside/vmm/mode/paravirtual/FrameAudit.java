package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.memory.direct.Census;
import ringside.vmm.memory.direct.DirectMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/** The page tables that the real CR3 leads to, walked without the VMM's help: who is what, and how often it is used. */
final class FrameAudit {
    private static final int ENTRIES = 1024, PAGE = 0x1000, OWN = VmmRegion.BASE >>> 22;

    private final PhysicalMemory memory;
    private final VirtualMachine machine;
    private final Map<Integer, Census.Entry> types = new TreeMap<>();
    private final BitSet guests;

    private FrameAudit(VirtualMachine machine) {
        this.machine = machine;
        this.memory = machine.board().bus().memory();
        ParavirtualMachine vmm = (ParavirtualMachine) machine;
        // the VMM may be in control: what counts is what the guest is entered with
        vmm.strategy().entering();
        ((DirectMemory) vmm.strategy()).census().entries().forEach(entry -> types.put(entry.ma(), entry));
        this.guests = vmm.guestFrames();
    }

    private DirectMemory memory() {
        return (DirectMemory) ((ParavirtualMachine) machine).strategy();
    }

    static FrameAudit of(VirtualMachine machine) {
        return new FrameAudit(machine);
    }

    /** Uses of the page as its type. */
    int count(int pa) {
        return types.get(machine.board().bus().direct(pa, false)).count();
    }

    /** Types exclusive, counts those of a recount, nothing foreign reachable, no table mapped for writing. */
    void assertSound() {
        Map<Integer, Integer> recount = new TreeMap<>();
        Set<Integer> tables = new HashSet<>();
        int root = machine.silicon().cr(3) & -PAGE;
        if (types.containsKey(root)) {
            recount.merge(root, 1, Integer::sum);
            assertThat(types.get(root).directory()).isTrue();
        }
        for (Census.Entry frame : types.values()) {
            assertThat(guests.get(frame.ma() / PAGE))
                    .as("a table of the guest's")
                    .isTrue();
            for (int i = 0; frame.directory() && i < ENTRIES; i++) {
                int entry = memory.get32(frame.ma() + 4 * i);
                if (i != OWN && (entry & 1) != 0) {
                    assertThat(entry & 0x80).as("no large page").isZero();
                    assertThat(types).containsKey(entry & -PAGE);
                    assertThat(types.get(entry & -PAGE).directory())
                            .as("a table")
                            .isFalse();
                    recount.merge(entry & -PAGE, 1, Integer::sum);
                    tables.add(entry & -PAGE);
                }
            }
        }
        types.forEach(
                (ma, frame) -> assertThat(frame.count()).as("uses of %08x", ma).isEqualTo(recount.getOrDefault(ma, 0)));
        tables.forEach(this::assertLeaves);
        assertWriters();
    }

    /** How many entries map a page, and how many for writing, counted from what the guest handed over. */
    private void assertWriters() {
        Map<Integer, Integer> recount = new TreeMap<>();
        Map<Integer, Integer> mappings = new TreeMap<>();
        for (Census.Entry frame : types.values()) {
            for (int i = 0; !frame.directory() && i < ENTRIES; i++) {
                int entry = machine.board().bus().tableEntry(frame.pa() + 4 * i);
                if ((entry & 1) != 0) {
                    mappings.merge(entry & -PAGE, 1, Integer::sum);
                }
                if ((entry & 3) == 3) {
                    recount.merge(entry & -PAGE, 1, Integer::sum);
                }
            }
        }
        types.values().forEach(frame -> assertThat(recount).doesNotContainKey(frame.pa()));
        mappings.forEach((pa, count) ->
                assertThat(memory().mappers(pa)).as("mappings of %08x", pa).isEqualTo(count));
        recount.forEach((pa, count) ->
                assertThat(memory().writers(pa)).as("writers of %08x", pa).isEqualTo(count));
    }

    private void assertLeaves(int table) {
        for (int i = 0; i < ENTRIES; i++) {
            int entry = memory.get32(table + 4 * i);
            boolean foreign = (entry & 1) != 0 && !guests.get(entry >>> 12);
            boolean cheats = (entry & 3) == 3 && types.containsKey(entry & -PAGE);
            if (foreign || cheats) {
                fail("entry %03x of the table at %08x is %08x: %s", i, table, entry, foreign ? "foreign" : "a table");
            }
        }
    }
}

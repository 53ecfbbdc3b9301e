package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;

import ringside.machine.memory.PhysicalMemory;
import ringside.machine.segmentation.Descriptor;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/** The tables that the real processor uses, in machine memory: what they would let a guest do. */
final class RealTables {
    private static final int ENTRIES = 512, PAGES_OF_DIRECTORIES = 4, PAGE = 0x1000;

    private final PhysicalMemory memory;

    RealTables(VirtualMachine machine) {
        memory = machine.board().bus().memory();
    }

    private Descriptor descriptor(int at) {
        return new Descriptor(memory.get32(at), memory.get32(at + 4));
    }

    /** INT n of outer rings reaches INT3, INTO and the hypercall door, and otherwise only code of ring 1. */
    void assertGatesAreShut() {
        for (int vector = 0; vector < VmmRegion.DOOR_COUNT; vector++) {
            Descriptor gate = descriptor(VmmRegion.IDT + vector * 8);
            if (gate.gateSelector() == VmmRegion.CODE) {
                int ring = vector == Hypercalls.VECTOR ? 1 : vector == 3 || vector == 4 ? 3 : 0;
                assertThat(gate.dpl()).as("DPL of gate " + vector).isEqualTo(ring);
                assertThat(gate.gateOffset()).isEqualTo(VmmRegion.door(vector));
            } else {
                Descriptor code = descriptor(VmmRegion.GDT + (gate.gateSelector() & ~7));
                assertThat(gate.gateSelector()).isLessThan(VmmRegion.CODE);
                assertThat(code.present() && code.dpl() == 0)
                        .as("gate " + vector + " leads to ring 0")
                        .isFalse();
                assertThat(VmmRegion.contains(gate.gateOffset())).isFalse();
            }
        }
    }

    /** No entry of the guest's is a gate, a TSS or of ring 0, or reaches the region. */
    void assertDescriptorsAreHarmless() {
        assertHarmless(VmmRegion.GDT, VmmRegion.GDT + VmmRegion.CODE);
        assertHarmless(VmmRegion.LDT, VmmRegion.LDT + VmmRegion.TABLE);
    }

    private void assertHarmless(int table, int end) {
        for (int at = table; at < end; at += 8) {
            Descriptor entry = descriptor(at);
            if (entry.present()) {
                assertThat(entry.system()).isFalse();
                assertThat(entry.dpl()).isGreaterThanOrEqualTo(1);
                long last = Integer.toUnsignedLong(entry.base()) + Integer.toUnsignedLong(entry.limit());
                boolean below = last < Integer.toUnsignedLong(VmmRegion.BASE);
                boolean expandDown = !entry.code() && (entry.type() & 4) != 0;
                assertThat(below || expandDown || entry.base() == VmmRegion.la(VmmRegion.GUARD))
                        .isTrue();
            }
        }
    }

    /** No page below the region leads to the VMM's memory; the tables have the PAE format. */
    void assertNothingMapsTheVmm() {
        int directories = VmmRegion.DIRECTORIES + PAGE;
        for (int i = 0; i < PAGES_OF_DIRECTORIES * ENTRIES; i++) {
            int directory = memory.get32(directories + i * 8);
            boolean ours = VmmRegion.contains(i << 21);
            for (int k = 0; (directory & 1) != 0 && !ours && k < ENTRIES; k++) {
                int entry = memory.get32((directory & -PAGE) + k * 8);
                if ((entry & 1) != 0) {
                    assertThat(entry & -PAGE)
                            .as("frame of %08x", (i << 21) + (k << 12))
                            .isGreaterThanOrEqualTo(VmmRegion.SIZE);
                }
            }
        }
    }
}

package ringside.vmm.spi;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import ringside.arch.Control;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.NestedWalk;
import ringside.machine.paging.Walker;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.vmx.EptPointer;

/**
 * Looks at the real machine from outside, as a logic analyzer would: what the guest's code can do there, whatever the VMM
 * meant it to.
 *
 * <p>Nothing here asks the VMM: interrupts masked and ports used are counted by the machine, and what can be reached is
 * read from the page tables and descriptor tables that are in force.
 */
public final class ControlAudit {
    private static final int PAGE = 0x1000;
    private static final int MOST = 4;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private final Cpu cpu;
    private final PhysicalMemory memory;
    private final VmmRegion region;
    private final BitSet guests;
    private final List<String> found = new ArrayList<>();
    private long directory;

    private ControlAudit(PhysicalServer server) {
        this.cpu = server.cpu();
        this.memory = cpu.memory();
        this.region = server.region();
        this.guests = server.guestFrames();
    }

    /**
     * As {@link #of(PhysicalServer)} where the guest's addresses pass through nested tables, which {@code pointer} names.
     *
     * @param directory PA in CR3 while the guest runs: the VMM's own may lie there, where it leads no LA to itself
     */
    public static ResourceControl ofNested(PhysicalServer server, long pointer, int directory) {
        ControlAudit audit = new ControlAudit(server);
        audit.directory = directory & -PAGE & 0xffff_ffffL;
        NestedWalk.Format format = EptPointer.format(pointer);
        audit.nested(format.root(), format.levels() - 1, format.levels() == 4 ? 9 : 10, 0);
        return audit.result(server);
    }

    /** @param bits how many bits of an address one level takes */
    private void nested(int at, int level, int bits, long pa) {
        int size = bits == 9 ? 8 : 4;
        int present = bits == 9 ? NestedWalk.READ | NestedWalk.WRITE | NestedWalk.FETCH : Walker.P;
        for (int i = 0; i < 1 << bits; i++) {
            long entry = entry(at + i * size, size);
            long page = pa | (long) i << 12 + level * bits;
            if ((entry & present) == 0) {
                continue;
            }
            if (level > 0 && (entry & NestedWalk.LARGE) == 0) {
                nested((int) (entry & ADDRESS), level - 1, bits, page);
                continue;
            }
            long span = 1L << 12 + level * bits;
            for (long in = 0; in < span; in += PAGE) {
                long ma = entry & -span & ADDRESS | in;
                boolean walked = page + in == directory && hidesItself(ma);
                if (!guests.get((int) (ma / PAGE)) && !walked) {
                    find(String.format("PA %08x leads to the page %06x, which is not the guest's", page + in, ma));
                }
            }
        }
    }

    /** Whether a directory of the VMM's holds large pages alone, and none with the directory in it. */
    private boolean hidesItself(long ma) {
        boolean hidden = ma >= region.ma(0) && ma < region.ma(VmmRegion.SIZE);
        for (int i = 0; i < PAGE / 4 && hidden; i++) {
            long entry = entry((int) ma + i * 4, 4);
            boolean elsewhere = (entry & Walker.PS) != 0 && entry >> 22 != directory >> 22;
            hidden = (entry & Walker.P) == 0 || elsewhere;
        }
        return hidden;
    }

    /** What was lost until now. */
    public static ResourceControl of(PhysicalServer server) {
        ControlAudit audit = new ControlAudit(server);
        if (audit.cpu.paging()) {
            audit.pages();
        }
        if (VmmRegion.contains(audit.cpu.gdtr.base)) {
            int world = (audit.cpu.gdtr.base - VmmRegion.la(VmmRegion.GDT)) / VmmRegion.TABLE;
            audit.table(VmmRegion.GDT + world * VmmRegion.TABLE, VmmRegion.FIRST_OWN_INDEX, "GDT");
            audit.table(VmmRegion.LDT + world * VmmRegion.TABLE, VmmRegion.TABLE / 8, "LDT");
        }
        return audit.result(server);
    }

    private ResourceControl result(PhysicalServer server) {
        return new ResourceControl(
                server.cpu().maskedStretches(),
                server.portAccesses(),
                found,
                server.devices().strayed());
    }

    private void find(String what) {
        if (found.size() < MOST) {
            found.add(what);
        }
    }

    // ---- paging

    private void pages() {
        boolean wide = (cpu.cr4 & Control.CR4_PAE) != 0;
        if (!wide) {
            directory(cpu.cr3 & -PAGE, 0, 22, 4);
            return;
        }
        for (int i = 0; i < 4; i++) {
            long pointer = memory.get64((cpu.cr3 & ~0x1f) + i * 8);
            if ((pointer & Walker.P) != 0) {
                directory((int) (pointer & ADDRESS), i << 30, 21, 8);
            }
        }
    }

    private void directory(int at, int laBase, int shift, int size) {
        for (int i = 0; i < PAGE / size; i++) {
            long entry = entry(at + i * size, size);
            int la = laBase | i << shift;
            if ((entry & Walker.P) == 0) {
                continue;
            }
            if ((entry & Walker.PS) != 0) {
                for (int in = 0; in < 1 << shift; in += PAGE) {
                    leaf(la + in, entry & ~((1L << shift) - 1) & ADDRESS | in, entry);
                }
            } else {
                table((int) (entry & ADDRESS), la, size, entry);
            }
        }
    }

    private void table(int at, int laBase, int size, long above) {
        for (int i = 0; i < PAGE / size; i++) {
            long entry = entry(at + i * size, size);
            if ((entry & Walker.P) != 0) {
                leaf(laBase | i << 12, entry & ADDRESS, entry & above);
            }
        }
    }

    private long entry(int ma, int size) {
        if (!memory.contains(ma, size)) {
            return 0;
        }
        return size == 8 ? memory.get64(ma) : memory.get32(ma) & 0xffff_ffffL;
    }

    /** A page of the VMM's may stand in its region alone; segments keep supervisors from it, the U bit ring 3. */
    private void leaf(int la, long ma, long rights) {
        if (guests.get((int) (ma / PAGE))) {
            return;
        }
        boolean own = ma >= region.ma(0) && ma < region.ma(VmmRegion.SIZE);
        boolean open = (rights & Walker.U) != 0 && ma < region.ma(VmmRegion.CACHE_DATA);
        if (!own) {
            find(String.format("LA %08x maps the page %06x, which is somebody else's", la, ma));
        } else if (!VmmRegion.contains(la) || open) {
            find(String.format("LA %08x maps the VMM's page %06x", la, ma));
        }
    }

    // ---- segments

    private void table(int offset, int entries, String name) {
        int at = region.ma(offset);
        for (int index = 0; index < entries; index++) {
            Descriptor descriptor = new Descriptor(memory.get32(at + index * 8), memory.get32(at + index * 8 + 4));
            boolean usable = !descriptor.system() && descriptor.present() && descriptor.dpl() > 0;
            if (usable && reaches(descriptor)) {
                find(String.format("%s entry %04x covers the VMM's region", name, index * 8));
            }
        }
    }

    private static boolean reaches(Descriptor descriptor) {
        boolean down = !descriptor.code() && (descriptor.rights() & 4) != 0;
        long first = descriptor.base() & 0xffff_ffffL;
        long limit = descriptor.limit() & 0xffff_ffffL;
        long top = (descriptor.rights() & 0x4000) != 0 ? 0xffff_ffffL : 0xffffL;
        long from = first + (down ? limit + 1 : 0);
        long to = first + (down ? top : limit);
        boolean empty = down && limit >= top;
        boolean guard = from == to && from == (VmmRegion.la(VmmRegion.GUARD) & 0xffff_ffffL);
        long region = VmmRegion.BASE & 0xffff_ffffL;
        return !empty && !guard && to >= region;
    }
}

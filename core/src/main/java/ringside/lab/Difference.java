package ringside.lab;

import java.util.ArrayList;
import java.util.List;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.machine.board.Board;
import ringside.machine.cpu.Cpu;
import ringside.machine.state.SegmentRegister;
import ringside.vmm.spi.VirtualMachine;

/**
 * One value in which the virtual state differs from that of the bare machine.
 *
 * @param name {@code virtual IF}, {@code eax}, {@code memory 0000ff80}
 * @param reference on the bare machine
 * @param observed under the setting
 */
public record Difference(String name, String reference, String observed) {
    private static final int OTHER_FLAGS = Eflags.TF | Eflags.DF | Eflags.NT | Eflags.VM | Eflags.AC | Eflags.ID;

    /** All differences of two virtual states and their memories, registers first; empty where there is none. */
    public static List<Difference> between(VirtualMachine reference, VirtualMachine observed) {
        List<Difference> found = new ArrayList<>();
        registers(reference.state(), observed.state(), found);
        memory(reference.board(), observed.board(), found);
        return found;
    }

    private static void registers(Cpu a, Cpu b, List<Difference> found) {
        for (int i = 0; i < 8; i++) {
            hex(found, Reg.NAMES32[i], a.r[i], b.r[i]);
        }
        hex(found, "eip", a.eip, b.eip);
        int x = a.eflags();
        int y = b.eflags();
        decimal(found, "virtual IF", x >> 9 & 1, y >> 9 & 1);
        decimal(found, "virtual IOPL", x >> 12 & 3, y >> 12 & 3);
        hex(found, "arithmetic flags", x & Eflags.ARITHMETIC, y & Eflags.ARITHMETIC);
        hex(found, "flags", x & OTHER_FLAGS, y & OTHER_FLAGS);
        decimal(found, "virtual CPL", a.cpl, b.cpl);
        for (int seg = 0; seg < 6; seg++) {
            segment(found, Reg.SEGMENTS[seg], a.segments[seg], b.segments[seg]);
        }
        segment(found, "ldtr", a.ldtr, b.ldtr);
        segment(found, "tr", a.tr, b.tr);
        hex(found, "gdtr base", a.gdtr.base, b.gdtr.base);
        hex(found, "gdtr limit", a.gdtr.limit, b.gdtr.limit);
        hex(found, "idtr base", a.idtr.base, b.idtr.base);
        hex(found, "idtr limit", a.idtr.limit, b.idtr.limit);
        hex(found, "cr0", a.cr0, b.cr0);
        hex(found, "cr2", a.cr2, b.cr2);
        hex(found, "cr3", a.cr3, b.cr3);
        hex(found, "cr4", a.cr4, b.cr4);
        for (int i : new int[] {0, 1, 2, 3, 6, 7}) {
            hex(found, "dr" + i, a.dr[i], b.dr[i]);
        }
    }

    private static void segment(List<Difference> found, String name, SegmentRegister a, SegmentRegister b) {
        int before = found.size();
        hex16(found, name, a.selector, b.selector);
        boolean bothNull = a.unusable() && b.unusable();
        if (found.size() == before && !bothNull) {
            hex(found, name + " base", a.base, b.base);
            hex(found, name + " limit", a.limit, b.limit);
            hex(found, name + " rights", a.rights, b.rights);
        }
    }

    private static void memory(Board a, Board b, List<Difference> found) {
        int at = a.bus().ramMismatch(b.bus());
        if (at >= 0) {
            int word = at & ~3;
            hex(
                    found,
                    String.format("memory %08x", word),
                    a.bus().read(32, word),
                    b.bus().read(32, word));
        }
    }

    private static void hex(List<Difference> found, String name, int a, int b) {
        if (a != b) {
            found.add(new Difference(name, String.format("%08x", a), String.format("%08x", b)));
        }
    }

    private static void hex16(List<Difference> found, String name, int a, int b) {
        if (a != b) {
            found.add(new Difference(name, String.format("%04x", a), String.format("%04x", b)));
        }
    }

    private static void decimal(List<Difference> found, String name, int a, int b) {
        if (a != b) {
            found.add(new Difference(name, Integer.toString(a), Integer.toString(b)));
        }
    }
}

package ringside.lab.road;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import ringside.arch.Control;
import ringside.arch.Reg;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Peek;
import ringside.machine.paging.Walker;
import ringside.machine.state.SegmentRegister;
import ringside.vmm.spi.RoadStep;
import ringside.vmm.spi.VirtualMachine;

/** How an address is translated at this moment, step by step. */
public final class Road {
    private static final int PAGE = 0x1000;

    private final VirtualMachine machine;
    private final Cpu state;
    private final SystemBus bus;
    private final IntFunction<String> writer;
    private final StringJoiner text = new StringJoiner("\n", "", "\n");
    private final List<Integer> places = new ArrayList<>();

    private Road(VirtualMachine machine, IntFunction<String> writer) {
        this.machine = machine;
        this.state = machine.state();
        this.bus = machine.board().bus();
        this.writer = writer;
    }

    /** The road of {@code seg:offset}; {@code writer} says of a PA who wrote the entry there, or nothing. */
    public static Road of(VirtualMachine machine, int seg, int offset, IntFunction<String> writer) {
        Road road = new Road(machine, writer);
        road.from(seg, offset);
        return road;
    }

    public String text() {
        return text.toString();
    }

    /** PAs of the guest's entries on the road. */
    public List<Integer> places() {
        return places;
    }

    private void line(String what, String detail, String result) {
        String left = String.format("  %-9s %s", what, detail);
        text.add(
                result.isEmpty()
                        ? left.stripTrailing()
                        : String.format("%-72s %s", left, result).stripTrailing());
    }

    private void from(int seg, int offset) {
        SegmentRegister s = state.segments[seg];
        int la = s.base + offset;
        boolean fits = s.covers(offset, 1);
        String kind = s.unusable() ? "null" : RoadText.segment(s.rights);
        line(
                "segment",
                String.format(
                        "%s %04x: base %08x, limit %08x, %s", Reg.SEGMENTS[seg], s.selector, s.base, s.limit, kind),
                fits ? String.format("LA %08x", la) : "beyond the limit: #GP or #SS");
        if (fits) {
            guestTables(la);
            real(la);
        }
    }

    // ---- the guest's tables

    private void guestTables(int la) {
        if (!state.paging()) {
            line("guest", "paging is off", String.format("PA %08x", la));
        } else if ((state.cr4 & Control.CR4_PAE) != 0) {
            wide(la);
        } else {
            narrow(la);
        }
        OptionalInt pa = new Peek(state, bus).pa(la);
        if (pa.isPresent()) {
            frame(pa.getAsInt());
        } else {
            line("", "the guest's own tables do not map it: a true fault", "");
        }
    }

    private void narrow(int la) {
        int pdeAt = (state.cr3 & -PAGE) + (la >>> 22) * 4;
        long pde = bus.read(32, pdeAt) & 0xffff_ffffL;
        boolean large = (pde & Walker.PS) != 0 && (state.cr4 & Control.CR4_PSE) != 0;
        guestEntry(String.format("PDE %03x", la >>> 22), pdeAt, pde, large ? 22 : 0);
        if ((pde & Walker.P) != 0 && !large) {
            int pteAt = (int) (pde & -PAGE) + (la >>> 12 & 0x3ff) * 4;
            guestEntry(String.format("PTE %03x", la >>> 12 & 0x3ff), pteAt, bus.read(32, pteAt) & 0xffff_ffffL, 12);
        }
    }

    private void wide(int la) {
        long pointer = state.pdpte[la >>> 30];
        line("guest", "PDPTE " + (la >>> 30) + " in its register: " + RoadText.entry(pointer, 0), "");
        if ((pointer & Walker.P) == 0) {
            return;
        }
        int pdeAt = (int) (pointer & -PAGE) + (la >>> 21 & 0x1ff) * 8;
        long pde = wideEntry(pdeAt);
        boolean large = (pde & Walker.PS) != 0;
        guestEntry(String.format("PDE %03x", la >>> 21 & 0x1ff), pdeAt, pde, large ? 21 : 0);
        if ((pde & Walker.P) != 0 && !large) {
            int pteAt = (int) (pde & -PAGE) + (la >>> 12 & 0x1ff) * 8;
            guestEntry(String.format("PTE %03x", la >>> 12 & 0x1ff), pteAt, wideEntry(pteAt), 12);
        }
    }

    private long wideEntry(int at) {
        return bus.read(32, at) & 0xffff_ffffL | (long) bus.read(32, at + 4) << 32;
    }

    private void guestEntry(String name, int at, long entry, int leafShift) {
        places.add(at);
        line("guest", String.format("%s at PA %08x: %s", name, at, RoadText.entry(entry, leafShift)), "");
        String who = writer.apply(at);
        if (!who.isEmpty()) {
            line("", "        " + who, "");
        }
    }

    // ---- the machine

    private void frame(int pa) {
        String result = String.format("PA %08x", pa);
        int page = pa & -PAGE;
        if (bus.isDevice(pa)) {
            line("", "a device answers", result);
        } else if (!bus.isRam(pa)) {
            line("", bus.direct(page, false) == SystemBus.NONE ? "nothing answers" : "ROM", result);
        } else {
            line("", "", result);
            int ma = bus.direct(page, false) + (pa & PAGE - 1);
            String kind = bus.mayMapWritable(pa) ? "a frame of its own" : "a frame shown by other pages too";
            line("frame", kind, String.format("MA %08x", ma));
        }
    }

    private void real(int la) {
        List<RoadStep> steps = machine.road(la);
        for (int i = 0; i < steps.size(); i++) {
            RoadStep step = steps.get(i);
            boolean leaf = step.name().startsWith("PTE");
            line(
                    "real",
                    String.format(
                            "%s at MA %08x: %s", step.name(), step.ma(), RoadText.entry(step.entry(), leaf ? 12 : 0)),
                    "");
            if ((step.entry() & Walker.P) == 0) {
                line("", "the next access there takes a hidden fault, if the guest's tables allow it", "");
            }
        }
    }
}

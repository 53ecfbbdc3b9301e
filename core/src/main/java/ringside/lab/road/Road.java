package ringside.lab.road;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import ringside.arch.Reg;
import ringside.machine.bus.SystemBus;
import ringside.machine.bus.SystemBus.Answer;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.FrameMap;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.WalkTrace;
import ringside.machine.paging.WalkTrace.Access;
import ringside.machine.paging.WalkTrace.Entry;
import ringside.machine.paging.Walker;
import ringside.machine.segmentation.Descriptor;
import ringside.machine.state.SegmentRegister;
import ringside.vmm.spi.RealPaging;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/**
 * How one access is translated at this moment, from the segment to machine memory. Looking changes nothing.
 *
 * @param place what is accessed
 * @param access with whose rights
 * @param segment the register; nothing for a linear address
 * @param shadow what the real segment register was loaded from, where that is not the guest's own descriptor
 * @param la the linear address
 * @param segmentFault the fault that the segment raises; empty where it lets the access pass
 * @param guest its own tables, walked as its processor would
 * @param answer what answers at the PA, where that walk leads to one
 * @param real the tables that the real processor walks; nothing where those are the guest's, and PA = MA
 * @param steps all entries that matter, each once, in the order in which they are read
 * @param region the VMM's own memory lies at the address
 */
public record Road(
        Place place,
        Access access,
        Optional<Segment> segment,
        Optional<Shadow> shadow,
        int la,
        String segmentFault,
        Tables guest,
        Optional<Answer> answer,
        Optional<Real> real,
        List<Step> steps,
        boolean region) {

    /** A segment register as it stands. */
    public record Segment(String name, int selector, int base, int limit, int rights, boolean paragraph) {}

    /** A descriptor that the VMM made from the guest's, and who wrote it last. */
    public record Shadow(int ma, Descriptor descriptor, List<String> writer) {}

    /**
     * Tables and a walk through them.
     *
     * @param root what CR3 holds
     * @param paging whether it is on
     * @param wide whether entries have 8 bytes
     * @param rights what a supervisor and a user may do at the address: {@code supervisor rwx, user ---}
     */
    public record Tables(int root, boolean paging, boolean wide, String rights, WalkTrace walk) {}

    /**
     * What the real processor does.
     *
     * @param nested whether through two dimensions
     * @param guestsOwn whether the first dimension is the guest's own tables
     */
    public record Real(Tables tables, boolean nested, boolean guestsOwn) {}

    /**
     * An entry, and who wrote it last.
     *
     * @param part of the road that it belongs to
     * @param ma where it lies in machine memory, or -1
     * @param writer in words, or empty
     */
    public record Step(Entry entry, Part part, int ma, List<String> writer) {
        /** Whether it stands in the guest's own tables. */
        public boolean ofGuest() {
            return part == Part.GUEST;
        }
    }

    /** Parts of a road. */
    public enum Part {
        /** The guest's own tables. */
        GUEST,
        /** Nested tables on the way to an entry of the guest's. */
        NESTED,
        /** Tables that the real processor walks in the place of the guest's. */
        REAL,
        /** Nested tables on the way to the page. */
        PAGE
    }

    /** The road of {@code place} with the rights of the guest's present CPL; {@code writer} says who wrote an entry, by MA. */
    public static Road of(VirtualMachine machine, Place place, IntFunction<List<String>> writer) {
        return new Survey(machine, place, writer).road();
    }

    /** MAs of the entries on the road, and the PA of each where it is the guest's. */
    public SortedMap<Integer, OptionalInt> places() {
        SortedMap<Integer, OptionalInt> places = new TreeMap<>();
        shadow.ifPresent(made -> places.put(made.ma(), OptionalInt.empty()));
        for (Step step : steps) {
            if (step.ma() >= 0) {
                places.putIfAbsent(
                        step.ma(), step.ofGuest() ? OptionalInt.of(step.entry().at()) : OptionalInt.empty());
            }
        }
        return places;
    }

    /** The fault that the guest gets: the error code of #PF; nothing where it gets none, or the segment raises another. */
    public Optional<Integer> trueFault() {
        return segmentFault.isEmpty() && guest.walk().outcome() instanceof WalkTrace.Outcome.Fault(int error)
                ? Optional.of(error)
                : Optional.empty();
    }

    /** The MA that the real processor reaches, where it reaches one. */
    public Optional<Integer> ma() {
        if (!segmentFault.isEmpty()) {
            return Optional.empty();
        }
        WalkTrace walk = real.map(Real::tables).orElse(guest).walk();
        return walk.page().map(WalkTrace.Outcome.Page::ma);
    }

    /** The whole road in words, the same bytes each time. */
    public String text() {
        return new RoadText(this).text();
    }

    /** What becomes of the access, in a sentence without a full stop. */
    public String verdict() {
        return new RoadText(this).verdict();
    }

    /** As data. */
    public Map<String, Object> json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("place", place.toString());
        map.put("access", place.kind().word());
        map.put("la", Integer.toUnsignedLong(la));
        List<Object> entries = new ArrayList<>();
        for (Step step : steps) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("part", step.part().name().toLowerCase(Locale.ROOT));
            one.put("entry", EntryText.name(step.entry()));
            one.put("at", Integer.toUnsignedLong(step.entry().at()));
            one.put("ma", step.ma() < 0 ? null : Integer.toUnsignedLong(step.ma()));
            one.put("value", EntryText.bits(step.entry()));
            one.put("writer", step.writer());
            entries.add(one);
        }
        map.put("entries", entries);
        map.put("error", trueFault().orElse(null));
        map.put("reaches", ma().map(Integer::toUnsignedLong).orElse(null));
        map.put("verdict", verdict());
        return map;
    }

    /** The whole road as a picture, SVG, the same bytes each time; {@code title} stands above it. */
    public String svg(String title) {
        return new RoadPicture(this, title).svg();
    }

    /** Finds the road. */
    private static final class Survey {
        private final VirtualMachine machine;
        private final Place place;
        private final IntFunction<List<String>> writer;
        private final Cpu state;
        private final SystemBus bus;

        Survey(VirtualMachine machine, Place place, IntFunction<List<String>> writer) {
            this.machine = machine;
            this.place = place;
            this.writer = writer;
            this.state = machine.state();
            this.bus = machine.board().bus();
        }

        Road road() {
            Optional<SegmentRegister> register =
                    place.seg() == Place.LINEAR ? Optional.empty() : Optional.of(state.segments[place.seg()]);
            int la = register.map(s -> s.base).orElse(0) + place.offset();
            Access access = place.kind().by(state.cpl == 3);
            Tables guest = tables(ownPaging(), la, access);
            Optional<Answer> answer = guest.walk().page().map(page -> bus.answer(page.pa()));
            Optional<RealPaging> paging = machine.realPaging();
            Optional<Real> real = paging.map(now -> real(now, la));
            boolean region = paging.map(RealPaging::sharesSpace).orElse(false) && VmmRegion.contains(la);
            boolean paragraph = !state.protectedMode() || state.virtual8086();
            Optional<Segment> segment =
                    register.map(s -> new Segment(place.name(), s.selector, s.base, s.limit, s.rights, paragraph));
            String fault = register.map(this::fault).orElse("");
            return new Road(
                    place,
                    access,
                    segment,
                    shadow(),
                    la,
                    fault,
                    guest,
                    answer,
                    real,
                    steps(guest.walk(), real),
                    region);
        }

        private Optional<Shadow> shadow() {
            OptionalInt at = place.seg() == Place.LINEAR ? OptionalInt.empty() : machine.realDescriptor(place.seg());
            if (at.isEmpty()) {
                return Optional.empty();
            }
            PhysicalMemory memory = machine.silicon().memory();
            int ma = at.getAsInt();
            Descriptor descriptor = new Descriptor(memory.get32(ma), memory.get32(ma + 4));
            return Optional.of(new Shadow(ma, descriptor, writer.apply(ma)));
        }

        private WalkTrace.Paging ownPaging() {
            Walker.Regime regime = new Walker.Regime(state.cr0, state.cr3, state.cr4, state.efer);
            return new WalkTrace.Paging(regime, state.pdpte, Optional.empty(), new Walker.Tables() {
                @Override
                public int read32(int pa) {
                    return switch (bus.answer(pa)) {
                        case Answer.Ram ram when ram.state() == FrameMap.State.ABSENT -> 0;
                        case Answer.Ram ram -> bus.tableEntry(pa);
                        case Answer.ReadOnly rom -> bus.tableEntry(pa);
                        case Answer.Device device -> 0;
                        case Answer.Nothing nothing -> -1;
                    };
                }

                @Override
                public void write32(int pa, int value) {
                    // a look sets no accessed bit
                }
            });
        }

        private Real real(RealPaging now, int la) {
            boolean ofGuest = now.nested() && now.paging().regime().cr3() == state.cr3 && state.paging();
            boolean walksNothing = now.nested() && now.paging().regime().cr0() >= 0;
            Tables tables = tables(now.paging(), la, place.kind().by(now.user()));
            return new Real(tables, now.nested(), ofGuest || walksNothing);
        }

        private static Tables tables(WalkTrace.Paging paging, int la, Access access) {
            Walker.Regime regime = paging.regime();
            String rights = "supervisor " + rights(paging, la, false) + ", user " + rights(paging, la, true);
            return new Tables(regime.cr3(), regime.cr0() < 0, regime.pae(), rights, WalkTrace.of(paging, la, access));
        }

        private static String rights(WalkTrace.Paging paging, int la, boolean user) {
            StringBuilder text = new StringBuilder();
            for (Place.Kind kind : Place.Kind.values()) {
                boolean may = WalkTrace.of(paging, la, kind.by(user)).page().isPresent();
                text.append(may ? "rwx".charAt(kind.ordinal()) : '-');
            }
            return text.toString();
        }

        private String fault(SegmentRegister s) {
            String raised = place.seg() == Reg.SS ? "#SS(0)" : "#GP(0)";
            boolean paragraph = !state.protectedMode() || state.virtual8086();
            if (s.unusable()) {
                return "the register is null: #GP(0)";
            }
            if (!s.covers(place.offset(), 1)) {
                return "beyond the limit: " + raised;
            }
            boolean code = (s.rights & 8) != 0;
            boolean forbidden = switch (place.kind()) {
                case READ -> !s.readable;
                case WRITE -> !s.writable;
                case FETCH -> !code;
            };
            return forbidden && !paragraph ? "the segment's type forbids it: #GP(0)" : "";
        }

        private List<Step> steps(WalkTrace guest, Optional<Real> real) {
            List<Step> steps = new ArrayList<>();
            boolean inlined = real.map(Real::guestsOwn).orElse(false);
            List<Entry> reached = inlined ? real.get().tables().walk().entries() : List.of();
            for (int i = 0; i < guest.entries().size(); i++) {
                Entry entry = guest.entries().get(i);
                if (i < reached.size()) {
                    reached.get(i).way().forEach(nested -> steps.add(step(nested, Part.NESTED, nested.ma())));
                }
                steps.add(step(entry, Part.GUEST, machineAddress(entry.at())));
            }
            real.ifPresent(there -> {
                WalkTrace walk = there.tables().walk();
                if (!there.guestsOwn()) {
                    for (Entry entry : walk.entries()) {
                        entry.way().forEach(nested -> steps.add(step(nested, Part.REAL, nested.ma())));
                        steps.add(step(entry, Part.REAL, entry.ma()));
                    }
                }
                walk.way().forEach(nested -> steps.add(step(nested, Part.PAGE, nested.ma())));
            });
            return List.copyOf(steps);
        }

        private int machineAddress(int pa) {
            return switch (bus.answer(pa)) {
                case Answer.Ram ram -> ram.ma();
                case Answer.ReadOnly rom -> rom.ma();
                default -> -1;
            };
        }

        /** Whether memory holds what the processor does: a directory pointer stays as it was loaded. */
        private boolean loaded(Entry entry, int ma) {
            return entry.table() != WalkTrace.Table.PDPTE
                    || ma < 0
                    || machine.silicon().memory().get64(ma) == entry.value();
        }

        private List<String> changed(Entry entry, int ma, List<String> lines) {
            List<String> more = new ArrayList<>(lines);
            more.add(String.format(
                    "memory holds %016x by now, which no CR3 load has read",
                    machine.silicon().memory().get64(ma)));
            return more;
        }

        private Step step(Entry entry, Part part, int ma) {
            List<String> lines = ma < 0 ? List.of() : writer.apply(ma);
            return new Step(entry, part, ma, loaded(entry, ma) ? lines : changed(entry, ma, lines));
        }
    }
}

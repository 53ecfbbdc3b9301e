package ringside.lab.road;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import ringside.machine.bus.SystemBus.Answer;
import ringside.machine.memory.FrameMap;
import ringside.machine.paging.WalkTrace;
import ringside.machine.paging.WalkTrace.Entry;
import ringside.machine.paging.WalkTrace.Outcome;
import ringside.machine.paging.WalkTrace.Table;
import ringside.machine.paging.Walker;
import ringside.machine.segmentation.Descriptor;

/** A road on a screen: a line for each entry, numbered where the real processor reads it. */
final class RoadText {
    private static final int RESULT_AT = 96, WIDTH = 100, WRITERS_AT = 48;

    private final Road road;
    private final StringJoiner text = new StringJoiner("\n", "", "\n");
    private final Set<Integer> told = new HashSet<>();
    private int references;

    RoadText(Road road) {
        this.road = road;
    }

    String text() {
        segment();
        road.shadow().ifPresent(this::shadow);
        if (road.segmentFault().isEmpty()) {
            guest();
            page();
            road.real().ifPresent(this::real);
        }
        List<String> lines = wrapped(verdict(), WIDTH);
        for (int i = 0; i < lines.size(); i++) {
            line(i == 0 ? "so" : "", lines.get(i), "");
        }
        return text.toString();
    }

    private void line(String what, String detail, String result) {
        String left = String.format("%-9s %s", what, detail);
        text.add(
                result.isEmpty()
                        ? left.stripTrailing()
                        : String.format("%-" + RESULT_AT + "s %s", left, result).stripTrailing());
    }

    /** Lines of at most {@code width} characters, as long as no word is longer. */
    static List<String> wrapped(String words, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ")) {
            if (line.length() + word.length() > width) {
                lines.add(line.toString().strip());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        lines.add(line.toString().strip());
        return lines;
    }

    private void segment() {
        line(
                "segment",
                road.segment().map(RoadText::describe).orElse("none: a linear address"),
                road.segmentFault().isEmpty() ? String.format("LA %08x", road.la()) : "");
    }

    /** What the real register holds instead. */
    private void shadow(Road.Shadow made) {
        Descriptor d = made.descriptor();
        String held = d.present()
                ? String.format("base %08x, limit %08x, %s", d.base(), d.limit(), EntryText.segment(d.rights()))
                : "not present: its first load is a hidden fault";
        line("", String.format("loaded from the shadow at MA %08x: %s", made.ma(), held), "");
        made.writer().forEach(who -> text.add(" ".repeat(WRITERS_AT) + who));
    }

    private static String describe(Road.Segment s) {
        String kind = s.paragraph() ? "by paragraphs" : EntryText.segment(s.rights());
        return String.format("%s %04x: base %08x, limit %08x, %s", s.name(), s.selector(), s.base(), s.limit(), kind);
    }

    // ---- tables

    private void guest() {
        Road.Tables tables = road.guest();
        if (!tables.paging()) {
            line("guest", "paging is off", "");
        } else {
            line("guest", describe(tables), "");
        }
        steps(Road.Part.GUEST, Road.Part.NESTED);
    }

    private boolean guestsOwn() {
        return road.real().map(Road.Real::guestsOwn).orElse(false);
    }

    private static String describe(Road.Tables tables) {
        return String.format("CR3 %08x, %s; %s", tables.root(), tables.wide() ? "PAE" : "two levels", tables.rights());
    }

    private void steps(Road.Part one, Road.Part other) {
        road.steps().stream()
                .filter(step -> step.part() == one || step.part() == other)
                .forEach(this::step);
    }

    private void step(Road.Step step) {
        Entry entry = step.entry();
        boolean inRegister = entry.table() == Table.PDPTE;
        boolean known = step.ofGuest() || entry.ma() >= 0;
        boolean reads = known && !inRegister && (!step.ofGuest() || walksGuests());
        String number = reads ? Integer.toString(++references) : "";
        String pa = step.ofGuest() || entry.at() != entry.ma() ? String.format("PA %08x", entry.at()) : "";
        String ma = step.ma() < 0 ? "" : String.format("MA %08x", step.ma());
        String held = known
                ? String.format(
                        "%-17s %-14s %s", EntryText.bits(entry), EntryText.target(entry), EntryText.flags(entry))
                : "not reached";
        String where = inRegister ? ", held by the processor" : "";
        text.add(String.format("  %3s %-15s %-12s %-12s %s%s", number, EntryText.name(entry), pa, ma, held, where)
                .stripTrailing());
        if (step.ma() >= 0 && told.add(step.ma())) {
            step.writer().forEach(who -> text.add(" ".repeat(WRITERS_AT) + who));
        }
    }

    /** Whether the real processor reads the guest's own tables where they lie. */
    private boolean walksGuests() {
        return road.real().isEmpty() || guestsOwn();
    }

    private void page() {
        if (road.answer().isEmpty()) {
            return;
        }
        int pa = road.guest().walk().page().orElseThrow().pa();
        line("page", answer(road), String.format("PA %08x", pa));
    }

    /** What answers at the PA; empty where the guest's tables lead to none. */
    static String answer(Road road) {
        return road.answer().map(RoadText::answer).orElse("");
    }

    private static String answer(Answer answer) {
        return switch (answer) {
            case Answer.Ram(FrameMap.State state, int ma) -> frame(state) + machine(ma);
            case Answer.ReadOnly(int ma) -> "ROM" + machine(ma);
            case Answer.Device(String owner) -> "a device: " + owner;
            case Answer.Nothing nothing -> "nothing answers: reads are all ones";
        };
    }

    private static String machine(int ma) {
        return ma < 0 ? "" : String.format(" at MA %08x", ma);
    }

    private static String frame(FrameMap.State state) {
        return switch (state) {
            case OWN -> "RAM, a frame of its own";
            case SHARED -> "RAM, a frame that other pages show too";
            case ABSENT -> "RAM without a frame yet: zeros";
            case STORED -> "RAM whose frame was taken away: kept by the VMM";
        };
    }

    private void real(Road.Real real) {
        if (real.guestsOwn()) {
            if (!real.tables().walk().way().isEmpty()) {
                line("nested", real.tables().rights(), "");
            }
        } else {
            line("real", describe(real.tables()), "");
        }
        steps(Road.Part.REAL, Road.Part.PAGE);
    }

    // ---- what comes of it

    /** What becomes of the access, without a full stop. */
    String verdict() {
        String access = EntryText.access(road.access()).replaceFirst("^a ", "");
        String who = "the " + access + " ";
        if (!road.segmentFault().isEmpty()) {
            return who + "ends at the segment, " + road.segmentFault();
        }
        WalkTrace walk = road.guest().walk();
        if (road.region()) {
            String then = EntryText.end(walk)
                    .map(end -> ", which ends in the guest's own " + fault(walk) + ": " + end)
                    .orElse("");
            return who + "meets the VMM's region: the real segments end before it, and the VMM carries it out" + then;
        }
        if (walk.outcome() instanceof Outcome.Fault(int error)) {
            return who + "is a true fault, " + EntryText.fault(error) + ": "
                    + EntryText.end(walk).orElseThrow();
        }
        return road.real().isEmpty()
                ? who + bare() + cost(walk)
                : who + real(road.real().get(), walk);
    }

    private static String fault(WalkTrace walk) {
        return walk.outcome() instanceof Outcome.Fault(int error) ? EntryText.fault(error) : "fault";
    }

    private String bare() {
        return switch (road.answer().orElseThrow()) {
            case Answer.Ram(FrameMap.State state, int ma) -> String.format("reaches MA %08x", ma);
            case Answer.ReadOnly(int ma) ->
                road.access().write() ? "is lost: ROM" : String.format("reaches MA %08x", ma);
            case Answer.Device(String owner) -> "reaches the device";
            case Answer.Nothing nothing -> road.access().write() ? "is lost" : "gives all ones";
        };
    }

    private String real(Road.Real real, WalkTrace guest) {
        WalkTrace walk = real.tables().walk();
        Optional<String> end = EntryText.end(walk);
        String hidden = switch (walk.outcome()) {
            case Outcome.Page(int pa, int ma) -> "";
            case Outcome.Fault(int error) -> "the VMM's " + EntryText.fault(error);
            case Outcome.Violation(int pa, int access, int allowed) -> "a violation of the nested tables";
            case Outcome.Misconfiguration(int pa) -> "a misconfiguration of the nested tables";
        };
        if (end.isEmpty()) {
            int ma = walk.page().orElseThrow().ma();
            return String.format("reaches MA %08x", ma) + stale(ma) + cost(walk);
        }
        return "is hidden from the guest: " + hidden + ", as " + end.get() + "; " + then(guest);
    }

    private static String cost(WalkTrace walk) {
        return walk.references() == 0 ? "" : "; a TLB miss costs " + walk.references() + " references";
    }

    /** The real tables lead elsewhere than the guest's do now: it has not flushed, or a write there would part the frame. */
    private String stale(int ma) {
        boolean elsewhere =
                road.answer().orElseThrow() instanceof Answer.Ram(FrameMap.State state, int now) && now != ma;
        return elsewhere ? ", where the guest's tables led before it changed them without a flush" : "";
    }

    private String then(WalkTrace guest) {
        return switch (road.answer().orElseThrow()) {
            case Answer.Ram ram
            when road.access().write() && !guest.entries().isEmpty() && clean(guest) ->
                "the VMM sets the dirty bit and maps the page writable";
            case Answer.Ram ram
            when road.access().write() && mapped() ->
                "the page is watched or shared: the VMM emulates the write or parts the frame";
            case Answer.Ram ram -> "the VMM maps it";
            case Answer.ReadOnly rom -> road.access().write() ? "the write is lost in ROM" : "the VMM maps the ROM";
            case Answer.Device device -> "the VMM asks the model of the device";
            case Answer.Nothing nothing -> "the VMM emulates an access that nothing answers";
        };
    }

    private static boolean clean(WalkTrace guest) {
        return (guest.entries().getLast().value() & Walker.D) == 0;
    }

    /** The real tables map the page, and only forbid this access. */
    private boolean mapped() {
        List<Entry> entries = road.real().orElseThrow().tables().walk().entries();
        List<Entry> way = road.real().orElseThrow().tables().walk().way();
        Entry last = way.isEmpty() && !entries.isEmpty() ? entries.getLast() : way.isEmpty() ? null : way.getLast();
        return last != null && EntryText.present(last);
    }
}

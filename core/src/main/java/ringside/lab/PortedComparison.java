package ringside.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import ringside.arch.Reg;
import ringside.guest.Checkpoint;
import ringside.isa.Disassembler;
import ringside.isa.Operand;
import ringside.machine.board.Board;
import ringside.machine.cpu.Cpu;

/**
 * Compares a guest with its own ported form, whose code is another: what its checkpoints saw, its requests to devices, its
 * consoles, how it ended, and the registers and memory of ring 3.
 *
 * <p>Addresses of kernel code, instruction counts, the RPL of the kernel's selectors, and the ports of controllers and
 * timer, which belong to the VMM, are outside.
 */
final class PortedComparison {
    private static final String NO_RULE =
            "the two forms of the guest do not do the same, and nothing privileged was tried"
                    + " past the operations: a defect of Ringside, or code that only one of them has";
    private static final int PRESENT_USER = 5, LARGE = 0x80, PAGING = 1 << 31;

    private final Recording a;
    private final Recording b;

    private final RawSensitive raw;

    private PortedComparison(ExperimentSpec experiment, Recording reference, Recording ported) {
        this.raw = new RawSensitive(experiment);
        this.a = reference;
        this.b = ported;
    }

    /** The first thing in which they differ, or nothing. */
    static Optional<Divergence> of(ExperimentSpec experiment, Recording reference, Recording ported) {
        PortedComparison comparison = new PortedComparison(experiment, reference, ported);
        return Optional.ofNullable(comparison.first()).map(comparison::divergence);
    }

    /** @param number the instructions of the ported form until then */
    private record Seen(String checkpoint, String where, String reference, String observed, long number) {}

    private Seen seen(String where, String reference, String observed) {
        return new Seen("", where, reference, observed, b.machine.retired());
    }

    /** What the ported kernel tried of what only ring 0 may, or used of what is sensitive, explains it; else nothing does. */
    private Divergence divergence(Seen seen) {
        Optional<RawSensitive.Found> found =
                b.machine.notes().isEmpty() ? raw.before(a, b, seen.number) : Optional.empty();
        return found.map(one -> byInstruction(seen, one)).orElseGet(() -> byNotes(seen));
    }

    private static Divergence byInstruction(Seen seen, RawSensitive.Found found) {
        return new Divergence(
                seen.checkpoint,
                Divergence.TWO_FORMS,
                found.la(),
                found.bytes(),
                Disassembler.text(found.insn(), found.eip()),
                Rule.word(found.insn()).toUpperCase(Locale.ROOT),
                found.line().toString(),
                List.of(),
                found.why(),
                found.rule().source(),
                true,
                seen.where,
                Math.max(0, seen.number - found.number()),
                seen.reference,
                seen.observed,
                List.of(),
                Optional.empty());
    }

    private Divergence byNotes(Seen seen) {
        List<String> notes = b.machine.notes();
        boolean explained = !notes.isEmpty();
        return new Divergence(
                seen.checkpoint,
                Divergence.TWO_FORMS,
                0,
                "",
                "",
                "",
                "",
                List.of(),
                explained ? String.join("; ", notes) : NO_RULE,
                explained ? "package documentation of ringside.vmm.mode.paravirtual" : "",
                explained,
                seen.where,
                0,
                seen.reference,
                seen.observed,
                List.of(),
                Optional.empty());
    }

    /**
     * Whether the budget ended a run before the forms could be compared to their end: all that both came to is alike, and
     * the rest nobody knows.
     */
    static boolean cutShort(ExperimentSpec experiment, Recording reference, Recording ported) {
        PortedComparison comparison = new PortedComparison(experiment, reference, ported);
        return comparison.cut() && comparison.first() == null;
    }

    /** A kernel that tried what only ring 0 may is known to be lost: no budget would be enough. */
    private boolean cut() {
        boolean budget = a.stopped.equals("budget") || b.stopped.equals("budget");
        return budget && b.machine.notes().isEmpty();
    }

    /** A run that was cut short is compared as far as it came: its final state is not the other's. */
    private Seen first() {
        Seen seen = checkpoints();
        seen = seen == null ? ports() : seen;
        if (cut()) {
            return seen;
        }
        seen = seen == null ? ending() : seen;
        return seen == null ? ring3() : seen;
    }

    // ---- checkpoints

    private Seen checkpoints() {
        int both = Math.min(a.observations.size(), b.observations.size());
        for (int i = 0; i < both; i++) {
            Observation x = a.observations.get(i);
            Observation y = b.observations.get(i);
            if (!x.checkpoint().equals(y.checkpoint())) {
                return new Seen(
                        x.checkpoint(), "in the order of checkpoints", x.checkpoint(), y.checkpoint(), y.retired());
            }
            for (int k = 0; k < x.values().size(); k++) {
                String left = value(x, k, a);
                String right = value(y, k, b);
                if (!left.equals(right)) {
                    return new Seen(x.checkpoint(), "at checkpoint '" + x.checkpoint() + "'", left, right, y.retired());
                }
            }
        }
        if (a.observations.size() == b.observations.size() || cut()) {
            return null;
        }
        boolean missing = a.observations.size() > both;
        String only = (missing ? a : b).observations.get(both).checkpoint();
        String never = "never reached";
        return new Seen(
                only,
                "at checkpoint '" + only + "'",
                missing ? only : never,
                missing ? never : only,
                b.machine.retired());
    }

    /** A value as seen; of a selector without its RPL, which is the kernel's ring. */
    private static String value(Observation observation, int index, Recording of) {
        Observation.Seen seen = observation.values().get(index);
        boolean selector = of.image.checkpoints().stream()
                .filter(c -> c.la() == observation.la() && c.name().equals(observation.checkpoint()))
                .map(Checkpoint::values)
                .anyMatch(values -> index < values.size() && values.get(index).operand() instanceof Operand.Seg);
        return selector ? String.format("%04x", Integer.parseInt(seen.hex(), 16) & ~3) : seen.hex();
    }

    // ---- devices

    /** The 8259 pair, its levels, and the 8254. */
    private static boolean isController(int port) {
        return (port & ~0x81) == 0x20 || (port & ~1) == 0x4d0 || port >= 0x40 && port <= 0x43;
    }

    private static List<Recording.PortAccess> requests(Recording recording) {
        return recording.ports.stream()
                .filter(access -> !isController(access.port()))
                .toList();
    }

    private Seen ports() {
        List<Recording.PortAccess> x = requests(a);
        List<Recording.PortAccess> y = requests(b);
        int most = cut() ? Math.min(x.size(), y.size()) : Math.max(x.size(), y.size());
        for (int i = 0; i < most; i++) {
            String left = i < x.size() ? x.get(i).toString() : "none";
            String right = i < y.size() ? y.get(i).toString() : "none";
            if (!left.equals(right)) {
                return seen("in request " + (i + 1) + " to a device", left, right);
            }
        }
        return null;
    }

    private Seen ending() {
        Map<String, String> left = a.consoles();
        Map<String, String> right = b.consoles();
        if (!left.equals(right)) {
            return seen("on the console", left.toString(), right.toString());
        }
        return a.stopped.equals(b.stopped) && a.exitCode == b.exitCode
                ? null
                : seen("in how the run ends", a.stopped, b.stopped);
    }

    // ---- ring 3

    private Seen ring3() {
        Cpu x = a.machine.state();
        Cpu y = b.machine.state();
        if ((x.cpl == 3) != (y.cpl == 3)) {
            return seen("in the final ring", "ring " + x.cpl, "ring " + y.cpl);
        }
        if (x.cpl == 3) {
            for (int i = 0; i < 8; i++) {
                if (x.r[i] != y.r[i]) {
                    return different("in the final state, " + Reg.NAMES32[i], x.r[i], y.r[i]);
                }
            }
            if (x.eip != y.eip) {
                return different("in the final state, eip", x.eip, y.eip);
            }
        }
        return (x.cr0 & PAGING) == 0 || (y.cr0 & PAGING) == 0 ? null : userMemory(x, y);
    }

    private Seen userMemory(Cpu x, Cpu y) {
        Board left = a.machine.board();
        Board right = b.machine.board();
        for (int va : userPages(x, left)) {
            int from = page(x, left, va);
            int to = page(y, right, va);
            if (to == -1) {
                return seen(String.format("in the page of ring 3 at %08x", va), "mapped", "not mapped");
            }
            for (int offset = 0; offset < 0x1000; offset += 4) {
                int one = left.bus().read(32, from + offset);
                int other = right.bus().read(32, to + offset);
                if (one != other) {
                    return different(String.format("in memory of ring 3 at %08x", va + offset), one, other);
                }
            }
        }
        return null;
    }

    private Seen different(String where, int x, int y) {
        return seen(where, String.format("%08x", x), String.format("%08x", y));
    }

    /** The pages that ring 3 may use, by the guest's own tables. */
    private static List<Integer> userPages(Cpu cpu, Board board) {
        List<Integer> pages = new ArrayList<>();
        for (int directory = 0; directory < 1024; directory++) {
            if (isTable(entry(board, cpu.cr3, directory))) {
                for (int table = 0; table < 1024; table++) {
                    int va = directory << 22 | table << 12;
                    if (page(cpu, board, va) != -1) {
                        pages.add(va);
                    }
                }
            }
        }
        return pages;
    }

    private static int entry(Board board, int table, int index) {
        return board.bus().tableEntry((table & -0x1000) + index * 4);
    }

    private static boolean isTable(int entry) {
        return (entry & PRESENT_USER) == PRESENT_USER && (entry & LARGE) == 0;
    }

    /** The RAM page behind a VA of ring 3, or -1. */
    private static int page(Cpu cpu, Board board, int va) {
        int directory = entry(board, cpu.cr3, va >>> 22);
        if (!isTable(directory)) {
            return -1;
        }
        int entry = entry(board, directory, va >>> 12 & 0x3ff);
        boolean mapped = (entry & PRESENT_USER) == PRESENT_USER && board.holds(entry & -0x1000, 0x1000);
        return mapped ? entry & -0x1000 : -1;
    }
}

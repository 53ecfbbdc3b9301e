package ringside.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.engine.Engines;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.guest.SourceLine;
import ringside.lab.ExperimentSpec;
import ringside.lab.Explanation;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.lab.road.Place;
import ringside.machine.board.Board;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.paging.Peek;

/** What the interactive shell works on: one guest on one bare machine. No terminal, no text but what it answers. */
final class Session {
    /** Instructions after which {@code run} comes back when nothing else stops it. */
    static final long BUDGET = 100_000_000;

    private final CpuModel model;
    private final int ramBytes;
    private final TreeSet<Integer> breakpoints = new TreeSet<>(Integer::compareUnsigned);
    private GuestImage image;
    private SortedMap<Integer, String> labels;
    private Board board;
    private Engine engine;
    private Peek peek;

    Session(CpuModel model, int ramBytes) {
        this.model = model;
        this.ramBytes = ramBytes;
    }

    int ramBytes() {
        return ramBytes;
    }

    // ---- what is loaded

    /** Builds a fresh machine and puts {@code guest} into it, ready to execute its first instruction. */
    void load(GuestImage guest) {
        Board fresh = new Board(model, DeviceSettings.of(ramBytes));
        guest.load(fresh);
        fresh.enter(guest.entry());
        board = fresh;
        image = guest;
        engine = Engines.named(Engines.names().getFirst());
        peek = new Peek(fresh.cpu(), fresh.bus());
        labels = new TreeMap<>(Integer::compareUnsigned);
        guest.symbols().forEach((name, la) -> labels.putIfAbsent(la, name));
        breakpoints.forEach(fresh.cpu()::probe);
    }

    /** Starts the loaded guest again on a fresh machine; breakpoints stay. */
    void reset() {
        loaded();
        load(image);
    }

    boolean isLoaded() {
        return board != null;
    }

    private Board loaded() {
        if (board == null) {
            throw new RingsideException("no guest is loaded", "", "load one: load scripts/popf.groovy");
        }
        return board;
    }

    Cpu cpu() {
        return loaded().cpu();
    }

    /** Names that an address can be written with. */
    List<String> symbols() {
        return image == null ? List.of() : List.copyOf(image.symbols().keySet());
    }

    // ---- running

    /** Executes {@code count} instructions at most; says why it stopped if it did not execute them all. */
    String step(long count) {
        Stop stop = engine(count);
        return (stop instanceof Stop.Budget ? "" : describe(stop, count) + "\n") + here();
    }

    /** Runs until something stops the guest, at most {@code budget} instructions. */
    String run(long budget) {
        long before = cpu().retired;
        Stop stop = engine(budget);
        String count = cpu().retired - before + " instructions";
        return describe(stop, budget) + ", after " + count + "\n" + here();
    }

    private Stop engine(long count) {
        Cpu cpu = cpu();
        return engine.run(cpu, count);
    }

    private static String describe(Stop stop, long budget) {
        return switch (stop) {
            case Stop.Budget all -> "stopped: the budget of " + budget + " instructions is used up";
            case Stop.Halted halted -> "stopped: halt, and nothing could wake the processor";
            case Stop.Shutdown shutdown -> "stopped: triple fault, the processor is in shutdown";
            case Stop.Probe probe -> String.format("stopped: breakpoint at %08x", probe.la());
            case Stop.VmmEntry entry -> "stopped: at door " + entry.vector() + " of a VMM";
            case Stop.VmExit exit -> "stopped: VM exit " + exit.reason();
            case Stop.Requested asked -> "stopped: " + asked.reason() + " (" + asked.code() + ")";
        };
    }

    /** Stops {@link #run} each time {@code la} is about to execute; a second call takes it away. */
    String toggleBreakpoint(int la) {
        Cpu cpu = cpu();
        if (breakpoints.remove(la)) {
            cpu.removeProbe(la);
            return String.format("no breakpoint at %08x any more%n", la);
        }
        breakpoints.add(la);
        cpu.probe(la);
        return String.format("breakpoint at %08x%n", la);
    }

    /** All breakpoints, one a line. */
    String breakpoints() {
        StringBuilder text = new StringBuilder();
        breakpoints.forEach(la -> text.append(String.format("%08x", la))
                .append(labels == null || !labels.containsKey(la) ? "" : "  " + labels.get(la))
                .append('\n'));
        return text.isEmpty() ? "no breakpoints\n" : text.toString();
    }

    // ---- looking

    /** The instruction to execute next. */
    String here() {
        return disassemble(cpu().pc(), 1);
    }

    String registers() {
        return RegisterView.text(cpu());
    }

    String memory(int la, int length) {
        loaded();
        return new MemoryView(peek).bytes(la, length);
    }

    /** Instructions from {@code la} on, read as the current code segment would. */
    String disassemble(int la, int count) {
        Cpu cpu = cpu();
        return new MemoryView(peek)
                .code(
                        la,
                        cpu.cs().base,
                        cpu.cs().big ? 32 : 16,
                        count,
                        at -> Optional.ofNullable(labels.get(at)),
                        at -> image.lineAt(at).map(SourceLine::toString));
    }

    /**
     * The loaded guest as it stands after as many instructions, run anew under a setting: every run repeats.
     *
     * @param setting bare for the machine of this session
     */
    private Explanation explanation(Setting setting) {
        long retired = cpu().retired;
        ServerSpec server = new ServerSpec(model.year(), model, ramBytes >>> 20, 1);
        return Explanation.of(ExperimentSpec.of(image, server), setting, new Explanation.Until.After(retired));
    }

    /** The road of an address, which is linear unless a segment register stands in front. */
    String explain(String address, Setting setting) {
        Place.Kind read = Place.Kind.READ;
        loaded();
        Place place = address.contains(":")
                ? Place.of(address, image.symbols(), read)
                : new Place(Place.LINEAR, address(address), read);
        return explanation(setting).text(place);
    }

    /** Where exits and hidden faults came from under a setting. */
    String heat(Setting setting) {
        Explanation explanation = explanation(setting);
        return explanation.heading("heat")
                + explanation
                        .heat()
                        .orElseThrow(() -> new RingsideException(
                                "the bare machine has no heat map", "", "name a mode: heat hardware"))
                        .text();
    }

    /** What the guest has sent to its consoles, by console. */
    String console() {
        StringBuilder text = new StringBuilder();
        loaded().platform().consoles().forEach((name, console) -> {
            if (!console.text().isEmpty()) {
                text.append("--- ").append(name).append('\n').append(console.text());
                text.append(console.text().endsWith("\n") ? "" : "\n");
            }
        });
        return text.isEmpty() ? "nothing was sent\n" : text.toString();
    }

    // ---- addresses

    /** A linear address as written: hexadecimal, a symbol, a 32-bit register or eip, and sums of them with + and -. */
    int address(String written) {
        int sum = 0;
        for (String part : terms(written)) {
            boolean minus = part.startsWith("-");
            int value = term(minus || part.startsWith("+") ? part.substring(1) : part, written);
            sum += minus ? -value : value;
        }
        return sum;
    }

    private static List<String> terms(String written) {
        List<String> parts = new ArrayList<>(List.of(written.split("(?=[+-])")));
        parts.removeIf(String::isBlank);
        return parts;
    }

    private int term(String word, String whole) {
        if (word.equals("eip")) {
            return cpu().pc();
        }
        List<String> registers = List.of(Reg.NAMES32);
        if (registers.contains(word)) {
            return cpu().r[registers.indexOf(word)];
        }
        Map<String, Integer> symbols = image == null ? Map.of() : image.symbols();
        if (symbols.containsKey(word)) {
            return symbols.get(word);
        }
        try {
            return Integer.parseUnsignedInt(word.replaceFirst("^0[xX]", ""), 16);
        } catch (NumberFormatException e) {
            throw new RingsideException(
                    "'" + whole + "' is no address", "", "write hex digits, a label, a register or a sum: esp+8", e);
        }
    }
}

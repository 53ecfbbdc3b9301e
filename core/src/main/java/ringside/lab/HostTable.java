package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import ringside.host.Clocks;
import ringside.host.Scheduler;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.MachineMemory;

/** Lays out what several virtual machines came to: a line for each, what their checkpoints saw, what was expected. */
final class HostTable {
    private static final int MOST_ARRIVALS = 12, MOST_LINES = 12;
    private static final double TICKS_PER_MILLISECOND = 100_000;

    private static final Map<String, Function<HostResult.Vm, String>> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put("stopped", vm -> vm.stopped() + (vm.exitCode() == 0 ? "" : " " + vm.exitCode()));
        COLUMNS.put("run", vm -> milliseconds(vm.account().run()));
        COLUMNS.put("steal", vm -> milliseconds(vm.account().steal()));
        COLUMNS.put("idle", vm -> milliseconds(vm.account().idle()));
        COLUMNS.put("turns", vm -> Long.toString(vm.account().turns()));
        COLUMNS.put("switches", vm -> Long.toString(vm.account().switches()));
        COLUMNS.put("exits", vm -> Long.toString(vm.account().exits()));
        COLUMNS.put("hypercalls", vm -> Long.toString(vm.account().hypercalls()));
        COLUMNS.put("instructions", vm -> Long.toString(vm.instructions()));
        COLUMNS.put("memory", HostTable::memory);
        for (String count : List.of("requests", "bytesCopied", "deviceInterrupts", "injectedFaults")) {
            COLUMNS.put(count, vm -> Long.toString(vm.counters().getOrDefault(count, 0L)));
        }
        for (String ticks : List.of("throttledTicks", "queueTicks", "serviceTicks")) {
            COLUMNS.put(ticks, vm -> milliseconds(vm.counters().getOrDefault(ticks, 0L)));
        }
        COLUMNS.put("swapped", HostTable::swapped);
        COLUMNS.put("weight", vm -> Integer.toString(vm.vm().weight()));
    }

    /** Columns that begin with a number and are none. */
    private static final List<String> TEXTS = List.of("memory", "swapped");

    /** Shown where a script asks for nothing else. */
    private static final List<String> USUAL = List.of("run", "steal", "idle", "exits");

    private final HostResult result;
    private final HostSpec spec;
    private final Screen screen = new Screen();

    HostTable(HostResult result) {
        this.result = result;
        this.spec = result.spec();
    }

    /** The columns that a script can ask for by name. */
    static List<String> columnNames() {
        return List.copyOf(COLUMNS.keySet());
    }

    private static String milliseconds(long ticks) {
        return String.format(Locale.ROOT, "%.3f ms", ticks / TICKS_PER_MILLISECOND);
    }

    private static String memory(HostResult.Vm vm) {
        return vm.memory().map(HostTable::pages).orElse("all its own");
    }

    private static String pages(GuestFrames.Census census) {
        List<String> parts = new ArrayList<>(List.of(census.own() + " own"));
        if (census.shared() > 0) {
            parts.add(census.shared() + " shared");
        }
        if (census.stored() > 0) {
            parts.add(census.stored() + " swapped");
        }
        if (census.absent() > 0) {
            parts.add(census.absent() + " absent");
        }
        return String.join(", ", parts);
    }

    private static String swapped(HostResult.Vm vm) {
        return vm.memory()
                .map(census -> census.reclaimed() + " out, " + census.broughtBack() + " in")
                .orElse("none");
    }

    String render() {
        screen.line(Screen.apart(spec.title(), spec.server().title(), 51));
        screen.paragraph("  ", circumstances());
        screen.line("");
        table();
        for (HostResult.Vm vm : result.vms()) {
            seen(vm);
        }
        if (!spec.memoryWork().isEmpty() || spec.machineMib() > 0) {
            screen.line("");
            screen.line("  machine memory: " + memory());
            memoryEvents();
        }
        if (!result.networks().isEmpty()) {
            screen.line("");
        }
        for (HostResult.Network network : result.networks()) {
            String lost = network.lost() > 0 ? ", " + network.lost() + " of them lost" : "";
            screen.line("  network " + network.name() + ": " + network.frames() + " frames of " + network.bytes()
                    + " bytes" + lost);
        }
        if (!result.held().isEmpty()) {
            screen.line("");
        }
        for (HostResult.Held held : result.held()) {
            screen.line("expect  " + (held.held() ? "[held]  " : "[FAILED]  ")
                    + held.expectation().text());
            if (!held.held()) {
                screen.paragraph("        ", held.instead());
            }
        }
        return screen.text();
    }

    private String memory() {
        int promised = spec.vms().stream().mapToInt(HostSpec.Vm::ramMib).sum();
        List<String> facts = new ArrayList<>();
        facts.add((spec.machineMib() > 0 ? spec.machineMib() + " MiB for " : "") + promised + " MiB that guests have");
        facts.add(result.memory().free() + " frames free");
        facts.add(result.memory().merged() + " pages merged");
        facts.add(result.memory().parted() + " parted again");
        return String.join(", ", facts);
    }

    private String circumstances() {
        HostSpec.Scheduling scheduling = spec.scheduling();
        List<String> facts = new ArrayList<>();
        facts.add(scheduling.processors() == 1 ? "1 processor" : scheduling.processors() + " processors");
        facts.add(result.scheduler());
        if (scheduling.switchTicks() > 0) {
            facts.add("a world switch takes " + Scheduler.time(scheduling.switchTicks()));
        }
        if (scheduling.clocks() == Clocks.OWN) {
            facts.add("steal is hidden from the guests");
        }
        spec.memoryWork().forEach(work -> text(work).ifPresent(facts::add));
        facts.add("machine time " + milliseconds(result.machineTime()));
        facts.add("processors unused for " + milliseconds(result.unused()));
        return String.join(" · ", facts);
    }

    // ---- the table

    private void table() {
        Set<String> names = new LinkedHashSet<>(List.of("stopped"));
        names.addAll(spec.columns().isEmpty() ? USUAL : spec.columns());
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("VM", "under"));
        head.addAll(names);
        lines.add(head);
        for (HostResult.Vm vm : result.vms()) {
            List<String> line =
                    new ArrayList<>(List.of(vm.vm().name(), vm.vm().setting().label()));
            names.forEach(name -> line.add(COLUMNS.get(name).apply(vm)));
            lines.add(line);
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder("  ");
            for (int column = 0; column < line.size(); column++) {
                text.append(cell(lines, line, column));
            }
            screen.line(text.toString());
        }
    }

    private static String cell(List<List<String>> lines, List<String> line, int column) {
        int width =
                lines.stream().mapToInt(one -> one.get(column).length()).max().orElse(0);
        String text = line.get(column);
        boolean number = lines.getLast().get(column).matches("\\d.*")
                && !TEXTS.contains(lines.getFirst().get(column));
        String filled = " ".repeat(width - text.length());
        return (number ? filled + text : text + filled) + "  ";
    }

    // ---- the memory of all

    private static Optional<String> text(HostSpec.MemoryWork work) {
        return switch (work) {
            case HostSpec.MemoryWork.Share share ->
                Optional.of("equal pages shared every " + Scheduler.time(share.period()));
            case HostSpec.MemoryWork.Reclaim reclaim ->
                Optional.of(reclaim.frames() + " frames freed every " + Scheduler.time(reclaim.period()));
            case HostSpec.MemoryWork.Take take -> Optional.empty(); // shown when it was done
        };
    }

    private void memoryEvents() {
        if (result.memory().events().isEmpty()) {
            return;
        }
        screen.line(Screen.pad("  in frames of 4 KiB", 54) + " in use  shared  saved MiB  of zeros  parted");
        for (HostResult.MemoryEvent event : result.memory().events()) {
            MachineMemory.Standing now = event.standing();
            String what = String.format("%12s   %s", milliseconds(event.tick()), event.what());
            screen.line(String.format(
                    Locale.ROOT,
                    "%-54s%7d%8d%11.1f%10.1f%8d",
                    what,
                    now.inUse(),
                    now.shown(),
                    MachineMemory.Standing.mib(now.saved()),
                    MachineMemory.Standing.mib(now.zeros()),
                    now.copies()));
        }
    }

    // ---- what was seen

    private void seen(HostResult.Vm vm) {
        List<String> lines = new ArrayList<>();
        List<ExperimentResult.Arrival> arrivals = vm.checkpoints();
        for (ExperimentResult.Arrival arrival : arrivals.subList(0, Math.min(MOST_ARRIVALS, arrivals.size()))) {
            String values = arrival.values().entrySet().stream()
                    .map(value -> value.getKey() + " " + value.getValue())
                    .collect(Collectors.joining(", "));
            lines.add("checkpoint '" + arrival.checkpoint() + "'" + (arrival.visit() > 1 ? " #" + arrival.visit() : "")
                    + "  " + values);
        }
        if (arrivals.size() > MOST_ARRIVALS) {
            lines.add("and " + (arrivals.size() - MOST_ARRIVALS) + " more arrivals");
        }
        vm.consoles().forEach((name, text) -> lines.addAll(console(name, text)));
        vm.control().ifPresent(control -> control.losses().forEach(loss -> lines.add("NOT CONTROLLED: " + loss)));
        if (!lines.isEmpty()) {
            screen.line("");
            screen.line("  " + vm.vm().name());
            lines.forEach(line -> screen.paragraph("    ", line));
        }
    }

    /** The beginning of what a console got; what is no text as dots. */
    private static List<String> console(String name, String text) {
        String label = name + "  ";
        int width = Screen.WIDTH - label.length() - 4;
        List<String> lines = text.lines().limit(MOST_LINES).toList();
        List<String> shown = new ArrayList<>();
        for (String line : lines) {
            String part = line.substring(0, Math.min(width, line.length()));
            shown.add(label + part.replaceAll("[^ -~]", "."));
        }
        int told = lines.stream()
                .mapToInt(line -> Math.min(width, line.length()) + 1)
                .sum();
        if (told < text.length()) {
            shown.add(label + "... and " + (text.length() - told) + " characters more");
        }
        return shown;
    }
}

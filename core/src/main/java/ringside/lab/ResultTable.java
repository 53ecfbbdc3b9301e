package ringside.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import ringside.guest.Checkpoint;

/** Lays a result out for a screen of 100 columns: settings side by side, then differences, then expectations. */
final class ResultTable {
    private static final int LABEL = 31, COLUMN = 20;
    private static final int COLUMNS_PER_BLOCK = 3;
    /** The row that lists every instruction to blame, not the first alone. */
    private static final String CULPRITS = "culprits";

    /** The row that shows what the modelled cycles are made of. */
    private static final String BILL = "bill";

    /** The row that shows the tables of the IOMMU. */
    private static final String DOMAINS = "domains";

    private static final Map<String, String> ROW_LABELS = new LinkedHashMap<>();

    private static final String HYPERCALLS = "hypercalls", HYPERCALL = "HYPERCALL ";

    /** Rows that show a verdict. */
    private static final String CONTROLLED = "controlled", EFFICIENT = "efficient";

    static {
        ROW_LABELS.put("direct", "executed directly");
        ROW_LABELS.put("emulated", "emulated");
        ROW_LABELS.put("hiddenFaults", "hidden faults");
        ROW_LABELS.put("trueFaults", "true faults");
        ROW_LABELS.put("traceFaults", "trace faults");
        ROW_LABELS.put("shadowFills", "shadow fills");
        ROW_LABELS.put("references", "references by fault");
        ROW_LABELS.put("tlbReferences", "TLB references");
        ROW_LABELS.put("tlbHits", "TLB hits");
        ROW_LABELS.put("tlbMisses", "TLB misses");
        ROW_LABELS.put("walkReferences", "references of walks");
        TranslationRows.LABELS.forEach(ROW_LABELS::put);
        ROW_LABELS.put(HYPERCALLS, "hypercalls");
        ROW_LABELS.put("batched", "calls in batches");
        ROW_LABELS.put("refused", "calls refused");
        ROW_LABELS.put("upcalls", "upcalls");
        ROW_LABELS.put("requests", "requests to devices");
        ROW_LABELS.put("requestBytes", "bytes of requests");
        ROW_LABELS.put("bytesCopied", "bytes copied");
        ROW_LABELS.put("notifications", "notifications");
        ROW_LABELS.put("deviceInterrupts", "interrupts of devices");
        ROW_LABELS.put("throttledTicks", "ticks held back by limits");
        ROW_LABELS.put("queueTicks", "ticks waited in queues");
        ROW_LABELS.put("serviceTicks", "ticks served");
        ROW_LABELS.put("injectedFaults", "injected faults");
        ROW_LABELS.put("misuses", "misuses of devices");
        ROW_LABELS.put("directPorts", "ports used directly");
        ROW_LABELS.put("iotlbHits", "IOTLB hits");
        ROW_LABELS.put("iotlbMisses", "IOTLB misses");
        ROW_LABELS.put("iommuReferences", "references of the IOMMU");
        ROW_LABELS.put("dmaFaults", "DMA faults");
        ROW_LABELS.put("cycles", "cycles (modelled)");
    }

    private final ExperimentResult result;
    private final Screen screen = new Screen();

    ResultTable(ExperimentResult result) {
        this.result = result;
    }

    /** The rows that a script can ask for by name: those always shown, then the others. */
    static List<String> rowNames() {
        List<String> names =
                new ArrayList<>(List.of("instructions", "exits", CULPRITS, CONTROLLED, EFFICIENT, BILL, DOMAINS));
        names.addAll(ROW_LABELS.keySet());
        return names;
    }

    /** Counters with the words that a table has for them. */
    static Map<String, String> counterLabels() {
        return Collections.unmodifiableMap(ROW_LABELS);
    }

    String render() {
        String server = result.spec().server().title();
        screen.line(Screen.apart(result.spec().title(), server, LABEL + COLUMN));
        List<ExperimentResult.Run> runs = result.runs();
        for (int from = 0; from < runs.size(); from += COLUMNS_PER_BLOCK) {
            screen.line("");
            block(runs.subList(from, Math.min(runs.size(), from + COLUMNS_PER_BLOCK)));
        }
        smallPagesOnly(runs);
        boolean all = result.spec().rows().contains(CULPRITS);
        new DivergenceText(screen, all).of(runs);
        reports(runs);
        if (result.spec().rows().contains(DOMAINS)) {
            domains(runs);
        }
        if (result.spec().rows().contains(BILL)) {
            bill();
        }
        if (!result.held().isEmpty()) {
            screen.line("");
        }
        for (ExperimentResult.Held held : result.held()) {
            screen.line("expect  " + (held.held() ? "[held]  " : "[FAILED]  ")
                    + held.expectation().text());
        }
        return screen.text();
    }

    /** A setting that asks for large pages of a machine whose frames are scattered is told so. */
    private void smallPagesOnly(List<ExperimentResult.Run> runs) {
        List<String> asking = runs.stream()
                .map(ExperimentResult.Run::setting)
                .filter(setting -> "large".equals(setting.options().get("pages")))
                .map(Setting::label)
                .toList();
        if (!asking.isEmpty() && !result.spec().server().memory().frames().inOnePiece()) {
            screen.line("");
            screen.paragraph(
                    "note  ",
                    String.join(", ", asking) + ": large pages need machine memory in one piece, server { frames"
                            + " 'contiguous' }; here all pages are small");
        }
    }

    /** What devices report, once for all runs whose devices report the same. */
    private void reports(List<ExperimentResult.Run> runs) {
        Map<List<String>, List<String>> bySame = new LinkedHashMap<>();
        for (ExperimentResult.Run run : runs) {
            bySame.computeIfAbsent(run.messages(), messages -> new ArrayList<>())
                    .add(run.setting().label());
        }
        bySame.forEach((messages, settings) -> {
            if (!messages.isEmpty()) {
                screen.line("");
                boolean all = settings.size() == runs.size();
                screen.paragraph("reported of devices  ", all ? "under every setting" : String.join(", ", settings));
                messages.forEach(message -> screen.paragraph("  ", message));
            }
        });
    }

    private void domains(List<ExperimentResult.Run> runs) {
        for (ExperimentResult.Run run : runs) {
            if (!run.domains().isEmpty()) {
                screen.line("");
                screen.line("IOMMU under " + run.setting().label());
                run.domains().forEach(line -> screen.line("  " + line));
            }
        }
    }

    // ---- the table

    private void block(List<ExperimentResult.Run> runs) {
        row("", runs, run -> run.setting().label());
        row("guest kernel runs in", runs, ExperimentResult.Run::placement);
        for (CheckpointRow row : checkpointRows()) {
            row(row.label(), runs, row::cell);
        }
        row("equivalent to bare", runs, ResultTable::verdict);
        verdicts(runs);
        row("stopped", runs, run -> run.stopped() + (run.exitCode() == 0 ? "" : " " + run.exitCode()));
        row("guest instructions", runs, run -> Long.toString(run.instructions()));
        row("exits", runs, ResultTable::exits);
        for (String extra : new LinkedHashSet<>(result.spec().rows())) {
            if (ROW_LABELS.containsKey(extra)) {
                row(ROW_LABELS.get(extra), runs, run -> counter(run, extra));
            }
        }
    }

    private static String verdict(ExperimentResult.Run run) {
        String none = run.setting().mode().equals(Trial.BARE) ? "reference" : "not compared";
        return run.equivalent().map(same -> same ? "yes" : "NO").orElse(none);
    }

    /** Control is shown where somebody asks or some run lost it. */
    private void verdicts(List<ExperimentResult.Run> runs) {
        List<String> asked = result.spec().rows();
        if (asked.contains(CONTROLLED) || !result.runs().stream().allMatch(ExperimentResult.Run::controlled)) {
            row("controlled", runs, ResultTable::control);
        }
        if (asked.contains(EFFICIENT)) {
            row("efficient", runs, run -> percent(run) + " executed directly");
        }
    }

    private static String control(ExperimentResult.Run run) {
        return run.control()
                .map(control -> control.kept() ? "yes" : "NO: " + String.join(", ", control.losses()))
                .orElse("no VMM");
    }

    static String percent(ExperimentResult.Run run) {
        return String.format(Locale.ROOT, "%.1f" + Screen.UNBROKEN + "%%", run.efficiency());
    }

    /** By reason; hypercalls as one, a row of their own has them by name. */
    private static String exits(ExperimentResult.Run run) {
        Map<String, Long> reasons = new LinkedHashMap<>();
        run.exits()
                .forEach((reason, count) ->
                        reasons.merge(reason.startsWith(HYPERCALL) ? HYPERCALL.strip() : reason, count, Long::sum));
        return counts(reasons);
    }

    private static String hypercalls(ExperimentResult.Run run) {
        Map<String, Long> calls = new LinkedHashMap<>();
        run.exits().forEach((reason, count) -> {
            if (reason.startsWith(HYPERCALL)) {
                calls.put(reason.substring(HYPERCALL.length()), count);
            }
        });
        return counts(calls);
    }

    private static String counts(Map<String, Long> counted) {
        List<String> parts = new ArrayList<>();
        counted.forEach((name, count) -> {
            if (count != 0) {
                // a name and its count stay on one line
                parts.add((name + " " + count).replace(' ', Screen.UNBROKEN));
            }
        });
        long total = counted.values().stream().mapToLong(Long::longValue).sum();
        return total + (parts.isEmpty() ? "" : "  (" + String.join(", ", parts) + ")");
    }

    private static String counter(ExperimentResult.Run run, String name) {
        Map<String, Long> counters = run.counters();
        if (name.equals(HYPERCALLS)) {
            return hypercalls(run);
        }
        if (name.equals("direct")) {
            return Long.toString(run.direct());
        }
        if (TranslationRows.LABELS.containsKey(name)) {
            return TranslationRows.cell(name, run.counters());
        }
        return Long.toString(name.equals("cycles") ? run.bill().cycles() : counters.getOrDefault(name, 0L));
    }

    private void row(String label, List<ExperimentResult.Run> runs, Function<ExperimentResult.Run, String> cell) {
        List<List<String>> cells = new ArrayList<>();
        int height = 1;
        for (int i = 0; i < runs.size(); i++) {
            int start = LABEL + i * COLUMN;
            int width = i == runs.size() - 1 ? Screen.WIDTH - start : COLUMN - 1;
            List<String> lines = Screen.wrap(cell.apply(runs.get(i)), width);
            height = Math.max(height, lines.size());
            cells.add(lines);
        }
        String first = label.isEmpty() ? "" : "  " + label;
        if (first.length() >= LABEL) {
            screen.line(first);
            first = "";
        }
        for (int k = 0; k < height; k++) {
            StringBuilder text = new StringBuilder(Screen.pad(k == 0 ? first : "", LABEL));
            for (List<String> lines : cells) {
                text.append(Screen.pad(k < lines.size() ? lines.get(k) : "", COLUMN));
            }
            screen.line(text.toString());
        }
    }

    // ---- checkpoints

    /** One value of one checkpoint at one arrival. */
    private record CheckpointRow(
            String checkpoint, int visit, boolean only, String value, ExperimentResult.Run reference) {
        String label() {
            return "checkpoint '" + checkpoint + "'" + (only ? "" : " #" + visit) + "  " + value;
        }

        String cell(ExperimentResult.Run run) {
            Optional<String> hex = hex(run);
            if (hex.isEmpty()) {
                return "not reached";
            }
            Optional<String> expected = reference == null ? hex : hex(reference);
            boolean same = run == reference || expected.equals(hex);
            return hex.get() + (same || expected.isEmpty() ? "" : "  " + note(run, expected.get(), hex.get()));
        }

        private Optional<String> hex(ExperimentResult.Run run) {
            return ResultTable.arrival(run, checkpoint, visit)
                    .map(arrival -> arrival.values().get(value));
        }

        /** What a differing value means, where one bit says it. */
        private static String note(ExperimentResult.Run run, String expected, String actual) {
            boolean flag = run.divergence().stream()
                    .flatMap(divergence -> divergence.differences().stream())
                    .anyMatch(change -> change.name().equals("virtual IF"));
            if (flag && !expected.contains("-") && !actual.contains("-")) {
                long difference = Long.parseLong(expected, 16) ^ Long.parseLong(actual, 16);
                if (difference == ringside.arch.Eflags.IF) {
                    return (Long.parseLong(actual, 16) & ringside.arch.Eflags.IF) != 0
                            ? "IF still set"
                            : "IF still clear";
                }
            }
            return "differs";
        }
    }

    private static Optional<ExperimentResult.Arrival> arrival(ExperimentResult.Run run, String checkpoint, int visit) {
        return run.checkpoints().stream()
                .filter(arrival -> arrival.checkpoint().equals(checkpoint) && arrival.visit() == visit)
                .findFirst();
    }

    private List<CheckpointRow> checkpointRows() {
        ExperimentResult.Run reference = result.runs().stream()
                .filter(run -> run.setting().mode().equals("bare"))
                .findFirst()
                .orElse(null);
        List<CheckpointRow> rows = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Checkpoint checkpoint : result.spec().guest().checkpoints()) {
            if (names.add(checkpoint.name())) {
                int visits = visits(checkpoint.name());
                int shown = shown(checkpoint.name(), visits);
                for (String value : values(checkpoint, shown)) {
                    rows.add(new CheckpointRow(checkpoint.name(), shown, visits <= 1, value, reference));
                }
            }
        }
        return rows;
    }

    private int visits(String checkpoint) {
        return result.runs().stream()
                .mapToInt(run -> (int) run.checkpoints().stream()
                        .filter(arrival -> arrival.checkpoint().equals(checkpoint))
                        .count())
                .max()
                .orElse(0);
    }

    /** The first arrival at which the runs differ, else the last. */
    private int shown(String checkpoint, int visits) {
        for (int visit = 1; visit <= visits; visit++) {
            Set<Object> seen = new LinkedHashSet<>();
            for (ExperimentResult.Run run : result.runs()) {
                seen.add(arrival(run, checkpoint, visit).map(ExperimentResult.Arrival::values));
            }
            if (seen.size() > 1) {
                return visit;
            }
        }
        return Math.max(1, visits);
    }

    private Set<String> values(Checkpoint checkpoint, int visit) {
        Set<String> values = new LinkedHashSet<>();
        for (ExperimentResult.Run run : result.runs()) {
            arrival(run, checkpoint.name(), visit)
                    .ifPresent(arrival -> values.addAll(arrival.values().keySet()));
        }
        if (values.isEmpty()) {
            checkpoint.values().forEach(value -> values.add(value.text()));
        }
        return values;
    }

    // ---- costs

    private void bill() {
        screen.line("");
        screen.line("Cycles, modelled from counted events at the prices of a "
                + result.spec().costs().generation() + ":");
        for (ExperimentResult.Run run : result.runs()) {
            screen.paragraph(
                    Screen.pad("  " + run.setting().label(), LABEL - 2) + "  ",
                    run.bill().cycles() + " = " + run.bill());
        }
    }
}

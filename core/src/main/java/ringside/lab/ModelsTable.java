package ringside.lab;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import ringside.vmm.DeviceModels;

/** Lays a comparison of device models out: a column for each way, a row for each figure. */
final class ModelsTable {
    private static final int LABEL = 26, NARROWEST = 11;
    private static final Map<String, String> LABELS = new LinkedHashMap<>();

    static {
        LABELS.put("exits", "exits");
        LABELS.put("hypercalls", "hypercalls");
        LABELS.put("deviceInterrupts", "interrupts of devices");
        LABELS.put("notifications", "notifications");
        LABELS.put("bytesCopied", "bytes copied");
        LABELS.put("worldSwitches", "world switches");
        LABELS.put("instructions", "guest instructions");
        LABELS.put("cycles", "cycles (modelled)");
    }

    private final ModelsResult result;
    private final Screen screen = new Screen();

    ModelsTable(ModelsResult result) {
        this.result = result;
    }

    String render() {
        ModelsSpec spec = result.spec();
        screen.line(Screen.apart(spec.title(), spec.server().title(), LABEL));
        String alike = common();
        screen.line("for " + spec.requests() + " requests" + (alike.isEmpty() ? "" : " under " + alike)
                + "; cycles at the prices of a " + spec.costs().generation());
        screen.line("");
        row("", ModelsResult.Column::name);
        row("", column -> heading(column, alike));
        LABELS.forEach((row, label) -> row(label, column -> Long.toString(result.figure(column, row))));
        result.columns().stream()
                .filter(column -> !column.many().stopped().equals("halt"))
                .forEach(column -> screen.line(
                        "  '" + column.name() + "' stopped: " + column.many().stopped()));
        if (spec.alike() || !spec.bounds().isEmpty()) {
            screen.line("");
        }
        if (spec.alike()) {
            expectation(result.alike(), "the same requests in the same order, the same content");
            result.columns()
                    .forEach(column -> result.difference(column)
                            .ifPresent(difference -> screen.line("        '" + column.name() + "': " + difference)));
        }
        spec.bounds().forEach(bound -> expectation(result.holds(bound), bound.text()));
        return screen.text();
    }

    private void expectation(boolean held, String text) {
        screen.line("expect  " + (held ? "[held]  " : "[FAILED]  ") + text);
    }

    private Setting setting(ModelsResult.Column column) {
        return result.spec().ways().get(result.columns().indexOf(column)).setting();
    }

    /** What all settings are but for their device models; empty where that is not the same. */
    private String common() {
        List<String> labels = result.columns().stream()
                .map(column -> setting(column).withDevices("").label())
                .distinct()
                .toList();
        return labels.size() == 1 ? labels.getFirst() : "";
    }

    private String heading(ModelsResult.Column column, String alike) {
        Setting setting = setting(column);
        return alike.isEmpty()
                ? setting.label()
                : setting.devices().isEmpty() ? DeviceModels.named("").name() : setting.devices();
    }

    private void row(String label, Function<ModelsResult.Column, String> cell) {
        StringBuilder text = new StringBuilder(Screen.pad("  " + label, LABEL));
        String alike = common();
        for (ModelsResult.Column column : result.columns()) {
            int heading =
                    Math.max(column.name().length(), heading(column, alike).length());
            String value = cell.apply(column);
            text.append(" ".repeat(Math.max(0, Math.max(NARROWEST, heading + 1) - value.length())))
                    .append(value);
        }
        screen.line(text.toString());
    }

    /** A factor without what a computer adds to it. */
    static String plain(double factor) {
        return new BigDecimal(Double.toString(factor)).stripTrailingZeros().toPlainString();
    }
}

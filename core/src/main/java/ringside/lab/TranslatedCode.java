package ringside.lab;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import ringside.vmm.Modes;
import ringside.vmm.mode.translated.Listing;
import ringside.vmm.mode.translated.TranslatedMachine;

/** Guest code beside what stands for it in the translation cache, after the guest has run. */
public final class TranslatedCode {
    private static final String MODE = "translated", FORMAT = "%-8s  %-14s %-28s | %-5s  %-22s %-30s %s";

    private final ExperimentSpec experiment;
    private final TranslatedMachine machine;

    private TranslatedCode(ExperimentSpec experiment, TranslatedMachine machine) {
        this.experiment = experiment;
        this.machine = machine;
    }

    /** Runs the experiment's guest, with its budget, server and rules, under {@code translated} with options. */
    public static TranslatedCode of(ExperimentSpec experiment, Map<String, String> options) {
        Setting setting = new Setting(MODE);
        for (Map.Entry<String, String> option : options.entrySet()) {
            setting = setting.with(option.getKey(), option.getValue());
        }
        TranslatedMachine machine =
                (TranslatedMachine) Modes.create(MODE, Recording.specification(experiment, setting));
        machine.run(experiment.budget());
        return new TranslatedCode(experiment, machine);
    }

    /** The units that are in the cache, in its order. */
    public List<Listing.Unit> units() {
        return machine.listing();
    }

    /**
     * The listing: guest address, bytes and instruction on the left, cache offset, bytes and instruction on the right. An
     * asterisk stands where the guest's instruction is complete.
     */
    public String text() {
        StringJoiner text = new StringJoiner("\n", "", "\n");
        List<Listing.Unit> units = units();
        int in = units.stream().mapToInt(Listing.Unit::guestBytes).sum();
        int out = units.stream().mapToInt(Listing.Unit::bytes).sum();
        text.add(experiment.guest().name() + ": " + machine.retired() + " guest instructions run; units in the cache: "
                + units.size() + ", " + in + " bytes of guest code made " + out);
        text.add("* completes the guest instruction of its row   [the rule that translated it]");
        for (Listing.Unit unit : units) {
            text.add("");
            text.add(heading(unit));
            unit.rows().forEach(row -> row(row, text));
        }
        return text.toString();
    }

    private static String heading(Listing.Unit unit) {
        String landing =
                unit.landing() < 0 ? "" : String.format(", entered by indirect branches at %05x", unit.landing());
        return String.format(
                "unit of %08x, virtual ring %d: %d bytes made %d%s",
                unit.eip(), unit.virtualRing(), unit.guestBytes(), unit.bytes(), landing);
    }

    private static void row(Listing.Row row, StringJoiner text) {
        for (int i = 0; i < row.translated().size(); i++) {
            Listing.Line line = row.translated().get(i);
            boolean first = i == 0;
            String point = line.point().isEmpty() ? "" : "  " + line.point();
            String rule = first ? "  [" + row.rule() + "]" : "";
            text.add(String.format(
                            FORMAT,
                            first ? String.format("%08x", row.eip()) : "",
                            first ? hex(row.bytes()) : "",
                            first ? row.guest() : "",
                            String.format("%05x", line.cacheOffset()),
                            hex(line.bytes()),
                            line.text(),
                            (line.completes() ? "*" : " ") + rule + point)
                    .stripTrailing());
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes).toUpperCase(Locale.ROOT);
    }
}

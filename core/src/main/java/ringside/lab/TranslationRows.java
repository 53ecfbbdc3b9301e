package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows of the table that tell what a mode did that translates guest code; empty for modes that do not. */
final class TranslationRows {
    /** The rows by the word for them. */
    static final Map<String, String> LABELS = new LinkedHashMap<>();

    private static final String CALLOUTS = "callouts";

    static {
        LABELS.put("units", "translation units");
        LABELS.put("bytesIn", "guest bytes translated");
        LABELS.put("bytesOut", "bytes in the cache");
        LABELS.put("expansion", "bytes out for a byte in");
        LABELS.put("simulated", "executed in the cache");
        LABELS.put("chainedExits", "exits, chained");
        LABELS.put("unchainedExits", "exits, not chained");
        LABELS.put("chainedShare", "of direct exits chained");
        LABELS.put("indirectExits", "indirect branches looked up");
        LABELS.put("lookUpMisses", "of them not found");
        LABELS.put(CALLOUTS, "callouts");
        LABELS.put("inCache", "emulated in the cache");
        LABELS.put("invalidated", "units invalidated");
        LABELS.put("retranslated", "units adapted");
        LABELS.put("evicted", "units evicted");
    }

    private TranslationRows() {}

    static String cell(String name, Map<String, Long> counters) {
        if (!counters.containsKey("units")) {
            return "-";
        }
        long chained = counters.getOrDefault("chainedExits", 0L);
        return switch (name) {
            case "expansion" -> ratio(counters.getOrDefault("bytesOut", 0L), counters.getOrDefault("bytesIn", 0L), 1);
            case "chainedShare" -> {
                long exits = chained + counters.getOrDefault("unchainedExits", 0L);
                yield exits == 0 ? "no exit" : ratio(100 * chained, exits, 1) + Screen.UNBROKEN + "%";
            }
            case CALLOUTS -> callouts(counters);
            default -> Long.toString(counters.getOrDefault(name, 0L));
        };
    }

    private static String ratio(long of, long by, int digits) {
        return by == 0 ? "-" : String.format(Locale.ROOT, "%." + digits + "f", (double) of / by);
    }

    private static String callouts(Map<String, Long> counters) {
        List<String> kinds = new ArrayList<>();
        String prefix = CALLOUTS + " of ";
        counters.forEach((name, count) -> {
            if (name.startsWith(prefix) && count != 0) {
                String word = name.substring(prefix.length()).toUpperCase(Locale.ROOT);
                kinds.add((word + " " + count).replace(' ', Screen.UNBROKEN));
            }
        });
        String list = kinds.isEmpty() ? "" : "  (" + String.join(", ", kinds) + ")";
        return counters.getOrDefault(CALLOUTS, 0L) + list;
    }
}

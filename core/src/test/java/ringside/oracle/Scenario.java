package ringside.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A snippet of a whole small kernel and what is known of QEMU's errors on it.
 *
 * <p>In the files of {@code ringside/kernels} a line {@code ;;; name} starts a scenario. Where QEMU 7.2 departs from
 * the manual, three lines say so: {@code ;;; wrong REGEX}, {@code ;;; right REPLACEMENT} (empty: no such line) and
 * {@code ;;; because REASON}. Where QEMU cannot serve at all, {@code ;;; only REASON} says why and the lines
 * {@code ;;= LINE} hold the trace, worked out from the manual.
 *
 * @param withoutQemu why QEMU is no oracle here, or null
 * @param expected the trace, where QEMU is none
 */
record Scenario(String name, String code, List<Departure> departures, String withoutQemu, List<String> expected) {
    /** A line of QEMU's trace that the manual contradicts, and what it would be. */
    record Departure(Pattern wrong, String right, String reason) {}

    /** The files of {@code ringside/kernels} that hold scenarios. */
    private static final List<String> FILES = List.of(
            "faults.asm",
            "gates.asm",
            "transfers.asm",
            "tasks.asm",
            "v86.asm",
            "paging.asm",
            "debug.asm",
            "system.asm");

    static List<Scenario> all() throws IOException {
        List<Scenario> scenarios = new ArrayList<>();
        for (String file : FILES) {
            scenarios.addAll(read(file));
        }
        return scenarios;
    }

    static List<Scenario> read(String file) throws IOException {
        List<Scenario> scenarios = new ArrayList<>();
        Reader reader = null;
        for (String line : resource(file).lines().toList()) {
            if (line.startsWith(";;") && reader != null && reader.note(line)) {
                continue;
            }
            if (line.startsWith(";;; ")) {
                if (reader != null) {
                    scenarios.add(reader.done());
                }
                reader = new Reader(line.substring(4));
            } else if (reader != null) {
                reader.code.append(line).append('\n');
            }
        }
        scenarios.add(reader.done());
        return scenarios;
    }

    /** Collects one scenario. */
    private static final class Reader {
        private final String name;
        private final StringBuilder code = new StringBuilder();
        private final List<Departure> departures = new ArrayList<>();
        private final List<String> expected = new ArrayList<>();
        private String withoutQemu;
        private String wrong;
        private String right = "";

        Reader(String name) {
            this.name = name;
        }

        /** Takes a line that says something of this scenario; false for any other. */
        boolean note(String line) {
            if (line.startsWith(";;= ")) {
                expected.add(line.substring(4));
            } else if (line.startsWith(";;; wrong ")) {
                wrong = line.substring(10);
                right = "";
            } else if (line.startsWith(";;; right")) {
                right = line.substring(9).strip();
            } else if (line.startsWith(";;; because ")) {
                departures.add(new Departure(Pattern.compile(wrong), right, line.substring(12)));
            } else if (line.startsWith(";;; only ")) {
                withoutQemu = line.substring(9);
            } else {
                return false;
            }
            return true;
        }

        Scenario done() {
            return new Scenario(name, code.toString(), List.copyOf(departures), withoutQemu, List.copyOf(expected));
        }
    }

    static String resource(String file) throws IOException {
        try (InputStream in = Scenario.class.getResourceAsStream("/ringside/kernels/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** QEMU's trace as the manual would have it; a departure that no longer occurs is an error. */
    List<String> corrected(List<String> trace) {
        List<String> lines = new ArrayList<>(trace);
        for (Departure departure : departures) {
            boolean occurs =
                    lines.stream().anyMatch(l -> departure.wrong.matcher(l).matches());
            if (!occurs) {
                throw new AssertionError("QEMU no longer prints /" + departure.wrong + "/: " + trace);
            }
            lines.replaceAll(l -> departure.wrong.matcher(l).replaceFirst(departure.right));
            lines.removeIf(String::isEmpty);
        }
        return lines;
    }
}

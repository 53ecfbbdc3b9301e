package ringside.lab.boot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import ringside.lab.Setting;
import ringside.machine.devices.ScreenPicture;
import ringside.observe.Counters;
import ringside.observe.Json;

/**
 * How a boot ended.
 *
 * @param placement where the guest's kernel ran: {@code ring 1, shadow memory}
 * @param stopped {@code halt}, {@code exit-port}, {@code budget}, {@code triple-fault}, {@code reset}, ...
 * @param explanation the same in a sentence
 * @param exitCode what the guest wrote to the exit port
 * @param instructions guest instructions retired
 * @param seconds wall-clock time: the one figure that differs from run to run
 * @param writes writes to watched ports in their order, the first {@link #KEPT_WRITES}
 * @param writesDropped how many more there were
 * @param console what the guest sent to COM1, one character a byte
 * @param exits arrivals in the VMM by reason
 * @param counters what else the mode counts
 * @param notes what a reader should know of the run
 * @param screen the text screen at the end
 */
public record BootReport(
        Setting setting,
        String placement,
        String stopped,
        String explanation,
        OptionalInt exitCode,
        Place place,
        long instructions,
        double seconds,
        List<PortWrite> writes,
        long writesDropped,
        String console,
        Counters exits,
        Counters counters,
        List<String> notes,
        ScreenPicture screen) {
    public static final int KEPT_WRITES = 10_000;

    private static final int INDENT = 14, WIDTH = 100;

    /** Where the guest stands, as it believes itself: with a VMM, its virtual state. */
    public record Place(int cs, int eip, int ring, String processorMode, boolean paging) {}

    /** One write to a watched port. */
    public record PortWrite(int port, int bits, int value) {
        /** {@code port 0080 <- 1f}, with as many digits as the write was wide. */
        @Override
        public String toString() {
            return String.format("port %04x <- %0" + bits / 4 + "x", port, value);
        }
    }

    /** Whether the guest ended by itself. */
    public boolean done() {
        return stopped.equals("halt") || stopped.equals("exit-port");
    }

    /** Millions of guest instructions a second. */
    public double mips() {
        return seconds == 0 ? 0 : instructions / seconds / 1e6;
    }

    /** {@code CS:EIP 0008:001003b7, ring 0, protected mode, paging on}. */
    public String where() {
        return String.format(
                "CS:EIP %04x:%08x, ring %d, %s mode, paging %s",
                place.cs(), place.eip(), place.ring(), place.processorMode(), place.paging() ? "on" : "off");
    }

    /** What is printed after the guest's own output: the same bytes each time. */
    public String text() {
        StringBuilder text = new StringBuilder();
        row(text, "stopped", explanation);
        row(text, "where", where());
        row(text, "instructions", Long.toString(instructions));
        row(text, "mode", setting.label() + ": " + placement);
        if (!exits.asMap().isEmpty()) {
            row(text, "exits", exits.total() + "  (" + exits + ")");
        }
        if (!counters.asMap().isEmpty()) {
            row(text, "counters", counters.toString());
        }
        notes.forEach(note -> row(text, "note", note.split(" ")));
        return text.toString();
    }

    /** A name and its value, which goes on below itself where it is longer than a line. */
    private static void row(StringBuilder text, String name, String value) {
        row(text, name, value.split("(?<=,) "));
    }

    private static void row(StringBuilder text, String name, String[] parts) {
        StringBuilder line = new StringBuilder(String.format("%-" + INDENT + "s", name));
        for (String part : parts) {
            if (line.length() > INDENT && line.length() + part.length() >= WIDTH) {
                text.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(" ".repeat(INDENT));
            }
            line.append(part).append(' ');
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    /** The report as JSON; {@code mips} and {@code seconds} are the only values that differ from run to run. */
    public String json() {
        return Json.write(map());
    }

    /** The same as one JSON value. */
    Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("stopped", stopped);
        map.put("explanation", explanation);
        map.put("exitCode", exitCode.isPresent() ? exitCode.getAsInt() : null);
        map.put("cs", place.cs());
        map.put("eip", Integer.toUnsignedLong(place.eip()));
        map.put("ring", place.ring());
        map.put("mode", place.processorMode());
        map.put("paging", place.paging());
        map.put("instructions", instructions);
        map.put("mips", mips());
        map.put("seconds", seconds);
        map.put("setting", settingMap());
        List<Object> ports = new ArrayList<>();
        writes.forEach(write -> ports.add(List.of(write.port(), Integer.toUnsignedLong(write.value()))));
        map.put("ports", ports);
        map.put("portsDropped", writesDropped);
        map.put("console", console);
        map.put("exits", exits.asMap());
        map.put("counters", counters.asMap());
        map.put("notes", notes);
        return map;
    }

    private Map<String, Object> settingMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("mode", setting.mode());
        map.put("memory", setting.memory().isEmpty() ? null : setting.memory());
        map.put("engine", setting.engine());
        map.put("placement", placement);
        return map;
    }
}

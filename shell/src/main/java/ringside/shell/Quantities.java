package ringside.shell;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ringside.arch.CpuModel;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/** Numbers as a user writes them in options: sizes with a unit, addresses and ports in hex, counts in decimal. */
final class Quantities {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*([KMG]?)(I?B)?");
    private static final Pattern HEX = Pattern.compile("(?:0x)?([0-9a-f]{1,8})h?");
    private static final Pattern COUNT = Pattern.compile("(\\d{1,15})([KMG]?)");

    private static final Pattern YEAR = Pattern.compile("(19|20)\\d\\d");

    private Quantities() {}

    /** Bytes of {@code 16M}, {@code 640K}, {@code 1GiB}; a bare number means MiB. */
    static long size(String option, String text) {
        Matcher m = SIZE.matcher(text.toUpperCase(Locale.ROOT));
        if (!m.matches()) {
            throw bad(option, text, "write it as 16M, 640K or 1G");
        }
        long number = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "K" -> number << 10;
            case "G" -> number << 30;
            case "M" -> number << 20;
            default -> m.group(3) == null ? number << 20 : number;
        };
    }

    /** A 32-bit address in hex, with or without 0x. */
    static int address(String option, String text) {
        Matcher m = HEX.matcher(text.toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw bad(option, text, "write the address in hex, as 100000 or 0x100000");
        }
        return Integer.parseUnsignedInt(m.group(1), 16);
    }

    /** A port number in hex, with or without 0x. */
    static int port(String option, String text) {
        Matcher m = HEX.matcher(text.toLowerCase(Locale.ROOT));
        long port = m.matches() ? Long.parseLong(m.group(1), 16) : -1;
        if (port < 0 || port > 0xffff) {
            throw bad(option, text, "write the port in hex, 0 to ffff, as 80 or 0xf4");
        }
        return (int) port;
    }

    /** A positive count in decimal, {@code K}, {@code M} and {@code G} meaning thousands, millions, billions. */
    static long count(String option, String text) {
        Matcher m = COUNT.matcher(text.toUpperCase(Locale.ROOT));
        long number = m.matches() ? Long.parseLong(m.group(1)) : 0;
        if (number <= 0) {
            throw bad(option, text, "write a positive number, as 5000000 or 5M");
        }
        return switch (m.group(2)) {
            case "K" -> number * 1_000;
            case "M" -> number * 1_000_000;
            case "G" -> Math.min(number, 1_000_000_000) * 1_000_000_000;
            default -> number;
        };
    }

    /** A processor by its name or by the year that it was bought in. */
    static CpuModel cpu(String text) {
        if (YEAR.matcher(text).matches()) {
            return CpuModel.ofYear(Integer.parseInt(text));
        }
        List<String> names = CpuModel.ALL.stream().map(CpuModel::name).toList();
        return CpuModel.named(text)
                .orElseThrow(() -> new RingsideException(
                        "unknown processor '" + text + "'",
                        "",
                        NearMiss.hint(text, names, "processors: " + String.join(", ", names) + ", or a year")));
    }

    private static RingsideException bad(String option, String text, String remedy) {
        return new RingsideException("--" + option + " cannot be '" + text + "'", "", remedy);
    }
}

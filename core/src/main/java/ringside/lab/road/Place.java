package ringside.lab.road;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.arch.Reg;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.machine.paging.WalkTrace.Access;

/**
 * Whose road is asked for.
 *
 * @param seg the segment register, or {@link #LINEAR}
 * @param offset in the segment, or a linear address
 * @param kind of access
 */
public record Place(int seg, int offset, Kind kind) {
    /** For {@code seg}: past segmentation. */
    public static final int LINEAR = -1;

    private static final String LINEAR_NAME = "la";

    /** What is done there. */
    public enum Kind {
        READ,
        WRITE,
        FETCH;

        /** As a person writes it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** With whose rights. */
        public Access by(boolean user) {
            return new Access(this == WRITE, user, this == FETCH);
        }

        /** The kind of this name; an unknown one is refused with what there is. */
        public static Kind named(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            List<String> words = List.of("read", "write", "fetch");
            throw new RingsideException(
                    "unknown access '" + word + "'", "", NearMiss.hint(word, words, "read, write or fetch"));
        }
    }

    private static final int MOST_DIGITS = 8;

    /**
     * The place as a person writes it: hex digits or a label, perhaps with a segment register in front and sums of them
     * behind.
     *
     * @param symbols labels and their addresses
     */
    public static Place of(String written, SortedMap<String, Integer> symbols, Kind kind) {
        int colon = written.indexOf(':');
        String usual = kind == Kind.FETCH ? "cs" : "ds";
        String name = colon < 0 ? usual : written.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        int seg = List.of(Reg.SEGMENTS).indexOf(name);
        if (seg < 0 && !name.equals(LINEAR_NAME)) {
            throw new RingsideException(
                    "'" + name + "' is no segment register",
                    "",
                    "write ds:400000, 400000 alone, or la:400000 for a linear address");
        }
        return new Place(seg, sum(written.substring(colon + 1).strip(), symbols), kind);
    }

    private static int sum(String written, SortedMap<String, Integer> symbols) {
        int sum = 0;
        for (String part : written.split("(?=[+-])")) {
            boolean minus = part.startsWith("-");
            String term = minus || part.startsWith("+") ? part.substring(1) : part;
            int value = term(term.strip(), written, symbols);
            sum += minus ? -value : value;
        }
        return sum;
    }

    private static int term(String term, String written, SortedMap<String, Integer> symbols) {
        Integer symbol = symbols.get(term);
        if (symbol != null) {
            return symbol;
        }
        String digits = term.replaceFirst("^0[xX]", "");
        if (digits.matches("[0-9a-fA-F]{1," + MOST_DIGITS + "}")) {
            return Integer.parseUnsignedInt(digits, 16);
        }
        boolean tooLong = digits.matches("[0-9a-fA-F]+");
        throw new RingsideException(
                "'" + written + "' is no address" + (tooLong ? " of 32 bits" : ""),
                "",
                NearMiss.hint(
                        term,
                        new TreeMap<>(symbols).keySet(),
                        "write hex digits, a label, or a sum of them: ds:400000, message+4"));
    }

    /** The segment register, or {@code la}. */
    public String name() {
        return seg == LINEAR ? LINEAR_NAME : Reg.SEGMENTS[seg];
    }

    /** {@code ds:00400000}. */
    @Override
    public String toString() {
        return String.format("%s:%08x", name(), offset);
    }
}

package ringside.dsl.assembly;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.Checkpoint;
import ringside.guest.LoadSegment;
import ringside.guest.Marker;
import ringside.guest.SourceLine;

/**
 * Gives every statement its address and its bytes.
 *
 * <p>Passes are repeated until no label moves. Branches start short and, once grown, stay near, so that the passes come
 * to an end; what a label is worth in the last pass is what every expression saw.
 */
public final class Layout {
    private static final int MAX_PASSES = 60;
    private static final int MAX_BYTES = 16 << 20;

    private final List<Section> sections;
    private final boolean ported;
    private final SortedMap<String, Integer> symbols = new TreeMap<>();
    private final Map<String, SourceLine> labels;
    private final Map<Item, Boolean> near = new IdentityHashMap<>();
    private final Map<Item, byte[]> fixed = new IdentityHashMap<>();
    private final SortedMap<Integer, SourceLine> lines = new TreeMap<>(Integer::compareUnsigned);
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<Marker> markers = new ArrayList<>();
    private final Map<Section, Integer> bases = new IdentityHashMap<>();
    private boolean last;
    private boolean moved;

    private Layout(List<Section> sections, Map<String, SourceLine> labels, boolean ported) {
        this.sections = sections;
        this.ported = ported;
        this.labels = labels;
    }

    /**
     * What a layout makes.
     *
     * @param segments one a section, empty ones left out
     * @param symbols labels and their linear addresses
     * @param lines script line by the linear address of each instruction and datum
     */
    public record Assembled(
            List<LoadSegment> segments,
            SortedMap<String, Integer> symbols,
            SortedMap<Integer, SourceLine> lines,
            List<Checkpoint> checkpoints,
            List<Marker> markers) {
        /** The address of a label that is known to exist. */
        public int symbol(String name) {
            return symbols.get(name);
        }
    }

    /** Lays out {@code sections}, which may use each other's labels, for a kernel of ring 0. */
    public static Assembled of(List<Section> sections, Map<String, SourceLine> labels) {
        return of(sections, labels, false);
    }

    /**
     * Lays out {@code sections}, which may use each other's labels.
     *
     * @param ported whether privileged operations are to be those of a ported kernel
     */
    public static Assembled of(List<Section> sections, Map<String, SourceLine> labels, boolean ported) {
        return new Layout(sections, labels, ported).run();
    }

    private Assembled run() {
        sections.forEach(section -> bases.put(section, section.base()));
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            moved = false;
            sections.forEach(this::bytes);
            if (!moved && pass > 0) {
                last = true;
                List<LoadSegment> segments = new ArrayList<>();
                for (Section section : sections) {
                    byte[] bytes = bytes(section);
                    if (bytes.length > 0) {
                        segments.add(new LoadSegment(section.name(), bases.get(section), bytes));
                    }
                }
                return new Assembled(segments, symbols, lines, checkpoints, markers);
            }
        }
        throw new RingsideException(
                "the addresses of the labels do not settle",
                "",
                "look for times or org that depend on labels after them");
    }

    private byte[] bytes(Section section) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Item item : section.items()) {
            emit(section, item, out);
        }
        return out.toByteArray();
    }

    private void emit(Section section, Item item, ByteArrayOutputStream out) {
        int base = bases.get(section);
        int here = base + out.size();
        try {
            switch (item) {
                case Item.Label label -> define(label, here);
                case Item.Instruction insn -> {
                    note(here, insn);
                    out.writeBytes(instruction(insn, base, here));
                }
                case Item.Data data -> {
                    note(here, data);
                    data(data, base, here, out);
                }
                case Item.Reserve reserve -> zeros(count(reserve.count(), base, here) * reserve.bits() / 8, out);
                case Item.Align align -> {
                    while ((base + out.size()) % align.boundary() != 0) {
                        out.write(align.fill());
                    }
                }
                case Item.Org org -> org(section, org, out);
                case Item.Times times -> {
                    long count = count(times.count(), base, here);
                    for (long n = 0; n < count; n++) {
                        times.body().forEach(inner -> emit(section, inner, out));
                        requireSize(out.size());
                    }
                }
                case Item.Note note -> note(note, base, here);
                case Item.Order order ->
                    throw new IllegalStateException("'" + order.word() + "' belongs to a rule, which has no layout");
                case Item.Pin pin -> {
                    if (last) {
                        markers.add(new Marker(here, pin.line()));
                    }
                }
                case Item.Choice choice ->
                    (ported ? choice.ported() : choice.unported()).forEach(chosen -> emit(section, chosen, out));
            }
        } catch (RingsideException e) {
            throw placed(e, item);
        }
    }

    private static RingsideException placed(RingsideException e, Item item) {
        return e.where().isEmpty() ? new RingsideException(e.what(), Place.of(item.at()), e.remedy(), e) : e;
    }

    private void note(int here, Item item) {
        if (last && item.at().line() > 0) {
            lines.put(here, item.at());
        }
    }

    private void define(Item.Label label, int here) {
        Integer before = symbols.put(label.name(), here);
        moved |= before == null || before != here;
    }

    // ---- instructions

    private byte[] instruction(Item.Instruction insn, int base, int here) {
        byte[] known = fixed.get(insn);
        if (known != null) {
            return known;
        }
        Encoder encoder = new Encoder(insn, here, near.containsKey(insn), last, expr -> value(expr, base, here));
        byte[] bytes = encoder.encode();
        if (encoder.grew() && near.put(insn, true) == null) {
            moved = true;
        }
        if (encoder.isFixed()) {
            fixed.put(insn, bytes);
        }
        return bytes;
    }

    // ---- data

    private void data(Item.Data data, int base, int here, ByteArrayOutputStream out) {
        for (Object value : data.values()) {
            if (value instanceof byte[] text) {
                out.writeBytes(text);
                zeros(-text.length & data.bits() / 8 - 1, out);
            } else {
                long number = value((Expr) value, base, here);
                requireFits(number, data.bits());
                for (int shift = 0; shift < data.bits(); shift += 8) {
                    out.write((int) (number >> shift));
                }
            }
        }
    }

    private void requireFits(long number, int bits) {
        boolean fits = bits == 64 || number >= -(1L << bits - 1) && number < 1L << bits;
        if (!fits && last) {
            throw new RingsideException(
                    "0x" + Long.toHexString(number) + " does not fit in " + bits + " bits",
                    "",
                    "mask it with & 0x" + Long.toHexString((1L << bits) - 1) + ", or use a wider directive");
        }
    }

    private static void zeros(long count, ByteArrayOutputStream out) {
        requireSize(out.size() + count);
        out.writeBytes(new byte[(int) count]);
    }

    private long count(Expr expr, int base, int here) {
        long count = value(expr, base, here);
        if (count < 0) {
            if (last) {
                throw new RingsideException(
                        "a count of " + count, "", "it must not be negative: is the code before it too long?");
            }
            return 0;
        }
        requireSize(count);
        return count;
    }

    private static void requireSize(long bytes) {
        if (bytes > MAX_BYTES) {
            throw new RingsideException(
                    "a section of more than 16 MiB",
                    "",
                    "fill memory at run time, or look at the count of times or resb");
        }
    }

    private void org(Section section, Item.Org org, ByteArrayOutputStream out) {
        if (out.size() > 0) {
            throw new RingsideException(
                    "org comes after bytes of its section",
                    "",
                    "put it first, or reach the address with times or align");
        }
        int base = (int) value(org.base(), section.base(), section.base());
        Integer before = bases.put(section, base);
        moved |= before != base;
    }

    // ---- values

    private long value(Expr expr, int base, int here) {
        return Arithmetic.value(expr, leaf -> switch (leaf) {
            case Expr.Here h -> here;
            case Expr.Start s -> base;
            case Expr.Symbol(String name, String prefix) -> symbol(seen(name, prefix), here);
            default -> throw new IllegalStateException("not a leaf: " + leaf);
        });
    }

    /** A driver's own label before the guest's. */
    private String seen(String name, String prefix) {
        String own = Section.prefixed(prefix, name);
        return labels.containsKey(own) ? own : name;
    }

    private long symbol(String name, int here) {
        if (!labels.containsKey(name)) {
            String shown = name.contains(".") ? name.substring(name.indexOf('.')) : name;
            throw new RingsideException(
                    "label '" + shown + "' is not defined",
                    "",
                    NearMiss.hint(name, labels.keySet(), "define it with " + shown + ": or declare it with def"));
        }
        if (last && !symbols.containsKey(name)) {
            throw new RingsideException(
                    "label '" + name + "' is not part of the " + (ported ? "ported" : "native") + " assembly",
                    "",
                    "it stands in a block of the other one");
        }
        return Integer.toUnsignedLong(symbols.getOrDefault(name, here));
    }

    // ---- checkpoints

    private void note(Item.Note note, int base, int here) {
        List<Checkpoint.Value> values = new ArrayList<>();
        for (Item.Shown shown : note.values()) {
            values.add(new Checkpoint.Value(
                    shown.text(), Encoder.operand(shown.arg(), 32, expr -> value(expr, base, here))));
        }
        if (last) {
            checkpoints.add(new Checkpoint(note.name(), here, values));
        }
    }
}

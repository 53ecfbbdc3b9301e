package ringside.dsl.assembly;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;

/**
 * A run of statements that lie in memory one after the other: what a {@code kernel}, {@code user} or {@code data} block
 * collects.
 */
public final class Section {
    private final String name;
    private final int base;
    private final List<Item> items = new ArrayList<>();
    private final Map<String, SourceLine> labels;
    private int codeBits;
    private String scope = "";
    private String prefix = "";

    /**
     * @param base linear address of its first byte, unless {@code org} says another
     * @param codeBits 16 or 32, until {@code bits} says otherwise
     * @param labels the guest's labels so far, shared by its sections
     */
    public Section(String name, int base, int codeBits, Map<String, SourceLine> labels) {
        this.name = name;
        this.base = base;
        this.codeBits = codeBits;
        this.labels = labels;
    }

    /** A detached section that collects what {@code times} repeats. */
    public Section body() {
        Section body = new Section(name, base, codeBits, new HashMap<>());
        body.scope = scope;
        body.prefix = prefix;
        return body;
    }

    public String name() {
        return name;
    }

    public int base() {
        return base;
    }

    public List<Item> items() {
        return items;
    }

    /** Whether any statement has a form of its own in a ported guest. */
    public boolean hasChoice() {
        return items.stream().anyMatch(item -> item instanceof Item.Choice);
    }

    public int codeBits() {
        return codeBits;
    }

    public void codeBits(int bits) {
        codeBits = bits;
    }

    /** What {@code body} adds here, taken out again. */
    public List<Item> collect(Runnable body) {
        int from = items.size();
        body.run();
        List<Item> added = items.subList(from, items.size());
        List<Item> taken = List.copyOf(added);
        added.clear();
        return taken;
    }

    public void add(Item item) {
        items.add(item);
    }

    /** Defines a label here; one that begins with a dot is local to the label before it. */
    public void label(SourceLine at, String written) {
        String full = written.startsWith(".") ? scope + written : prefixed(prefix, written);
        SourceLine earlier = labels.putIfAbsent(full, at);
        if (earlier != null) {
            throw new RingsideException(
                    "label '" + written + "' is already defined in line " + earlier.line(),
                    "",
                    "choose another name, or a local label such as ." + written.replace(".", ""));
        }
        scope = written.startsWith(".") ? scope : full;
        items.add(new Item.Label(at, full));
    }

    /** What {@code body} adds here is an included driver's: its labels have {@code name} before them. */
    public void named(String name, Runnable body) {
        prefix = name;
        try {
            body.run();
        } finally {
            prefix = "";
        }
    }

    /** The label of a driver that is included as {@code prefix}. */
    static String prefixed(String prefix, String label) {
        return prefix.isEmpty() ? label : prefix + "_" + label;
    }

    /** The label {@code name} as seen from here. */
    public Expr.Symbol symbol(String name) {
        return new Expr.Symbol(name, prefix);
    }

    /** The local label {@code .name} as seen from here. */
    public Expr.Symbol local(String label) {
        return new Expr.Symbol(scope + "." + label);
    }
}

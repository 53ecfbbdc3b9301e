package ringside.dsl;

import groovy.lang.Closure;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Item;
import ringside.dsl.assembly.Operands;
import ringside.dsl.assembly.Place;
import ringside.dsl.assembly.Section;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;
import ringside.vmm.mode.paravirtual.Hypercalls;

/** What a block of assembler talks to. Statements are calls of {@link Emitter}; here only names are found. */
public final class SectionBlock extends Block {
    /** Words with a block of statements, which a method of the script may use too. */
    static final Set<String> FORMS = Set.of("ported", "unported", "multicall");

    private final String name;

    SectionBlock(String name) {
        this.name = name;
    }

    /** A width as a value of its own: {@code def counter = dword[ebx + 8]}. */
    record SizeWord(String size) {
        /** What Groovy calls for {@code dword[address]}. */
        public Arg getAt(Object address) {
            return Operands.memory(size, -1, Expr.of(address));
        }
    }

    @Override
    String blockName() {
        return name;
    }

    @Override
    Set<String> settings() {
        return Set.of();
    }

    @Override
    String usage(String setting) {
        return setting;
    }

    /** Code that only the ported form of the guest has. */
    public void ported(Closure<?> body) {
        choose(body, true);
    }

    /** Code that only the native form of the guest has. */
    public void unported(Closure<?> body) {
        choose(body, false);
    }

    private static void choose(Closure<?> body, boolean ported) {
        ScriptContext context = ScriptContext.current();
        Section section = context.section(ported ? "ported" : "unported");
        List<Item> items = section.collect(() -> body.call());
        SourceLine at = context.line(0);
        section.add(new Item.Choice(at, ported ? List.of() : items, ported ? items : List.of()));
    }

    /** Privileged operations and hypercalls of which a ported kernel makes one trap. */
    public void multicall(Closure<?> body) {
        ScriptContext context = ScriptContext.current();
        if (context.batch != null) {
            throw new RingsideException("a multicall stands in a multicall", "", "join them");
        }
        Operation.Batch batch = new Operation.Batch();
        Section section = context.section("multicall");
        context.batch = batch;
        List<Item> others;
        try {
            others = section.collect(() -> body.call());
        } finally {
            context.batch = null;
        }
        if (!others.isEmpty()) {
            throw new RingsideException(
                    "a multicall holds privileged operations and hypercalls only",
                    Place.of(others.getFirst().at()),
                    "write other instructions before or after it");
        }
        if (batch.calls().isEmpty() || batch.calls().size() > Hypercalls.MOST_CALLS) {
            throw new RingsideException(
                    "a multicall of " + batch.calls().size() + " calls", "", "it takes 1 to " + Hypercalls.MOST_CALLS);
        }
        SourceLine at = context.line(0);
        section.add(new Item.Choice(at, batch.unported(), PortedCall.together(context, at, batch.calls())));
    }

    @Override
    Object word(String word) {
        if (Operands.SIZES.contains(word)) {
            return new SizeWord(word);
        }
        Object symbol = Emitter.symbol(word);
        return symbol instanceof Expr.Symbol && Character.isUpperCase(word.charAt(0)) ? null : symbol;
    }

    @Override
    Set<String> words() {
        Set<String> words = new TreeSet<>(SymbolWords.registerNames());
        words.addAll(SymbolWords.constantNames());
        return words;
    }

    @Override
    public Object invokeMethod(String word, Object args) {
        ScriptContext context = ScriptContext.current();
        Object[] arguments = args instanceof Object[] array ? array : new Object[] {args};
        if (context.script.hasMacro(word)) {
            return context.script.callMacro(word, arguments);
        }
        throw Statements.unknown(context, word);
    }
}

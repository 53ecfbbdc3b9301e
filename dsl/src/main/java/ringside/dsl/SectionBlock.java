package ringside.dsl;

import java.util.Set;
import java.util.TreeSet;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Operands;

/** What a block of assembler talks to. Statements are calls of {@link Emitter}; here only names are found. */
public final class SectionBlock extends Block {
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

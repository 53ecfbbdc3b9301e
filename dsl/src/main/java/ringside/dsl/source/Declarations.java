package ringside.dsl.source;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import ringside.dsl.source.Token.Kind;

/** Names that a script declares itself: variables, parameters, methods. They are never labels or instructions. */
final class Declarations {
    private final List<Token> tokens;
    private final Set<String> names = new HashSet<>(Set.of("it"));

    private Declarations(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Set<String> of(List<Token> tokens) {
        Declarations found = new Declarations(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            found.look(i);
        }
        return found.names;
    }

    private void look(int i) {
        Token token = tokens.get(i);
        if (token.is("{")) {
            int arrow = arrowOf(tokens, i);
            for (int p = i + 1; p < arrow; p++) {
                addWord(p);
            }
        } else if (token.isWord() && Grammar.isType(token.text())) {
            declared(i + 1);
        } else if (token.is(">")
                && next(i).isWord()
                && (next(i + 1).is("=") || next(i + 1).is(")"))) {
            addWord(i + 1);
        } else if (token.isWord() && next(i).is("=") && startsStatement(i)) {
            addWord(i);
        } else if (token.is("for") && next(i).is("(") && tokens.get(i + 2).isWord()) {
            addWord(Grammar.isType(tokens.get(i + 2).text()) ? i + 3 : i + 2);
        }
    }

    /** {@code def name}, {@code int name =}, {@code def (a, b) =}, {@code def name(a, b) {}. */
    private void declared(int i) {
        Token name = tokens.get(i);
        Token type = tokens.get(i - 1);
        if (name.is("(") && type.is("def")) {
            addWordsTo(i);
        } else if (name.isWord()) {
            Token after = next(i);
            boolean method = after.is("(") && !after.spaced();
            if (type.is("def") || type.is("var") || method || after.is("=") || after.is(",") || after.is(")")) {
                addWord(i);
            }
            if (method) {
                addWordsTo(i + 1);
            }
        }
    }

    private void addWordsTo(int open) {
        for (int p = open + 1; p < tokens.size() && !tokens.get(p).is(")"); p++) {
            addWord(p);
        }
    }

    private void addWord(int i) {
        if (tokens.get(i).isWord() && !Grammar.isKeyword(tokens.get(i).text())) {
            names.add(tokens.get(i).text());
        }
    }

    private boolean startsStatement(int i) {
        return i == 0
                || tokens.get(i - 1).kind() == Kind.NEWLINE
                || tokens.get(i - 1).is("{")
                || tokens.get(i - 1).is(";");
    }

    private Token next(int i) {
        return tokens.get(Math.min(i + 1, tokens.size() - 1));
    }

    /** The index of the arrow after a closure's parameters, or {@code open} where it has none. */
    static int arrowOf(List<Token> tokens, int open) {
        for (int i = open + 1; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("->")) {
                return i;
            }
            boolean possible = token.isWord() && !token.is("case")
                    || token.kind() == Kind.NUMBER
                    || token.kind() == Kind.STRING
                    || token.kind() == Kind.NEWLINE
                    || token.kind() == Kind.PUNCTUATION && ",=<>[].?".contains(token.text());
            if (!possible) {
                return open;
            }
        }
        return open;
    }
}

package ringside.dsl.source;

import java.util.List;
import java.util.Set;
import ringside.dsl.source.Token.Kind;

/** What the tokens of a script mean in their neighbourhood: where statements end, and which are instructions. */
final class Phrases {
    private final List<Token> tokens;
    private final Set<String> declared;
    private final Vocabulary vocabulary;

    Phrases(List<Token> tokens, Set<String> declared, Vocabulary vocabulary) {
        this.tokens = tokens;
        this.declared = declared;
        this.vocabulary = vocabulary;
    }

    /** The word before the round bracket that {@code close} closes. */
    String headOfCall(int close) {
        int depth = 0;
        for (int i = close; i > 0; i--) {
            depth += tokens.get(i).is(")") ? 1 : tokens.get(i).is("(") ? -1 : 0;
            if (depth == 0) {
                return tokens.get(i - 1).text();
            }
        }
        return "";
    }

    /** Whether the line that ends at token {@code i} ends with a comma or an operator. */
    boolean isUnfinished(int i) {
        if (i == 0) {
            return false;
        }
        Token last = tokens.get(i - 1);
        return last.kind() == Kind.PUNCTUATION
                && !last.endsOperand()
                && !"{;".contains(last.text())
                && !last.is("->")
                && !last.is("++")
                && !last.is("--")
                && !last.is(":");
    }

    int skipLines(int i) {
        int at = i;
        while (tokens.get(at).kind() == Kind.NEWLINE) {
            at++;
        }
        return at;
    }

    /** Whether a statement that begins with a mnemonic is an instruction, not a variable, a method or a declaration. */
    boolean isInstruction(int i, boolean assembler) {
        Token word = tokens.get(i);
        Token next = next(i);
        if (isEndOfStatement(next)) {
            boolean value = i > 0 && tokens.get(i - 1).is("{") && next.is("}") && !assembler;
            return !declared.contains(word.text()) && !value;
        }
        if (next.kind() == Kind.WORD
                && (next(i + 1).is("=") || next.is("as") || next.is("in") || next.is("instanceof"))) {
            return false;
        }
        if (word.is("int") && next.isWord() && (!assembler || next(i + 1).is("("))) {
            return false;
        }
        if (next.is("(") || next.is("[")) {
            return next.spaced() || assembler && !declared.contains(word.text());
        }
        if (next.is(":")) {
            return assembler && Grammar.PREFIXES.contains(word.text());
        }
        return startsOperand(i + 1)
                || assembler && Set.of("%", "*", "#", "@", ",").contains(next.text());
    }

    boolean isEndOfStatement(Token token) {
        return token.kind() == Kind.NEWLINE || token.kind() == Kind.END || token.is(";") || token.is("}");
    }

    boolean startsOperand(int i) {
        Token token = tokens.get(i);
        return switch (token.kind()) {
            case WORD -> !token.is("as") && !token.is("in") && !token.is("instanceof");
            case NUMBER, STRING -> true;
            case PUNCTUATION ->
                token.is("~")
                        || token.spaced() && (token.is("[") || token.is("("))
                        || token.spaced() && !next(i).spaced() && (token.is("-") || token.is("+") || token.is("."))
                        || token.is("!");
            case NEWLINE, END -> false;
        };
    }

    /** The token after the prefixes and the mnemonic that begin at {@code i}. */
    int afterMnemonic(int i) {
        int at = i;
        while (Grammar.PREFIXES.contains(tokens.get(at).text())
                && tokens.get(at + 1).isWord()) {
            at++;
        }
        return at + 1;
    }

    boolean isCommandWord(Token token) {
        return token.isWord()
                && token.spaced()
                && (vocabulary.isMnemonic(token.text())
                        || Grammar.DIRECTIVES.contains(token.text())
                        || Grammar.PREFIXES.contains(token.text()));
    }

    static boolean isWrapped(List<Token> list) {
        if (list.size() < 2 || !list.getFirst().is("(")) {
            return false;
        }
        int depth = 0;
        for (int i = 0; i < list.size(); i++) {
            depth += list.get(i).is("(") ? 1 : list.get(i).is(")") ? -1 : 0;
            if (depth == 0) {
                return i == list.size() - 1;
            }
        }
        return false;
    }

    int endOfStatement(int from) {
        int depth = 0;
        for (int i = from; ; i++) {
            Token token = tokens.get(i);
            if (token.kind() == Kind.END) {
                return i;
            }
            if (depth == 0 && (token.is(";") || token.is("}") || token.kind() == Kind.NEWLINE && !isUnfinished(i))) {
                return i;
            }
            if (token.kind() == Kind.PUNCTUATION) {
                depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
                depth = Math.max(depth, 0);
            }
        }
    }

    Token next(int i) {
        return tokens.get(Math.min(i + 1, tokens.size() - 1));
    }
}

package ringside.dsl.source;

import java.util.ArrayList;
import java.util.List;
import ringside.dsl.source.Token.Kind;

/**
 * Cuts a Groovy script into tokens: just enough to know what is code, what is a string and what is a comment.
 *
 * <p>Never fails: an unterminated literal runs to the end of the text, and Groovy's own parser will say so.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of(
            "<=>", "===", "!==", "**=", "<<=", ">>=", "?.", "*.", "->", "==", "!=", "<=", ">=", "&&", "||", "++", "--",
            "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "?:", "<<", ">>", "..", "::", "**", "=~");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean spaced = true;

    private Lexer(String text) {
        this.text = text;
    }

    /** All tokens of {@code text}, with one {@link Kind#END} at the end. */
    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        while (lexer.at < text.length()) {
            lexer.next();
        }
        lexer.add(Kind.END, lexer.at);
        return lexer.tokens;
    }

    private void next() {
        char c = text.charAt(at);
        if (c == '\n') {
            add(Kind.NEWLINE, at + 1);
            spaced = true;
        } else if (c == '\\' && ahead(1) == '\n') {
            skip(2);
        } else if (Character.isWhitespace(c)) {
            skip(1);
        } else if (text.startsWith("//", at) || at == 0 && text.startsWith("#!")) {
            skip(indexOr("\n", at, 0) - at);
        } else if (text.startsWith("/*", at)) {
            skip(indexOr("*/", at + 2, 2) - at);
        } else if (Character.isDigit(c)) {
            add(Kind.NUMBER, endOfNumber());
        } else if (Character.isJavaIdentifierStart(c) && !startsDollarSlashy()) {
            int end = at + 1;
            while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
                end++;
            }
            add(Kind.WORD, end);
        } else {
            literalOrOperator(c);
        }
    }

    private void literalOrOperator(char c) {
        if (text.startsWith("'''", at) || text.startsWith("\"\"\"", at)) {
            add(Kind.STRING, endOfQuoted(at + 3, text.substring(at, at + 3), c == '"'));
        } else if (c == '\'' || c == '"') {
            add(Kind.STRING, endOfQuoted(at + 1, String.valueOf(c), c == '"'));
        } else if (c == '$') {
            add(Kind.STRING, indexOr("/$", at + 2, 2));
        } else if (c == '/' && startsSlashy()) {
            add(Kind.STRING, endOfQuoted(at + 1, "/", true));
        } else {
            for (String operator : OPERATORS) {
                if (text.startsWith(operator, at)) {
                    add(Kind.PUNCTUATION, at + operator.length());
                    return;
                }
            }
            add(Kind.PUNCTUATION, at + 1);
        }
    }

    private boolean startsDollarSlashy() {
        return text.startsWith("$/", at) && text.indexOf("/$", at + 2) > 0;
    }

    private boolean startsSlashy() {
        boolean operandBefore = !tokens.isEmpty() && tokens.getLast().endsOperand();
        int close = text.indexOf('/', at + 1);
        return !operandBefore && close > 0 && close < indexOr("\n", at, 0);
    }

    private int endOfNumber() {
        int end = at;
        while (end < text.length()
                && (Character.isLetterOrDigit(text.charAt(end))
                        || text.charAt(end) == '_'
                        || text.charAt(end) == '.' && end + 1 < text.length() && isDigitAfterDot(end))) {
            end++;
        }
        return end;
    }

    private boolean isDigitAfterDot(int dot) {
        return Character.isDigit(text.charAt(dot + 1)) && text.charAt(dot - 1) != '.';
    }

    /** The index after the closing {@code quote}; {@code from} is the first character inside. */
    private int endOfQuoted(int from, String quote, boolean interpolates) {
        int i = from;
        while (i < text.length()) {
            if (text.startsWith(quote, i)) {
                return i + quote.length();
            } else if (text.charAt(i) == '\\') {
                i += 2;
            } else if (interpolates && text.startsWith("${", i)) {
                i = endOfInterpolation(i + 2);
            } else if (text.charAt(i) == '\n' && quote.length() == 1) {
                return i;
            } else {
                i++;
            }
        }
        return text.length();
    }

    private int endOfInterpolation(int from) {
        int depth = 1;
        int i = from;
        while (i < text.length() && depth > 0) {
            char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfQuoted(i + 1, String.valueOf(c), c == '"');
            } else {
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                i++;
            }
        }
        return i;
    }

    private int indexOr(String what, int from, int more) {
        int found = text.indexOf(what, from);
        return found < 0 ? text.length() : found + more;
    }

    private char ahead(int distance) {
        return at + distance < text.length() ? text.charAt(at + distance) : 0;
    }

    private void skip(int length) {
        count(at, at + length);
        at += length;
        spaced = true;
    }

    private void add(Kind kind, int end) {
        int stop = Math.min(end, text.length());
        tokens.add(new Token(kind, text.substring(at, stop), at, line, spaced));
        count(at, stop);
        at = stop;
        spaced = false;
    }

    private void count(int from, int to) {
        for (int i = from; i < to; i++) {
            line += text.charAt(i) == '\n' ? 1 : 0;
        }
    }
}

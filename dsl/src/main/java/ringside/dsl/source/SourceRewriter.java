package ringside.dsl.source;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import ringside.dsl.source.Token.Kind;
import ringside.error.RingsideException;

/**
 * Makes the assembler's statements into Groovy calls before Groovy's parser sees them, line for line.
 *
 * <p>{@code push -1} would be a subtraction, {@code int 0x80} a declaration, {@code .local:} a syntax error with a
 * misleading line. After rewriting they are {@code insn$("push", -1)} and so on, which
 * {@link AssemblerTransformation} then binds; what cannot be meant is refused here, with what to write instead.
 */
public final class SourceRewriter {
    /** An open bracket: what it is and whether assembler stands inside. */
    private record Bracket(String text, boolean assembler, boolean control, boolean isSwitch, boolean section) {
        boolean block() {
            return text.equals("{");
        }
    }

    private final String file;
    private final String text;
    private final Vocabulary vocabulary;
    private final List<Token> tokens;
    private final Set<String> declared;
    private final OperandRewriter operands;
    private final Deque<Bracket> open = new ArrayDeque<>();
    private final StringBuilder out = new StringBuilder();
    private int copied;
    private boolean atStatement = true;
    private String firstWord = "";

    private SourceRewriter(String file, String text, Vocabulary vocabulary) {
        this.file = file;
        this.text = text;
        this.vocabulary = vocabulary;
        this.tokens = Lexer.tokens(text);
        this.declared = Declarations.of(tokens);
        this.operands = new OperandRewriter(file, text, vocabulary);
    }

    /**
     * What the compiler gets.
     *
     * @param text Groovy, with as many lines as the script
     * @param declared names that the script declares itself
     */
    public record Rewritten(String text, Set<String> declared) {}

    /** Rewrites a script; refuses, with file and line, what would be misread. */
    public static Rewritten rewrite(String file, String text, Vocabulary vocabulary) {
        SourceRewriter rewriter = new SourceRewriter(file, text, vocabulary);
        rewriter.run();
        return new Rewritten(rewriter.out.toString(), rewriter.declared);
    }

    private void run() {
        int i = 0;
        while (tokens.get(i).kind() != Kind.END) {
            i = step(i);
        }
        copyTo(text.length());
    }

    /** Handles the token at {@code i}; the index of the next one to look at. */
    private int step(int i) {
        Token token = tokens.get(i);
        if (token.kind() == Kind.NEWLINE) {
            atStatement |= (open.isEmpty() || open.peek().block()) && !continues(i);
            return i + 1;
        }
        if (token.kind() == Kind.NUMBER) {
            replaceNumber(token);
        }
        if (token.kind() == Kind.PUNCTUATION && "{([".contains(token.text())) {
            return opened(i);
        } else if (token.kind() == Kind.PUNCTUATION && "})]".contains(token.text())) {
            Bracket bracket = open.poll();
            atStatement = token.is("}") || bracket != null && bracket.control();
            return i + 1;
        } else if (token.is(";") || token.is("->") || token.is(":") && endsCase()) {
            atStatement = true;
            return i + 1;
        }
        if (atStatement) {
            atStatement = false;
            firstWord = token.text();
            return statement(i);
        }
        return i + 1;
    }

    /** Whether a colon here ends {@code case x} or {@code default} of a switch. */
    private boolean endsCase() {
        return !open.isEmpty() && open.peek().isSwitch() && (firstWord.equals("case") || firstWord.equals("default"));
    }

    private int opened(int i) {
        Token token = tokens.get(i);
        Token before = i > 0 ? tokens.get(i - 1) : token;
        if (!token.is("{")) {
            open.push(new Bracket(
                    token.text(), inAssembler(), Set.of("if", "for", "while", "switch").contains(before.text()), false, false));
            atStatement = false;
            return i + 1;
        }
        String head = before.is(")") && i > 1 ? headOfCall(i - 1) : before.text();
        boolean section = Grammar.BLOCKS.contains(head) || Grammar.BLOCKS.contains(firstWord);
        open.push(new Bracket("{", inAssembler() || section, false, head.equals("switch"), section));
        atStatement = true;
        firstWord = "";
        return Math.max(i, Declarations.arrowOf(tokens, i)) + 1;
    }

    /** The word before the round bracket that {@code close} closes. */
    private String headOfCall(int close) {
        int depth = 0;
        for (int i = close; i > 0; i--) {
            depth += tokens.get(i).is(")") ? 1 : tokens.get(i).is("(") ? -1 : 0;
            if (depth == 0) {
                return tokens.get(i - 1).text();
            }
        }
        return "";
    }

    private boolean inAssembler() {
        return !open.isEmpty() && open.peek().assembler();
    }

    /** Whether the line that ends at token {@code i} goes on in the next one. */
    private boolean continues(int i) {
        return isUnfinished(i) || next(i).is(".") && isMemberCall(i + 1) || next(i).is("?.");
    }

    /** Whether the line that ends at token {@code i} ends with a comma or an operator. */
    private boolean isUnfinished(int i) {
        if (i == 0) {
            return false;
        }
        Token last = tokens.get(i - 1);
        return last.kind() == Kind.PUNCTUATION && !last.endsOperand() && !"{;".contains(last.text())
                && !last.is("->") && !last.is("++") && !last.is("--") && !last.is(":");
    }

    /** Whether the line that begins with the dot at {@code i} goes on with a call; in assembler nothing else does. */
    private boolean isMemberCall(int i) {
        boolean ends = isEndOfStatement(next(i + 1)) || next(i + 1).is(":");
        return !inAssembler() && !isLocalLabel(i) || !ends;
    }

    // ---- statements

    private int statement(int i) {
        Token token = tokens.get(i);
        if (token.is(".") && isLocalLabel(i)) {
            return label(i, i + 1);
        }
        if (!token.isWord()) {
            if (inAssembler()) {
                Misreadings.refuseStatement(file, tokens, i);
            }
            return i + 1;
        }
        Token next = next(i);
        if (next.is(":") && isLabel(i)) {
            return label(i, i);
        }
        boolean instruction = vocabulary.isMnemonic(token.text())
                || Grammar.PREFIXES.contains(token.text())
                || Grammar.DIRECTIVES.contains(token.text());
        if (instruction && isInstruction(i)) {
            return instruction(i);
        }
        if (token.is("else") || token.is("do") || token.is("try") || token.is("finally")) {
            atStatement = true;
            return i + 1;
        }
        if (Grammar.BLOCKS.contains(token.text()) && !next.is("{") && !next.is("(") && !next.is("=")) {
            return block(i);
        }
        return inAssembler() ? other(i) : i + 1;
    }

    /** {@code interrupt 0x80 {} and {@code kernel at: 0x8000 {}: round brackets make them calls. */
    private int block(int i) {
        int brace = i + 1;
        while (tokens.get(brace).kind() != Kind.NEWLINE && tokens.get(brace).kind() != Kind.END && !tokens.get(brace).is("{")) {
            brace++;
        }
        if (tokens.get(brace).is("{")) {
            Token last = tokens.get(brace - 1).is(",") ? tokens.get(brace - 2) : tokens.get(brace - 1);
            copyTo(tokens.get(i).end());
            out.append('(').append(text, copied, last.end()).append(") ");
            copied = tokens.get(brace).start();
            return brace;
        }
        return i + 1;
    }

    private boolean isLocalLabel(int i) {
        return tokens.get(i).is(".") && next(i).isWord() && next(i + 1).is(":");
    }

    private boolean isLabel(int i) {
        Token word = tokens.get(i);
        boolean inSwitch = !open.isEmpty() && open.peek().isSwitch();
        if (word.is("case") || word.is("default") && inSwitch) {
            return false;
        }
        Token target = tokens.get(skipLines(i + 2));
        boolean loop = target.is("for") || target.is("while") || target.is("do");
        return inAssembler() || !loop && !target.is("{");
    }

    private int label(int from, int word) {
        Token name = tokens.get(word);
        if (word == from) {
            Misreadings.refuseLabel(file, name, vocabulary);
        }
        Token target = tokens.get(skipLines(word + 2));
        boolean groovyToo = word == from && (target.is("for") || target.is("while") || target.is("do"));
        startStatement(from);
        String dot = word == from ? "" : ".";
        out.append("label$('").append(dot).append(name.text()).append("');");
        out.append(groovyToo ? name.text() + ":" : "");
        copied = tokens.get(word + 1).end();
        atStatement = true;
        return word + 2;
    }

    private int skipLines(int i) {
        int at = i;
        while (tokens.get(at).kind() == Kind.NEWLINE) {
            at++;
        }
        return at;
    }

    /** Whether a statement that begins with a mnemonic is an instruction, not a variable, a method or a declaration. */
    private boolean isInstruction(int i) {
        Token word = tokens.get(i);
        Token next = next(i);
        boolean assembler = inAssembler();
        if (isEndOfStatement(next)) {
            boolean value = i > 0 && tokens.get(i - 1).is("{") && next.is("}") && !assembler;
            return !declared.contains(word.text()) && !value;
        }
        if (next.kind() == Kind.WORD && (next(i + 1).is("=") || next.is("as") || next.is("in") || next.is("instanceof"))) {
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
        return startsOperand(i + 1) || assembler && Set.of("%", "*", "#", "@", ",").contains(next.text());
    }

    private boolean isEndOfStatement(Token token) {
        return token.kind() == Kind.NEWLINE || token.kind() == Kind.END || token.is(";") || token.is("}");
    }

    private boolean startsOperand(int i) {
        Token token = tokens.get(i);
        return switch (token.kind()) {
            case WORD -> !token.is("as") && !token.is("in") && !token.is("instanceof");
            case NUMBER, STRING -> true;
            case PUNCTUATION ->
                token.is("~") || token.spaced() && (token.is("[") || token.is("("))
                        || token.spaced() && !next(i).spaced() && (token.is("-") || token.is("+") || token.is("."))
                        || token.is("!");
            case NEWLINE, END -> false;
        };
    }

    private int instruction(int i) {
        int first = i + 1;
        StringBuilder mnemonic = new StringBuilder(tokens.get(i).text());
        boolean prefix = Grammar.PREFIXES.contains(tokens.get(i).text());
        while (prefix && tokens.get(first).isWord()) {
            prefix = Grammar.PREFIXES.contains(tokens.get(first).text());
            mnemonic.append(' ').append(tokens.get(first).text());
            first++;
        }
        int end = endOfStatement(first);
        Misreadings.refuseInstruction(file, tokens, i, first, end);
        startStatement(i);
        if (tokens.get(i).is("times")) {
            return times(i, end);
        }
        out.append("insn$('").append(mnemonic).append('\'');
        appendOperands(tokens.get(i), first, end);
        return end;
    }

    /** {@code times COUNT instruction}: both halves become closures' bodies, evaluated when the layout is known. */
    private int times(int i, int end) {
        int body = i + 2;
        while (body < end && !isCommandWord(tokens.get(body))) {
            body++;
        }
        if (body >= end || body == i + 1) {
            throw Misreadings.refusal(
                    file, tokens.get(i), "times needs a count and an instruction", "write times 4 nop, or times 8 db 0");
        }
        out.append("times$(");
        out.append(operands.expression(tokens.subList(i + 1, body)));
        out.append(") { insn$('").append(tokens.get(body).text()).append('\'');
        appendOperands(tokens.get(body), body + 1, end);
        out.append(" }");
        return end;
    }

    private boolean isCommandWord(Token token) {
        return token.isWord()
                && token.spaced()
                && (vocabulary.isMnemonic(token.text()) || Grammar.DIRECTIVES.contains(token.text()));
    }

    private void appendOperands(Token mnemonic, int first, int end) {
        List<Token> list = tokens.subList(first, end);
        if (isWrapped(list) && (!list.getFirst().spaced() || OperandRewriter.hasComma(list, 1))) {
            list = list.subList(1, list.size() - 1);
        }
        if (!list.isEmpty()) {
            out.append(", ").append(operands.all(mnemonic, list));
        }
        out.append(')');
        copied = end > first ? tokens.get(end - 1).end() : tokens.get(first - 1).end();
    }

    private static boolean isWrapped(List<Token> list) {
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

    /** A statement inside assembler that is no instruction: a macro of the script, a misspelt mnemonic, or Groovy. */
    private int other(int i) {
        Token word = tokens.get(i);
        Token next = next(i);
        boolean known = declared.contains(word.text());
        if (Grammar.isKeyword(word.text()) && !isKeywordLabel(i) || Character.isUpperCase(word.text().charAt(0)) && !next.is("equ")) {
            return i + 1;
        }
        if (isEndOfStatement(next)) {
            boolean value = tokens.get(i - 1).is("{") && next.is("}") && !open.peek().section();
            if (known || value) {
                return i + 1;
            }
            startStatement(i);
            out.append("insn$('").append(word.text()).append("')");
            copied = word.end();
            return i + 1;
        }
        if (!startsOperand(i + 1) || next.isWord() && next(i + 1).is("=")) {
            return i + 1;
        }
        int end = endOfStatement(i + 1);
        Misreadings.refuseInstruction(file, tokens, i, i + 1, end);
        if (tokens.subList(i, end).stream().anyMatch(t -> t.is("{"))) {
            return i + 1;
        }
        startStatement(i);
        if (known) {
            out.append(word.text()).append('(').append(operands.all(word, tokens.subList(i + 1, end))).append(')');
            copied = tokens.get(end - 1).end();
        } else {
            out.append("insn$('").append(word.text()).append('\'');
            appendOperands(word, i + 1, end);
        }
        return end;
    }

    private boolean isKeywordLabel(int i) {
        return next(i).is(":");
    }

    private int endOfStatement(int from) {
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

    // ---- output

    private void replaceNumber(Token token) {
        String value = Numbers.groovy(token.text());
        if (!value.equals(token.text())) {
            copyTo(token.start());
            out.append(value);
            copied = token.end();
        }
    }

    /** Copies up to the statement at token {@code i}; one behind a block in the same line needs a separator. */
    private void startStatement(int i) {
        copyTo(tokens.get(i).start());
        if (i > 0 && tokens.get(i - 1).is("}")) {
            out.append("; ");
        }
    }

    private void copyTo(int end) {
        if (end > copied) {
            out.append(text, copied, end);
            copied = end;
        }
    }

    private Token next(int i) {
        return tokens.get(Math.min(i + 1, tokens.size() - 1));
    }

    /** A refusal at {@code token}, as every part of the scanner makes it. */
    static RingsideException refusal(String file, Token token, String what, String remedy) {
        return new RingsideException(what, ringside.dsl.assembly.Place.of(file, token.line()), remedy);
    }
}

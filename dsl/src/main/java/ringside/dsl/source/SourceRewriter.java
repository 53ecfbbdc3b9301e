package ringside.dsl.source;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
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
    private final Phrases phrases;
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
        this.phrases = new Phrases(tokens, declared, vocabulary);
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
                    token.text(),
                    inAssembler(),
                    Set.of("if", "for", "while", "switch").contains(before.text()),
                    false,
                    false));
            atStatement = false;
            return i + 1;
        }
        String head = before.is(")") && i > 1 ? phrases.headOfCall(i - 1) : before.text();
        boolean section = Grammar.BLOCKS.contains(head) || Grammar.BLOCKS.contains(firstWord);
        open.push(new Bracket("{", inAssembler() || section, false, head.equals("switch"), section));
        atStatement = true;
        firstWord = "";
        return Math.max(i, Declarations.arrowOf(tokens, i)) + 1;
    }

    private boolean inAssembler() {
        return !open.isEmpty() && open.peek().assembler();
    }

    /** Whether the line that ends at token {@code i} goes on in the next one. */
    private boolean continues(int i) {
        return phrases.isUnfinished(i)
                || phrases.next(i).is(".") && isMemberCall(i + 1)
                || phrases.next(i).is("?.");
    }

    /** Whether the line that begins with the dot at {@code i} goes on with a call; in assembler nothing else does. */
    private boolean isMemberCall(int i) {
        boolean ends = phrases.isEndOfStatement(phrases.next(i + 1))
                || phrases.next(i + 1).is(":");
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
        Token next = phrases.next(i);
        if (next.is(":") && isLabel(i)) {
            return label(i, i);
        }
        boolean instruction = vocabulary.isMnemonic(token.text())
                || Grammar.PREFIXES.contains(token.text())
                || Grammar.DIRECTIVES.contains(token.text());
        if (instruction && phrases.isInstruction(i, inAssembler())) {
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
        while (tokens.get(brace).kind() != Kind.NEWLINE
                && tokens.get(brace).kind() != Kind.END
                && !tokens.get(brace).is("{")) {
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
        return tokens.get(i).is(".")
                && phrases.next(i).isWord()
                && phrases.next(i + 1).is(":");
    }

    private boolean isLabel(int i) {
        Token word = tokens.get(i);
        boolean inSwitch = !open.isEmpty() && open.peek().isSwitch();
        if (word.is("case") || word.is("default") && inSwitch) {
            return false;
        }
        Token target = tokens.get(phrases.skipLines(i + 2));
        boolean loop = target.is("for") || target.is("while") || target.is("do");
        return inAssembler() || !loop && !target.is("{");
    }

    private int label(int from, int word) {
        Token name = tokens.get(word);
        if (word == from) {
            Misreadings.refuseLabel(file, name, vocabulary);
        }
        Token target = tokens.get(phrases.skipLines(word + 2));
        boolean groovyToo = word == from && (target.is("for") || target.is("while") || target.is("do"));
        startStatement(from);
        String dot = word == from ? "" : ".";
        out.append("label$('").append(dot).append(name.text()).append("');");
        out.append(groovyToo ? name.text() + ":" : "");
        copied = tokens.get(word + 1).end();
        atStatement = true;
        return word + 2;
    }

    private int instruction(int i) {
        int first = phrases.afterMnemonic(i);
        int end = phrases.endOfStatement(first);
        Misreadings.refuseInstruction(file, tokens, i, first, end);
        startStatement(i);
        if (tokens.get(i).is("times")) {
            return times(i, end);
        }
        call(i, end);
        return end;
    }

    /** The call for the instruction at {@code i}, prefixes first, that ends before {@code end}. */
    private void call(int i, int end) {
        int first = phrases.afterMnemonic(i);
        StringJoiner words = new StringJoiner(" ", "insn$('", "'");
        tokens.subList(i, first).forEach(token -> words.add(token.text()));
        out.append(words);
        appendOperands(tokens.get(first - 1), first, end);
    }

    /** {@code times COUNT instruction}: both halves become closures' bodies, evaluated when the layout is known. */
    private int times(int i, int end) {
        int body = i + 2;
        while (body < end && !phrases.isCommandWord(tokens.get(body))) {
            body++;
        }
        if (body >= end || body == i + 1) {
            throw Misreadings.refusal(
                    file,
                    tokens.get(i),
                    "times needs a count and an instruction",
                    "write times 4 nop, or times 8 db 0");
        }
        out.append("times$(");
        out.append(operands.expression(tokens.subList(i + 1, body)));
        out.append(") { ");
        call(body, end);
        out.append(" }");
        return end;
    }

    private void appendOperands(Token mnemonic, int first, int end) {
        List<Token> list = tokens.subList(first, end);
        if (Phrases.isWrapped(list) && (!list.getFirst().spaced() || OperandRewriter.hasComma(list, 1))) {
            list = list.subList(1, list.size() - 1);
        }
        if (!list.isEmpty()) {
            out.append(", ").append(operands.all(mnemonic, list));
        }
        out.append(')');
        copied = end > first ? tokens.get(end - 1).end() : tokens.get(first - 1).end();
    }

    /** A statement inside assembler that is no instruction: a macro of the script, a misspelt mnemonic, or Groovy. */
    private int other(int i) {
        Token word = tokens.get(i);
        Token next = phrases.next(i);
        boolean known = declared.contains(word.text());
        if (Grammar.isKeyword(word.text()) || Character.isUpperCase(word.text().charAt(0)) && !next.is("equ")) {
            return i + 1;
        }
        if (phrases.isEndOfStatement(next)) {
            boolean value =
                    tokens.get(i - 1).is("{") && next.is("}") && !open.peek().section();
            if (known || value) {
                return i + 1;
            }
            startStatement(i);
            out.append("insn$('").append(word.text()).append("')");
            copied = word.end();
            return i + 1;
        }
        if (!phrases.startsOperand(i + 1)
                || next.isWord() && phrases.next(i + 1).is("=")) {
            return i + 1;
        }
        int end = phrases.endOfStatement(i + 1);
        Misreadings.refuseInstruction(file, tokens, i, i + 1, end);
        if (tokens.subList(i, end).stream().anyMatch(t -> t.is("{"))) {
            return i + 1;
        }
        startStatement(i);
        if (known) {
            out.append(word.text())
                    .append('(')
                    .append(operands.all(word, tokens.subList(i + 1, end)))
                    .append(')');
            copied = tokens.get(end - 1).end();
        } else {
            out.append("insn$('").append(word.text()).append('\'');
            appendOperands(word, i + 1, end);
        }
        return end;
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

    /** A refusal at {@code token}, as every part of the scanner makes it. */
    static RingsideException refusal(String file, Token token, String what, String remedy) {
        return new RingsideException(what, ringside.dsl.assembly.Place.of(file, token.line()), remedy);
    }
}

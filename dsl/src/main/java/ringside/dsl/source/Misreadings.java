package ringside.dsl.source;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ringside.dsl.source.Token.Kind;
import ringside.error.RingsideException;

/** What other assemblers write and Groovy would misread: refused at its own line, with what to write here. */
final class Misreadings {
    private static final Set<String> VALUES_IN_GROOVY = Set.of("true", "false", "null", "this", "super", "int", "long");

    private static final Map<String, String> FOREIGN_DIRECTIVES = Map.ofEntries(
            Map.entry("text", "use the blocks kernel { }, user { } and data { }"),
            Map.entry("global", "leave it out: every label of a guest can be seen"),
            Map.entry("extern", "leave it out: a guest is one script"),
            Map.entry("section", "use the blocks kernel { }, user { } and data { }"),
            Map.entry("segment", "use the blocks kernel { }, user { } and data { }"),
            Map.entry("assume", "leave it out"),
            Map.entry("proc", "write a label: name:"),
            Map.entry("macro", "write a Groovy method: def name(operand) { ... }"),
            Map.entry("include", "write a Groovy method; drivers are included beside kernel { }"));

    private Misreadings() {}

    static RingsideException refusal(String file, Token token, String what, String remedy) {
        return SourceRewriter.refusal(file, token, what, remedy);
    }

    /** A statement that begins with a sign. */
    static void refuseStatement(String file, List<Token> tokens, int i) {
        Token token = tokens.get(i);
        Token next = tokens.get(Math.min(i + 1, tokens.size() - 1));
        if (token.is("%")) {
            throw refusal(
                    file,
                    token,
                    "'%" + next.text() + "' is not known",
                    "Groovy is the macro language: use def, if, for and methods");
        }
        if (token.is(".") && next.isWord()) {
            throw refusal(
                    file,
                    token,
                    "'." + next.text() + "' is not known",
                    FOREIGN_DIRECTIVES.getOrDefault(
                            next.text(), "a local label ends with a colon: ." + next.text() + ":"));
        }
        if (token.kind() == Kind.NUMBER && next.is(":")) {
            throw refusal(
                    file,
                    token,
                    "'" + token.text() + ":' is not a label",
                    "numeric labels are not known: give the label a name");
        }
    }

    static void refuseLabel(String file, Token name, Vocabulary vocabulary) {
        String kind = Grammar.isKeyword(name.text())
                ? "a Groovy keyword"
                : vocabulary.isRegister(name.text())
                        ? "a register"
                        : vocabulary.isMnemonic(name.text()) || Grammar.DIRECTIVES.contains(name.text())
                                ? "an instruction"
                                : null;
        if (kind != null) {
            throw refusal(
                    file,
                    name,
                    "'" + name.text() + "' is " + kind + " and cannot be a label",
                    "choose another name, such as " + name.text() + "_1");
        }
    }

    /** Looks at an instruction's tokens from its mnemonic {@code i}; its operands are {@code first} to {@code end}. */
    static void refuseInstruction(String file, List<Token> tokens, int i, int first, int end) {
        Token word = tokens.get(i);
        Token operand = first < end ? tokens.get(first) : null;
        if (operand == null) {
            return;
        }
        boolean data = Grammar.DATA.contains(operand.text());
        if (operand.isWord() && (data || operand.is("equ") || operand.is("proc")) && !word.is("times")) {
            String remedy = data
                    ? "a label ends with a colon: " + word.text() + ": " + operand.text() + " ..."
                    : operand.is("equ")
                            ? "a constant is a Groovy variable: def " + word.text() + " = ..."
                            : FOREIGN_DIRECTIVES.get("proc");
            throw refusal(file, operand, "'" + word.text() + " " + operand.text() + "' is not known", remedy);
        }
        if (FOREIGN_DIRECTIVES.containsKey(word.text())) {
            throw refusal(file, word, "'" + word.text() + "' is not known", FOREIGN_DIRECTIVES.get(word.text()));
        }
        for (int t = first; t < end; t++) {
            refuseForeign(file, tokens, t);
        }
    }

    private static void refuseForeign(String file, List<Token> tokens, int t) {
        Token token = tokens.get(t);
        Token next = tokens.get(Math.min(t + 1, tokens.size() - 1));
        Token before = tokens.get(t - 1);
        if (token.is("%") && !before.endsOperand()
                || token.is("%") && token.spaced() && !next.spaced() && next.isWord()) {
            throw refusal(
                    file,
                    token,
                    "'%" + next.text() + "' is AT&T syntax",
                    "write registers bare, destination first: mov eax, ebx");
        }
        if (token.is("*")
                && (before.is(",") || t > 0 && before.isWord() && before.text().matches("jmp|call"))) {
            throw refusal(
                    file,
                    token,
                    "'*" + next.text() + "' is AT&T syntax",
                    "write jmp " + next.text() + " or jmp [address]");
        }
        if (token.is("#") || token.is("@")) {
            throw refusal(
                    file,
                    token,
                    "'" + token.text() + "' means nothing here",
                    "numbers are written bare; a comment starts with //");
        }
        if (token.isWord() && token.text().matches("\\$0x[0-9A-Fa-f]+|\\$[0-9]+")) {
            throw refusal(
                    file,
                    token,
                    "'" + token.text() + "' is AT&T syntax",
                    "write " + token.text().substring(1));
        }
    }

    /** Brackets that do not pair: named by the one that is left over. */
    static void refuseUnbalanced(String file, List<Token> operand) {
        Deque<Token> open = new ArrayDeque<>();
        for (Token token : operand) {
            if (token.kind() == Kind.PUNCTUATION && "([{".contains(token.text())) {
                open.push(token);
            } else if (token.kind() == Kind.PUNCTUATION && ")]}".contains(token.text())) {
                String opener = "([{".substring(")]}".indexOf(token.text())).substring(0, 1);
                if (open.isEmpty()) {
                    throw refusal(
                            file,
                            token,
                            "a '" + opener + "' is missing before '" + token.text() + "'",
                            "look at the operand's brackets");
                }
                if (!open.peek().is(opener)) {
                    throw unclosed(file, open.peek());
                }
                open.pop();
            }
        }
        if (!open.isEmpty()) {
            throw unclosed(file, open.peekLast());
        }
    }

    private static RingsideException unclosed(String file, Token open) {
        String closer = ")]}".substring("([{".indexOf(open.text())).substring(0, 1);
        return refusal(
                file,
                open,
                "a '" + closer + "' is missing after '" + open.text() + "'",
                "look at the operand's brackets");
    }

    static void refuseOperand(String file, List<Token> operand, String size) {
        Token first = operand.getFirst();
        if (first.is("ptr")) {
            String width = size.isEmpty() ? "dword" : size;
            throw refusal(file, first, "'ptr' is not written here", "write " + width + "[...]");
        }
        if (first.is("offset") && operand.size() > 1 && operand.get(1).isWord()) {
            throw refusal(
                    file,
                    first,
                    "'offset' is not written here",
                    "a label is its address: write " + operand.get(1).text());
        }
        for (int i = 1; i < operand.size(); i++) {
            if (operand.get(i).is("[")
                    && operand.get(i - 1).isWord()
                    && !operand.get(i - 1).is("in")
                    && i == 1) {
                String name = operand.get(0).text();
                String inside = i + 1 < operand.size() ? operand.get(i + 1).text() : "";
                throw refusal(
                        file,
                        first,
                        "'" + name + "[" + inside + "...' is not an operand",
                        "put the whole address between the brackets: [" + name + " + " + inside + "]");
            }
        }
        if (first.is("st") && operand.size() > 1 && operand.get(1).is("(")) {
            throw refusal(file, first, "'st(...)' is read as a call", "write st0 to st7");
        }
    }

    static void refuseAddress(String file, Token bracket, List<Token> inner) {
        if (inner.isEmpty()) {
            throw refusal(file, bracket, "the memory operand [] has no address", "write [ebx], [label] or [0x500]");
        }
        int depth = 0;
        for (Token token : inner) {
            if (token.kind() == Kind.PUNCTUATION) {
                depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
            }
            if (depth == 0 && token.is(",")) {
                throw refusal(file, token, "an address has no ','", "join its parts with +: [ebx + ecx*4 + 8]");
            }
            if (depth < 0) {
                throw refusal(
                        file,
                        token,
                        "two pairs of square brackets in one operand",
                        "put the whole address between one pair: [ebx + esi + 4]");
            }
        }
        if (inner.size() > 1
                && inner.getFirst().isWord()
                && Grammar.SIZES.contains(inner.getFirst().text())) {
            throw refusal(
                    file,
                    bracket,
                    "the width stands before the bracket",
                    "write " + inner.getFirst().text() + "[...]");
        }
    }

    static void refuseNumber(String file, Token number) {
        if (number.text().matches("[0-9]+[fFdDgG]")) {
            throw refusal(
                    file,
                    number,
                    "'" + number.text() + "' is no whole number in Groovy",
                    "a hexadecimal number is 0x" + number.text() + "; a label needs a name");
        }
        if (Numbers.looksOctal(number.text())) {
            String digits = number.text().replaceFirst("^0+(?=.)", "");
            throw refusal(
                    file,
                    number,
                    "'" + number.text() + "' would be octal in Groovy and decimal in an assembler",
                    "write " + digits + ", 0x" + digits + " or " + digits + "o");
        }
    }

    /** A word that cannot be an operand by itself. */
    static void refuseAlone(String file, List<Token> list) {
        Token word = list.getFirst();
        if (list.size() > 1 || !word.isWord()) {
            return;
        }
        if (Grammar.DISTANCES.contains(word.text()) || Grammar.SIZES.contains(word.text())) {
            throw refusal(
                    file,
                    word,
                    "'" + word.text() + "' stands before an operand",
                    "write " + word.text() + (Grammar.SIZES.contains(word.text()) ? "[ebx]" : " label"));
        }
        if (Grammar.isKeyword(word.text()) && !VALUES_IN_GROOVY.contains(word.text())) {
            throw refusal(
                    file,
                    word,
                    "'" + word.text() + "' is a Groovy keyword and cannot be a label",
                    "choose another name, such as " + word.text() + "_1");
        }
    }

    /** Two operands with nothing between them, of which the first is at {@code i}. */
    static void refuseGap(String file, List<Token> list, int i) {
        if (i + 1 >= list.size() || list.stream().anyMatch(t -> t.is("{"))) {
            return;
        }
        Token word = list.get(i);
        Token next = list.get(i + 1);
        boolean starts = next.isWord() && !next.text().matches("as|in|instanceof")
                || next.kind() == Kind.NUMBER
                || next.kind() == Kind.STRING;
        if (word.endsOperand() && !word.is("new") && starts) {
            throw refusal(
                    file,
                    next,
                    "an operator or a comma is missing between '" + word.text() + "' and '" + next.text() + "'",
                    "write " + word.text() + ", " + next.text());
        }
    }
}

package ringside.dsl.source;

import java.util.ArrayList;
import java.util.List;
import ringside.dsl.source.Token.Kind;

/**
 * Makes the operands of one instruction into Groovy expressions: {@code dword[fs:ebx + 4]} becomes
 * {@code mem$('dword', 'fs', ebx + 4)}. Line breaks are kept.
 */
final class OperandRewriter {
    private final String file;
    private final String text;
    private final Vocabulary vocabulary;

    OperandRewriter(String file, String text, Vocabulary vocabulary) {
        this.file = file;
        this.text = text;
        this.vocabulary = vocabulary;
    }

    /** All operands of {@code mnemonic}, separated by commas. */
    String all(Token mnemonic, List<Token> list) {
        StringBuilder out = new StringBuilder();
        boolean plainText = mnemonic.is("checkpoint");
        boolean lists = Grammar.DATA.contains(mnemonic.text()) || !vocabulary.isMnemonic(mnemonic.text());
        for (List<Token> operand : split(mnemonic, list)) {
            out.append(out.isEmpty() ? "" : ", ");
            if (lists && operand.getFirst().is("[") && hasComma(operand, 1)) {
                out.append(expression(operand));
                continue;
            }
            if (plainText && operand.getFirst().kind() != Kind.STRING) {
                out.append("shown$('")
                        .append(quoted(operand))
                        .append("', ")
                        .append(one(operand))
                        .append(')');
            } else {
                out.append(one(operand));
            }
        }
        return out.toString();
    }

    /** Whether a comma stands {@code level} brackets deep. */
    static boolean hasComma(List<Token> list, int level) {
        int depth = 0;
        for (Token token : list) {
            if (token.kind() == Kind.PUNCTUATION) {
                depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
            }
            if (depth == level && token.is(",")) {
                return true;
            }
        }
        return false;
    }

    private List<List<Token>> split(Token mnemonic, List<Token> list) {
        List<List<Token>> operands = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= list.size(); i++) {
            boolean last = i == list.size();
            Token token = last ? list.getLast() : list.get(i);
            if (!last && token.kind() == Kind.PUNCTUATION) {
                depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
            }
            if (last || depth == 0 && token.is(",")) {
                List<Token> operand = list.subList(from, i).stream()
                        .filter(t -> t.kind() != Kind.NEWLINE)
                        .toList();
                if (operand.isEmpty()) {
                    throw Misreadings.refusal(
                            file,
                            mnemonic,
                            "an operand of " + mnemonic.text() + " is missing " + (last ? "after" : "before") + " ','",
                            "write it, or leave the comma out");
                }
                operands.add(list.subList(from, i));
                from = i + 1;
            }
        }
        return operands;
    }

    /** One operand. */
    private String one(List<Token> written) {
        List<Token> operand = written;
        StringBuilder lines = new StringBuilder();
        while (operand.getFirst().kind() == Kind.NEWLINE) {
            lines.append('\n');
            operand = operand.subList(1, operand.size());
        }
        String distance = "";
        String size = "";
        Misreadings.refuseUnbalanced(file, operand);
        while (operand.size() > 1 && operand.getFirst().isWord()) {
            String word = operand.getFirst().text();
            if (Grammar.DISTANCES.contains(word)
                    && !operand.get(1).is("+")
                    && !operand.get(1).is("-")) {
                distance = word;
            } else if (Grammar.SIZES.contains(word)) {
                size = word;
            } else if (!word.equals("strict")) {
                break;
            }
            operand = operand.subList(1, operand.size());
        }
        Misreadings.refuseOperand(file, operand, size);
        String inner = sized(operand, size, distance);
        return lines + (distance.isEmpty() ? inner : "distance$('" + distance + "', " + inner + ")");
    }

    private String sized(List<Token> operand, String size, String distance) {
        if (operand.getFirst().is("[")) {
            return memory(operand, size, "");
        }
        int colon = colon(operand);
        if (colon < 0) {
            String value = expression(operand);
            return size.isEmpty() ? value : "sized$('" + size + "', " + value + ")";
        }
        List<Token> left = operand.subList(0, colon);
        List<Token> right = operand.subList(colon + 1, operand.size());
        if (right.isEmpty() || left.isEmpty()) {
            throw Misreadings.refusal(
                    file,
                    operand.getFirst(),
                    "half of a far pointer is missing",
                    "write selector:offset, as in 0x08:label");
        }
        if (left.size() == 1 && Grammar.SEGMENTS.contains(left.getFirst().text())) {
            if (!right.getFirst().is("[")) {
                throw Misreadings.refusal(
                        file,
                        operand.getFirst(),
                        "a segment override needs memory after the colon",
                        "write " + left.getFirst().text() + ":[" + plain(right) + "]");
            }
            return memory(right, size, left.getFirst().text());
        }
        String far = "far$(" + expression(left) + ", " + expression(right) + ")";
        return size.isEmpty() ? far : "sized$('" + size + "', " + far + ")";
    }

    private String memory(List<Token> operand, String size, String segment) {
        if (!operand.getLast().is("]")) {
            throw Misreadings.refusal(
                    file,
                    operand.getFirst(),
                    "text after the memory operand " + plain(operand),
                    "put the whole address between one pair of square brackets: [ebx + esi + 4]");
        }
        List<Token> inner = operand.subList(1, operand.size() - 1);
        String seg = segment;
        if (inner.size() > 2
                && Grammar.SEGMENTS.contains(inner.getFirst().text())
                && inner.get(1).is(":")) {
            seg = inner.getFirst().text();
            inner = inner.subList(2, inner.size());
        }
        Misreadings.refuseAddress(file, operand.getFirst(), inner);
        return "mem$('" + size + "', '" + seg + "', " + expression(inner) + ")";
    }

    /** The colon of a far pointer or an override, outside brackets and conditionals; -1 where there is none. */
    private static int colon(List<Token> operand) {
        int depth = 0;
        for (int i = 0; i < operand.size(); i++) {
            Token token = operand.get(i);
            if (token.kind() != Kind.PUNCTUATION) {
                continue;
            }
            depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
            if (depth == 0 && token.is("?")) {
                return -1;
            }
            if (depth == 0 && token.is(":")) {
                return i;
            }
        }
        return -1;
    }

    /** An expression as written, with numbers said in Groovy's way and local labels made into calls. */
    String expression(List<Token> list) {
        StringBuilder out = new StringBuilder();
        int copied = list.getFirst().start();
        Misreadings.refuseAlone(file, list);
        for (int i = 0; i < list.size(); i++) {
            Token token = list.get(i);
            String instead = null;
            int end = token.end();
            if (token.kind() == Kind.NUMBER) {
                Misreadings.refuseNumber(file, token);
                instead = Numbers.groovy(token.text());
            } else if (token.is(".") && (i == 0 || !list.get(i - 1).endsOperand()) && i + 1 < list.size()) {
                instead = "local$('" + list.get(i + 1).text() + "')";
                end = list.get(i + 1).end();
                i++;
            }
            Misreadings.refuseGap(file, list, i);
            if (instead != null) {
                out.append(text, copied, token.start()).append(instead);
                copied = end;
            }
        }
        return out.append(text, copied, list.getLast().end()).toString();
    }

    private String plain(List<Token> list) {
        return text.substring(list.getFirst().start(), list.getLast().end()).replaceAll("\\s+", " ");
    }

    private String quoted(List<Token> list) {
        return plain(list.stream().filter(t -> t.kind() != Kind.NEWLINE).toList())
                .replace("\\", "\\\\")
                .replace("'", "\\'");
    }
}

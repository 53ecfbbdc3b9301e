package ringside.lab;

import java.util.ArrayList;
import java.util.List;

/** Text for a screen of 100 columns, line by line. */
final class Screen {
    static final int WIDTH = 100;

    /** A space at which no line is broken. */
    static final char UNBROKEN = '\u00a0';

    private final StringBuilder out = new StringBuilder();

    void line(String text) {
        out.append(text.replace(UNBROKEN, ' ').stripTrailing()).append('\n');
    }

    /** A text that may need several lines, those after the first indented as deep as its head. */
    void paragraph(String head, String text) {
        List<String> lines = wrap(text, WIDTH - head.length());
        for (int i = 0; i < lines.size(); i++) {
            line((i == 0 ? head : " ".repeat(head.length())) + lines.get(i));
        }
    }

    String text() {
        return out.toString();
    }

    /** Two texts on one line, the second from {@code column} or as far left as it must; on a line of its own if need be. */
    static String apart(String left, String right, int column) {
        int at = Math.min(column, WIDTH - right.length());
        if (left.length() + 2 > at) {
            return left + "\n" + " ".repeat(Math.max(2, at)) + right;
        }
        return pad(left, at) + right;
    }

    static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }

    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int cut = space <= 0 ? width : space;
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).strip();
        }
        lines.add(rest);
        return lines;
    }
}

package ringside.shell;

import java.util.ArrayDeque;
import java.util.Deque;

/** Tells whether a text typed so far wants another line: an open bracket, string or block comment. */
final class Unfinished {
    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";

    private final String text;
    private final Deque<Character> open = new ArrayDeque<>();
    private int at;

    private Unfinished(String text) {
        this.text = text;
    }

    /** Whether {@code text} breaks off inside a bracket, a triple-quoted string or a comment, or ends in a backslash. */
    static boolean is(String text) {
        return new Unfinished(text).scan() || text.endsWith("\\");
    }

    private boolean scan() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (text.startsWith("//", at)) {
                at = endOf("\n", at + 2);
            } else if (text.startsWith("/*", at)) {
                at = endOf("*/", at + 2);
            } else if (text.startsWith("'''", at) || text.startsWith("\"\"\"", at)) {
                at = endOf(text.substring(at, at + 3), at + 3);
            } else if (c == '\'' || c == '"') {
                skipString(c);
            } else {
                bracket(c);
            }
            if (at < 0) {
                return true;
            }
            at++;
        }
        return !open.isEmpty();
    }

    /** Index of the last character of {@code mark}, or -1 where it does not come (a line comment may end the text). */
    private int endOf(String mark, int from) {
        int found = text.indexOf(mark, from);
        if (found < 0) {
            return mark.equals("\n") ? text.length() : -1;
        }
        return found + mark.length() - 1;
    }

    /** An ordinary string ends with its line, closed or not: the compiler will say the rest. */
    private void skipString(char quote) {
        at++;
        while (at < text.length() && text.charAt(at) != quote && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
    }

    private void bracket(char c) {
        if (OPENING.indexOf(c) >= 0) {
            open.push(c);
        } else if (CLOSING.indexOf(c) >= 0 && !open.isEmpty()) {
            open.pop();
        }
    }
}

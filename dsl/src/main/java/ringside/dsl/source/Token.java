package ringside.dsl.source;

/**
 * A piece of a script's text.
 *
 * @param kind what it is
 * @param text as written
 * @param start index of its first character in the script
 * @param line line of its first character, from 1
 * @param spaced whether white space, a comment or a line's end comes right before it
 */
record Token(Kind kind, String text, int start, int line, boolean spaced) {
    enum Kind {
        /** Identifier or keyword. */
        WORD,
        NUMBER,
        /** Any string literal as a whole, with its quotes. */
        STRING,
        /** A line's end outside brackets and comments. */
        NEWLINE,
        /** One operator or bracket. */
        PUNCTUATION,
        END
    }

    int end() {
        return start + text.length();
    }

    boolean is(String what) {
        return text.equals(what) && kind != Kind.STRING;
    }

    boolean isWord() {
        return kind == Kind.WORD;
    }

    /** Whether an operand may stop here: what follows is then a binary operator or a separator. */
    boolean endsOperand() {
        return switch (kind) {
            case WORD, NUMBER, STRING -> true;
            case PUNCTUATION -> text.equals(")") || text.equals("]") || text.equals("}");
            case NEWLINE, END -> false;
        };
    }
}

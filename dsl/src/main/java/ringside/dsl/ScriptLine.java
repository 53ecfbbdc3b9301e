package ringside.dsl;

import ringside.dsl.assembly.Place;

/** Finds the script's line in a stack of calls. */
final class ScriptLine {
    private ScriptLine() {}

    /** The innermost line of the script in {@code trace}, or 0. */
    static int of(StackTraceElement[] trace, String file) {
        String plain = Place.plain(file);
        for (StackTraceElement frame : trace) {
            if (plain.equals(frame.getFileName()) && frame.getLineNumber() > 0) {
                return frame.getLineNumber();
            }
        }
        return 0;
    }

    /** The place in the script from which this is called, for messages. */
    static String here(ScriptContext context) {
        int line = of(new Throwable().getStackTrace(), context.file);
        return line == 0 ? "" : Place.of(context.file, line);
    }
}

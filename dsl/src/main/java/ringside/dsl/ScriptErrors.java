package ringside.dsl;

import groovy.lang.MissingMethodException;
import groovy.lang.MissingPropertyException;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.messages.ExceptionMessage;
import org.codehaus.groovy.control.messages.SyntaxErrorMessage;
import org.codehaus.groovy.runtime.InvokerInvocationException;
import ringside.dsl.assembly.Place;
import ringside.error.RingsideException;

/** Turns whatever goes wrong in a script into one message with the script's file and line. */
final class ScriptErrors {
    private ScriptErrors() {}

    /** {@code thrown} by the script {@code file} while it ran or was compiled. */
    static RingsideException of(Throwable thrown, String file) {
        Throwable cause = unwrapped(thrown);
        int line = ScriptLine.of(cause.getStackTrace(), file);
        String where = line == 0 ? Place.plain(file) : Place.of(file, line);
        return switch (cause) {
            case RingsideException e when !e.where().isEmpty() -> e;
            case RingsideException e -> new RingsideException(e.what(), where, e.remedy(), e);
            case MissingMethodException e ->
                new RingsideException(
                        "no method '" + e.getMethod() + "' of " + article(e.getType()) + " takes "
                                + Block.kinds(e.getArguments()),
                        where,
                        "look at the name and at what is passed",
                        e);
            case MissingPropertyException e ->
                new RingsideException(
                        "unknown property '" + e.getProperty() + "' of " + article(e.getType()),
                        where,
                        "look at the name",
                        e);
            case StackOverflowError e ->
                new RingsideException(
                        "the script calls itself without end", where, "look for a method that calls itself", e);
            case AssertionError e ->
                new RingsideException("an assert of the script failed: " + firstLine(e), where, "", e);
            default ->
                new RingsideException(
                        cause.getClass().getSimpleName() + ": " + firstLine(cause),
                        where,
                        "the script's own code failed here",
                        cause);
        };
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof InvokerInvocationException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String article(Class<?> type) {
        if (type == null) {
            return "null";
        }
        String name = RingsideScript.class.isAssignableFrom(type) ? "script" : type.getSimpleName();
        return ("AEIOU".indexOf(Character.toUpperCase(name.charAt(0))) >= 0 ? "an " : "a ") + name;
    }

    private static String firstLine(Throwable e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse("");
    }

    // ---- compilation

    /** Why {@code text}, rewritten to {@code compiled}, does not compile. */
    static RingsideException compilation(
            MultipleCompilationErrorsException errors, String file, String text, String compiled) {
        for (Object message : errors.getErrorCollector().getErrors()) {
            if (message instanceof SyntaxErrorMessage syntax) {
                return syntax(syntax, file, text, compiled);
            }
            if (message instanceof ExceptionMessage exception && ringside(exception.getCause()) != null) {
                return ringside(exception.getCause());
            }
        }
        return new RingsideException(firstLine(errors), Place.plain(file), "", errors);
    }

    /** Groovy's parser quotes all it read since the place it did not understand: the last line is what matters. */
    private static String shortened(String message) {
        int lastLine = message.lastIndexOf("\\n");
        return message.startsWith("Unexpected input: '") && lastLine > 0
                ? "Unexpected input: '" + message.substring(lastLine + 2).strip()
                : message;
    }

    private static String line(String text, int line) {
        return text.lines().skip(Math.max(0, line - 1)).findFirst().orElse("");
    }

    private static RingsideException ringside(Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof RingsideException)) {
            cause = cause.getCause();
        }
        return (RingsideException) cause;
    }

    private static RingsideException syntax(SyntaxErrorMessage message, String file, String text, String compiled) {
        String told = message.getCause().getOriginalMessage();
        String plain = shortened(told.lines().findFirst().orElse(told).replaceAll("\\s+@ line.*", ""));
        int line = message.getCause().getStartLine();
        boolean rewritten = !line(text, line).equals(line(compiled, line));
        boolean generated = plain.contains("$(") || rewritten && !plain.startsWith("Unclosed string");
        return new RingsideException(
                generated ? "this statement cannot be read" : "syntax error: " + plain,
                Place.of(file, line),
                generated ? "look for a bracket or an operator that is missing in it or before it" : "",
                message.getCause());
    }
}

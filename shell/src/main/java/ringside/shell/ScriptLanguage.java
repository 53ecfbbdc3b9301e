package ringside.shell;

import groovy.lang.Binding;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import ringside.dsl.ScriptRunner;
import ringside.dsl.ScriptWords;
import ringside.guest.GuestImage;

/** The scripts' language as the shell speaks it: variables without {@code def} outlive their line. */
final class ScriptLanguage implements Language {
    private static final String NAME = "shell";

    private final Binding binding = new Binding();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Override
    public List<GuestImage> guestsOf(Path script) {
        return ScriptRunner.run(script, out).guests();
    }

    @Override
    public Evaluation evaluate(String text) {
        printed.reset();
        ScriptRunner.Result result = ScriptRunner.run(text, NAME, out, binding);
        String value = result.value() == null || result.value() instanceof GuestImage ? "" : result.value() + "\n";
        return new Evaluation(printed.toString(StandardCharsets.UTF_8) + value, result.guests(), result.studies());
    }

    @Override
    public List<String> words() {
        return List.copyOf(ScriptWords.all());
    }
}

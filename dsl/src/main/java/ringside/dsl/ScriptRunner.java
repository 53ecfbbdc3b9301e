package ringside.dsl;

import groovy.lang.Binding;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.ExperimentSpec;
import ringside.lab.Report;
import ringside.lab.ServerSpec;
import ringside.lab.Study;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.rule.RuleChange;

/** Runs scripts: what they describe comes back as data, what they get wrong as one {@link RingsideException}. */
public final class ScriptRunner {
    private ScriptRunner() {}

    /**
     * What a script described, in the order written.
     *
     * @param places where each study is described
     * @param server the last one that the script asked for, if it did
     * @param hypercalls that it declared
     * @param rules its changes to translation rules
     * @param value of its last statement, for a shell
     */
    public record Result(
            List<GuestImage> guests,
            List<Study> studies,
            Map<Study, String> places,
            Optional<ServerSpec> server,
            List<GuestCall> hypercalls,
            List<RuleChange> rules,
            Object value) {
        /** Carries a study out; what is refused only then is told with the place of the study. */
        public Report investigate(Study study) {
            try {
                return study.investigate();
            } catch (RingsideException e) {
                String place = places.getOrDefault(study, "");
                throw e.where().isEmpty() ? new RingsideException(e.what(), place, e.remedy(), e) : e;
            }
        }

        /** The experiments among the studies. */
        public List<ExperimentSpec> experiments() {
            return studies.stream()
                    .filter(ExperimentSpec.class::isInstance)
                    .map(ExperimentSpec.class::cast)
                    .toList();
        }
    }

    /** Does what the first script would otherwise wait for; for a thread beside the one that reads it. */
    public static void prepare() {
        ScriptCompiler.compile("prepare", "[:]", new Binding());
    }

    /** Runs the script in {@code file}; {@code out} gets what it prints. */
    public static Result run(Path file, PrintStream out) {
        return run(file, out, OptionalLong.empty());
    }

    /** As above; a {@code seed} that is given counts instead of the script's own. */
    public static Result run(Path file, PrintStream out, OptionalLong seed) {
        try {
            return run(Files.readString(file), file.toString(), out, new Binding(), seed);
        } catch (IOException e) {
            throw new RingsideException("cannot read script " + file, "", "look at its name and at its permissions", e);
        }
    }

    /** Runs {@code text}; {@code name} is what messages and source lines call it. */
    public static Result run(String text, String name, PrintStream out) {
        return run(text, name, out, new Binding());
    }

    /** As above, with variables that outlive the script: a shell keeps one binding. */
    public static Result run(String text, String name, PrintStream out, Binding binding) {
        return run(text, name, out, binding, OptionalLong.empty());
    }

    private static Result run(String text, String name, PrintStream out, Binding binding, OptionalLong seed) {
        PrintWriter writer = new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
        binding.setVariable("out", writer);
        try {
            RingsideScript script = ScriptCompiler.compile(name, text, binding);
            ScriptContext context = new ScriptContext(name, script, seed);
            script.context(context);
            Object[] value = new Object[1];
            ScriptContext.with(context, () -> value[0] = script.run());
            Optional<ServerSpec> server =
                    context.server == ServerSpec.DEFAULT ? Optional.empty() : Optional.of(context.server);
            return new Result(
                    List.copyOf(context.guests),
                    List.copyOf(context.studies),
                    context.places,
                    server,
                    List.copyOf(context.hypercalls),
                    List.copyOf(context.rules),
                    value[0]);
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw ScriptErrors.of(e, name);
        } finally {
            writer.flush();
        }
    }
}

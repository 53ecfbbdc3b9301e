package ringside.dsl;

import groovy.lang.GroovyObjectSupport;
import java.util.List;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.HostExpectation;

/** A virtual machine of a host as a word: {@code expect vm('a').undisturbed}. */
public final class VmWord extends GroovyObjectSupport {
    private static final List<String> OUTCOMES = List.of("undisturbed", "stops", "gets");

    private final String name;

    VmWord(String name) {
        this.name = name;
    }

    /** That its neighbours change nothing that it could see but timing. */
    public HostExpectation getUndisturbed() {
        return new HostExpectation.Undisturbed(name);
    }

    /** How it ends. */
    public HostExpectation stops(String reason) {
        return new HostExpectation.Stops(name, reason);
    }

    /** Its percentage of the time in which anybody ran. */
    public HostExpectation gets(int percent) {
        return new HostExpectation.Share(name, percent, percent);
    }

    /** The same, as a range: {@code gets(60..70)}. */
    public HostExpectation gets(List<?> percents) {
        return new HostExpectation.Share(
                name, ((Number) percents.getFirst()).intValue(), ((Number) percents.getLast()).intValue());
    }

    @Override
    public Object getProperty(String property) {
        if (property.equals("undisturbed")) {
            return getUndisturbed();
        }
        throw unknown(property);
    }

    @Override
    public Object invokeMethod(String method, Object args) {
        if (OUTCOMES.contains(method)) {
            throw new RingsideException(
                    "'" + method + "' does not take " + Block.kinds((Object[]) args),
                    "",
                    switch (method) {
                        case "stops" -> "write stops('halt')";
                        case "gets" -> "write gets(50), or gets(45..55), in percent";
                        default -> "write " + method + ", without brackets";
                    });
        }
        throw unknown(method);
    }

    private RingsideException unknown(String word) {
        return new RingsideException(
                "unknown property '" + word + "' of vm '" + name + "'",
                "",
                NearMiss.hint(word, OUTCOMES, "known: " + String.join(", ", OUTCOMES)));
    }
}

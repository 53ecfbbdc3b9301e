package ringside.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import ringside.error.RingsideException;
import ringside.machine.cpu.Engine;

/** The engines by name: one line each. */
public final class Engines {
    private static final Map<String, Supplier<Engine>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("interpreter", Interpreter::new);
    }

    private Engines() {}

    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** A new engine; it serves one processor. */
    public static Engine named(String name) {
        Supplier<Engine> engine = ALL.get(name);
        if (engine == null) {
            throw new RingsideException(
                    "there is no engine '" + name + "'", "", "engines: " + String.join(", ", ALL.keySet()));
        }
        return engine.get();
    }
}

package ringside.dsl;

import groovy.lang.Closure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import ringside.error.RingsideException;

/** {@code driver('name') { about '...'; setting irq: 14; code { ... }; data { ... }; interrupt { ... } }}. */
public final class DriverBlock extends Block {
    static final Set<String> SETTINGS = Set.of("about", "setting", "code", "data", "interrupt");

    private final String name;
    private final ScriptContext context;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final Map<String, Closure<?>> blocks = new LinkedHashMap<>();
    private String about = "";

    DriverBlock(String name, ScriptContext context) {
        this.name = name;
        this.context = context;
    }

    @Override
    String blockName() {
        return "driver";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "about" -> "about 'what it drives'";
            case "setting" -> "setting irq: 14, base: 0x1f0";
            default -> setting + " { ... }";
        };
    }

    /** What it drives, in a line. */
    public void about(String text) {
        about = text;
    }

    /** Values that its code uses by name and an inclusion may change. */
    public void setting(Map<String, ?> named) {
        settings.putAll(named);
    }

    /** Its routines. */
    public void code(Closure<?> body) {
        block("code", body);
    }

    /** What it keeps. */
    public void data(Closure<?> body) {
        block("data", body);
    }

    /** What is to be done to the device when it interrupts; registers are kept, the 8259 is told elsewhere. */
    public void interrupt(Closure<?> body) {
        block("interrupt", body);
    }

    private void block(String word, Closure<?> body) {
        if (blocks.put(word, body) != null) {
            throw new RingsideException("driver '" + name + "' has a second block '" + word + "'", "", "join them");
        }
    }

    DriverSpec spec() {
        if (!blocks.containsKey("code")) {
            throw new RingsideException("driver '" + name + "' has no code", "", "write code { probe: ... }");
        }
        if (blocks.containsKey("interrupt") && !(settings.get(DriverSpec.LINE) instanceof Integer)) {
            throw new RingsideException(
                    "driver '" + name + "' handles interrupts and does not say of which line",
                    "",
                    "write setting irq: 5");
        }
        return new DriverSpec(
                name,
                about,
                Map.copyOf(settings),
                blocks.get("code"),
                Optional.ofNullable(blocks.get("data")),
                Optional.ofNullable(blocks.get("interrupt")),
                context);
    }
}

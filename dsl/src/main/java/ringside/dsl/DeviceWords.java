package ringside.dsl;

import java.util.Set;
import java.util.TreeSet;
import ringside.error.RingsideException;

/** What closures of a device can say beside their parameters: its registers, and what the device can do. */
final class DeviceWords extends Block {
    private static final Set<String> ACTIONS = Set.of("interrupt", "raise", "lower", "startDma");

    private final ScriptedDevice device;
    private final RingsideScript script;

    DeviceWords(ScriptedDevice device, RingsideScript script) {
        this.device = device;
        this.script = script;
    }

    @Override
    RingsideScript script() {
        return script;
    }

    @Override
    String blockName() {
        return "device '" + device.spec().name() + "'";
    }

    @Override
    Set<String> settings() {
        return ACTIONS;
    }

    @Override
    Set<String> words() {
        Set<String> words = new TreeSet<>(Set.of("random", "memory", "now"));
        device.spec().registers().forEach(register -> words.add(register.name()));
        return words;
    }

    @Override
    String usage(String setting) {
        return setting.equals("startDma") ? "startDma(20.us)" : setting + "()";
    }

    @Override
    Object word(String name) {
        int register = device.registers().index(name);
        if (register >= 0) {
            return device.registers().get(register);
        }
        return switch (name) {
            case "random" -> device.random();
            case "memory" -> device.memory();
            case "now" -> device.clock().now();
            default -> null;
        };
    }

    @Override
    public void setProperty(String name, Object value) {
        int register = device.registers().index(name);
        if (register < 0) {
            super.setProperty(name, value);
        } else if (value instanceof Number number) {
            device.registers().set(register, number.intValue());
        } else {
            throw new RingsideException(
                    "register '" + name + "' cannot hold " + kinds(new Object[] {value}), "", "assign a number");
        }
    }

    /** Raises the interrupt line anew: one edge. */
    public void interrupt() {
        device.line().pulse();
    }

    /** Holds the interrupt line high until {@code lower()}. */
    public void raise() {
        device.line().set(true);
    }

    public void lower() {
        device.line().set(false);
    }

    /** Runs the device's {@code dma} block after so many ticks. */
    public void startDma(Number ticks) {
        device.startDma(ticks.longValue());
    }
}

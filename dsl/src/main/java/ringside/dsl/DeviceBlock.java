package ringside.dsl;

import groovy.lang.Closure;
import groovy.lang.IntRange;
import java.util.Set;
import ringside.error.RingsideException;

/** {@code device('dice') { ports 0x500..0x501; read { port, width -> ... }; write { ... }; irq 5 }}. */
public final class DeviceBlock extends Block {
    private final String name;
    private int first = -1;
    private int last = -1;
    private Closure<?> read;
    private Closure<?> write;
    private int irq = DeviceSpec.NO_IRQ;

    DeviceBlock(String name) {
        this.name = name;
    }

    @Override
    String blockName() {
        return "device";
    }

    @Override
    Set<String> settings() {
        return Set.of("ports", "read", "write", "irq");
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "ports" -> "ports 0x500..0x501";
            case "irq" -> "irq 5";
            case "read" -> "read { port, width -> value }";
            default -> "write { port, width, value -> ... }";
        };
    }

    /** The ports the device answers to. */
    public void ports(IntRange range) {
        first = Math.min(range.getFromInt(), range.getToInt());
        last = Math.max(range.getFromInt(), range.getToInt());
        if (first < 0 || last > 0xffff) {
            throw new RingsideException(
                    String.format("ports 0x%x to 0x%x do not exist", first, last), "", "ports are 0 to 0xffff");
        }
    }

    public void ports(int port) {
        ports(new IntRange(true, port, port));
    }

    /** What IN gets: called with port and width in bits. */
    public void read(Closure<?> body) {
        read = parameters(body, "read", 2);
    }

    /** What OUT does: called with port, width in bits and value. */
    public void write(Closure<?> body) {
        write = parameters(body, "write", 3);
    }

    /** The interrupt line; closures raise it with {@code interrupt()}. */
    public void irq(int line) {
        if (line < 0 || line > 15 || line == 2) {
            throw new RingsideException(
                    "there is no interrupt line " + line, "", "lines are 0 to 15; 2 joins the controllers");
        }
        irq = line;
    }

    private Closure<?> parameters(Closure<?> body, String word, int most) {
        if (body.getMaximumNumberOfParameters() > most) {
            throw new RingsideException(
                    "the " + word + " block of device '" + name + "' has " + body.getMaximumNumberOfParameters()
                            + " parameters",
                    "",
                    "write " + usage(word));
        }
        return body;
    }

    DeviceSpec spec() {
        if (first < 0) {
            throw new RingsideException("device '" + name + "' has no ports", "", "write ports 0x500..0x501");
        }
        return new DeviceSpec(name, first, last, read, write, irq);
    }
}

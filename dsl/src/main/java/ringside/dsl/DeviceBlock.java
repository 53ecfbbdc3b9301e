package ringside.dsl;

import groovy.lang.Closure;
import groovy.lang.IntRange;
import groovy.lang.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/** {@code device('dice') { ports 0x500..0x501; register 'roll', at: 0, bits: 8; irq 5; every 10.ms { ... } }}. */
public final class DeviceBlock extends Block {
    private static final Set<String> REGISTER = Set.of("at", "bits", "access", "reset", "about", "read", "write");
    private static final int PAGE = 0x1000;

    private final String name;
    private final String place;
    private DeviceSpec.Range ports;
    private DeviceSpec.Range addresses;
    private final List<DeviceRegister> registers = new ArrayList<>();
    private final List<DeviceSpec.Period> every = new ArrayList<>();
    private Closure<?> read;
    private Closure<?> write;
    private Closure<?> dma;
    private int irq = DeviceSpec.NO_IRQ;

    /** @param place the script and the line of the block */
    DeviceBlock(String name, String place) {
        this.name = name;
        this.place = place;
    }

    @Override
    String blockName() {
        return "device";
    }

    @Override
    Set<String> settings() {
        return Set.of("ports", "mmio", "register", "read", "write", "irq", "dma", "every");
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "ports" -> "ports 0x500..0x501";
            case "mmio" -> "mmio 0xd0000000..0xd0000fff";
            case "register" -> "register 'count', at: 4, bits: 32, access: 'rw', reset: 0, about: 'counts'";
            case "irq" -> "irq 5";
            case "every" -> "every(10.ms) { ... }";
            case "dma" -> "dma { memory.write32(0x9000, 1) }";
            case "read" -> "read { port, width -> value }";
            default -> "write { port, width, value -> ... }";
        };
    }

    /** The ports the device answers to. */
    public void ports(IntRange range) {
        int first = Math.min(range.getFromInt(), range.getToInt());
        int last = Math.max(range.getFromInt(), range.getToInt());
        if (first < 0 || last > 0xffff) {
            throw new RingsideException(
                    String.format("ports 0x%x to 0x%x do not exist", first, last), "", "ports are 0 to 0xffff");
        }
        ports = new DeviceSpec.Range(first, last);
    }

    public void ports(int port) {
        ports(new IntRange(true, port, port));
    }

    /** The physical addresses the device answers to: whole pages. */
    public void mmio(Range<?> range) {
        if (range.getFrom() instanceof Number first && range.getTo() instanceof Number last) {
            addresses(first.longValue() & 0xffff_ffffL, last.longValue() & 0xffff_ffffL);
        } else {
            misused("mmio", new Object[] {range});
        }
    }

    /** The same by first address and length: {@code mmio 0xd0000000, 4.KiB}. */
    public void mmio(Number first, Number bytes) {
        addresses(first.longValue() & 0xffff_ffffL, (first.longValue() & 0xffff_ffffL) + bytes.longValue() - 1);
    }

    private void addresses(long first, long last) {
        if (first < 0 || last > 0xffff_ffffL || first % PAGE != 0 || (last + 1) % PAGE != 0 || first > last) {
            throw new RingsideException(
                    String.format("physical addresses 0x%x to 0x%x are not whole pages", first, last),
                    "",
                    "write " + usage("mmio"));
        }
        addresses = new DeviceSpec.Range((int) first, (int) last);
    }

    /** A register at an offset from the first port and the first address. */
    public void register(Map<String, ?> named, String register) {
        for (String key : named.keySet()) {
            if (!REGISTER.contains(key)) {
                throw new RingsideException(
                        "unknown setting '" + key + "' of register '" + register + "'",
                        "",
                        NearMiss.hint(key, REGISTER, usage("register")));
            }
        }
        DeviceRegister made = new DeviceRegister(
                register,
                number(named, "at", -1),
                number(named, "bits", 8),
                access(named),
                number(named, "reset", 0),
                named.get("about") == null ? "" : named.get("about").toString(),
                closure(named, "read", 0),
                closure(named, "write", 1));
        check(made);
        registers.add(made);
    }

    private void check(DeviceRegister made) {
        if (made.offset() < 0 || made.bits() != 8 && made.bits() != 16 && made.bits() != 32) {
            throw new RingsideException(
                    "register '" + made.name() + "' lacks a place or has " + made.bits() + " bits",
                    "",
                    "write " + usage("register"));
        }
        for (DeviceRegister other : registers) {
            if (made.overlaps(other) || made.name().equals(other.name())) {
                throw new RingsideException(
                        String.format(
                                "register '%s' at %x-%x meets register '%s' at %x-%x",
                                made.name(), made.offset(), made.end(), other.name(), other.offset(), other.end()),
                        "",
                        "give each its own name and place");
            }
        }
    }

    private int number(Map<String, ?> named, String key, int otherwise) {
        Object value = named.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number) {
            return number.intValue();
        }
        throw new RingsideException("'" + key + "' of a register is not a number", "", "write " + usage("register"));
    }

    private DeviceRegister.Access access(Map<String, ?> named) {
        Object word = named.containsKey("access") ? named.get("access") : "rw";
        for (DeviceRegister.Access access : DeviceRegister.Access.values()) {
            if (access.word().equals(word)) {
                return access;
            }
        }
        throw new RingsideException(
                "unknown access '" + String.valueOf(word).toLowerCase(Locale.ROOT) + "'",
                "",
                "it is 'rw', 'ro', 'wo' or 'w1c'");
    }

    private Closure<?> closure(Map<String, ?> named, String key, int most) {
        Object value = named.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Closure<?> body) {
            return body.getMaximumNumberOfParameters() <= Math.max(1, most) ? body : parameters(body, key, most);
        }
        throw new RingsideException("'" + key + "' of a register is not a block", "", "write " + key + ": { ... }");
    }

    /** What IN gets where no register lies: called with port, or address, and width in bits. */
    public void read(Closure<?> body) {
        read = parameters(body, "read", 2);
    }

    /** What OUT does there: called with port, or address, width in bits and value. */
    public void write(Closure<?> body) {
        write = parameters(body, "write", 3);
    }

    /** The device masters the bus: {@code memory} can be used in all its blocks, and {@code startDma} runs this one. */
    public void dma(Closure<?> body) {
        dma = body;
    }

    /** Runs {@code body} again and again, so many ticks apart: {@code every(10.ms) { ... }}. */
    public void every(Number ticks, Closure<?> body) {
        if (ticks.longValue() < 1) {
            throw new RingsideException("every " + ticks + " ticks is no period", "", "write " + usage("every"));
        }
        every.add(new DeviceSpec.Period(ticks.longValue(), body));
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
        if (ports == null && addresses == null) {
            throw new RingsideException(
                    "device '" + name + "' has no ports and no addresses", "", "write ports 0x500..0x501");
        }
        for (DeviceRegister register : registers) {
            if (outside(register, ports) || outside(register, addresses)) {
                throw new RingsideException(
                        String.format(
                                "register '%s' at %x-%x lies outside the device's range",
                                register.name(), register.offset(), register.end()),
                        "",
                        "give the device more ports, or the register another place");
            }
        }
        return new DeviceSpec(
                name, place, ports, addresses, List.copyOf(registers), read, write, dma, List.copyOf(every), irq);
    }

    private static boolean outside(DeviceRegister register, DeviceSpec.Range range) {
        return range != null && register.end() > range.last() - range.first();
    }
}

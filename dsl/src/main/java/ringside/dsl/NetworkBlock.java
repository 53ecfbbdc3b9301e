package ringside.dsl;

import groovy.lang.Closure;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import ringside.error.RingsideException;
import ringside.lab.NetworkSpec;
import ringside.machine.devices.net.Switch;

/** {@code network('lan') { latency 50.us; frame { from, bytes -> ... } }}: what adapters are plugged into. */
public final class NetworkBlock extends Block {
    static final Set<String> SETTINGS = Set.of("latency", "bandwidth", "frame");

    private final String name;
    private final ScriptContext context;
    private long latency = Switch.DEFAULT_LATENCY;
    private long bandwidth = Switch.FAST_ETHERNET;
    private Closure<?> frame;

    NetworkBlock(String name, ScriptContext context) {
        this.name = name;
        this.context = context;
    }

    @Override
    String blockName() {
        return "network '" + name + "'";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "latency" -> "latency 50.us";
            case "bandwidth" -> "bandwidth 100.Mbps";
            default -> "frame { from, bytes -> if (random.nextInt(10) == 0) drop() }";
        };
    }

    /** From the last bit of a frame in to its first bit out. */
    public void latency(long ticks) {
        if (ticks < 0) {
            throw new RingsideException("a latency of " + ticks + " ticks", "", "write " + usage("latency"));
        }
        latency = ticks;
    }

    /** Bits in a second. */
    public void bandwidth(long bits) {
        if (bits < 1) {
            throw new RingsideException("a bandwidth of " + bits, "", "write " + usage("bandwidth"));
        }
        bandwidth = bits;
    }

    /** Says what becomes of each frame: it is given the number of the adapter that sent it, and its bytes. */
    public void frame(Closure<?> body) {
        frame = body;
    }

    NetworkSpec spec() {
        Optional<Supplier<Switch.Behaviour>> behaviour = Optional.ofNullable(frame)
                .map(body -> () -> new FrameWords(name, body, context.seed.orElse(context.server.seed())));
        return new NetworkSpec(name, latency, bandwidth, behaviour);
    }
}

package ringside.dsl;

import groovy.lang.Closure;
import java.util.Set;
import ringside.error.RingsideException;
import ringside.machine.bus.IrqLine;
import ringside.machine.devices.Device;
import ringside.machine.state.StateVisitor;

/** A device whose answers are a script's closures; they talk to it as {@link Words}. */
final class ScriptedDevice implements Device {
    private final DeviceSpec spec;
    private final IrqLine line;
    private final Closure<?> read;
    private final Closure<?> write;
    private long random;

    ScriptedDevice(DeviceSpec spec, long seed, IrqLine line) {
        this.spec = spec;
        this.line = line;
        this.random = seed;
        read = bound(spec.read());
        write = bound(spec.write());
    }

    private Closure<?> bound(Closure<?> body) {
        if (body == null) {
            return null;
        }
        Closure<?> own = (Closure<?>) body.clone();
        own.setDelegate(new Words((RingsideScript) body.getThisObject()));
        own.setResolveStrategy(Closure.DELEGATE_ONLY);
        return own;
    }

    /** What closures of a device can say beside their parameters. */
    final class Words extends Block {
        private final Random numbers = new Random();
        private final RingsideScript script;

        Words(RingsideScript script) {
            this.script = script;
        }

        @Override
        RingsideScript script() {
            return script;
        }

        @Override
        String blockName() {
            return "device '" + spec.name() + "'";
        }

        @Override
        Set<String> settings() {
            return Set.of("interrupt");
        }

        @Override
        Set<String> words() {
            return Set.of("random");
        }

        @Override
        String usage(String setting) {
            return "interrupt()";
        }

        @Override
        Object word(String name) {
            return name.equals("random") ? numbers : null;
        }

        /** Raises and lowers the interrupt line. */
        public void interrupt() {
            if (line == null) {
                throw new RingsideException(
                        "device '" + spec.name() + "' has no interrupt line", "", "give it one: irq 5");
            }
            line.pulse();
        }
    }

    /** Random numbers from the experiment's seed; their state is the device's. */
    public final class Random {
        /** A number from 0 to {@code bound} - 1. */
        public int nextInt(int bound) {
            return (int) Long.remainderUnsigned(next() >>> 1, bound);
        }

        public int nextInt() {
            return (int) next();
        }

        /** SplitMix64 (Steele, Lea and Flood 2014). */
        private long next() {
            random += 0x9e3779b97f4a7c15L;
            long z = (random ^ random >>> 30) * 0xbf58476d1ce4e5b9L;
            z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
            return z ^ z >>> 31;
        }
    }

    @Override
    public int in(int bits, int port) {
        int ones = bits == 32 ? -1 : (1 << bits) - 1;
        if (read == null) {
            return ones;
        }
        Object value = call(read, port, bits);
        if (value instanceof Number number) {
            return number.intValue() & ones;
        }
        throw new RingsideException(
                "the read block of device '" + spec.name() + "' gave " + value, "", "it must give a number");
    }

    @Override
    public void out(int bits, int port, int value) {
        if (write != null) {
            call(write, port, bits, value);
        }
    }

    private Object call(Closure<?> body, Object... values) {
        int wanted = Math.min(values.length, body.getMaximumNumberOfParameters());
        try {
            return body.call(java.util.Arrays.copyOf(values, wanted));
        } catch (RuntimeException e) {
            throw ((RingsideScript) body.getThisObject()).placed(e);
        }
    }

    @Override
    public boolean mayInterrupt() {
        return false;
    }

    @Override
    public String stateName() {
        return spec.name();
    }

    @Override
    public void visit(StateVisitor v) {
        random = v.int64("random", random);
    }
}

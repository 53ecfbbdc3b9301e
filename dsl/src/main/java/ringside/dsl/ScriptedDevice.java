package ringside.dsl;

import groovy.lang.Closure;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import ringside.error.RingsideException;
import ringside.machine.bus.IrqLine;
import ringside.machine.bus.MmioDevice;
import ringside.machine.devices.Device;
import ringside.machine.devices.Wiring;
import ringside.machine.state.StateVisitor;
import ringside.machine.time.VirtualClock;

/**
 * A device whose answers are a script's closures; they talk to it as {@link DeviceWords}.
 *
 * <p>What a closure throws ends the run, with its line in the script and with where the guest was.
 */
final class ScriptedDevice implements Device, MmioDevice {
    private final DeviceSpec spec;
    private final Wiring wiring;
    private final ScriptedRegisters registers;
    private final Random numbers = new Random();
    /** The script's closures, each bound to this device. */
    private final Map<Closure<?>, Closure<?>> bound = new IdentityHashMap<>();

    /** A direct way into the read block, where its parameters are typed; null otherwise. */
    private final TypedBody typedRead;

    private final VirtualClock.Alarm transfer;
    private long random;

    ScriptedDevice(DeviceSpec spec, long seed, Wiring wiring) {
        this.spec = spec;
        this.wiring = wiring;
        this.random = seed;
        registers = new ScriptedRegisters(spec.registers(), this::hook);
        if (spec.addresses() != null) {
            wiring.addresses()
                    .claim(
                            spec.addresses().first(),
                            spec.addresses().last(),
                            spec.name() + " (" + spec.place() + ")",
                            this);
        }
        typedRead = spec.read() == null ? null : TypedBody.of(bound(spec.read()));
        String alarms = "device." + spec.name() + ".";
        transfer = wiring.clock().alarm(alarms + "dma", tick -> call(spec.dma()));
        for (int i = 0; i < spec.every().size(); i++) {
            repeat(alarms + "every" + i, spec.every().get(i));
        }
    }

    private void repeat(String name, DeviceSpec.Period period) {
        VirtualClock.Alarm[] alarm = new VirtualClock.Alarm[1];
        alarm[0] = wiring.clock().alarm(name, tick -> {
            alarm[0].at(tick + period.ticks());
            call(period.body());
        });
        alarm[0].at(wiring.clock().now() + period.ticks());
    }

    // ---- what the words of closures reach

    DeviceSpec spec() {
        return spec;
    }

    ScriptedRegisters registers() {
        return registers;
    }

    Random random() {
        return numbers;
    }

    VirtualClock clock() {
        return wiring.clock();
    }

    IrqLine line() {
        if (spec.irq() == DeviceSpec.NO_IRQ) {
            throw new RingsideException("device '" + spec.name() + "' has no interrupt line", "", "give it one: irq 5");
        }
        return wiring.irq(spec.irq());
    }

    private void requireDma() {
        if (spec.dma() == null) {
            throw new RingsideException(
                    "device '" + spec.name() + "' does not master the bus", "", "give it a block: dma { ... }");
        }
    }

    DeviceMemory memory() {
        requireDma();
        return new DeviceMemory(wiring.memory(spec.name()));
    }

    void startDma(long ticks) {
        requireDma();
        transfer.at(wiring.clock().now() + Math.max(0, ticks));
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

    // ---- closures

    private Closure<?> bind(Closure<?> body) {
        Closure<?> own = (Closure<?>) body.clone();
        own.setDelegate(new DeviceWords(this, (RingsideScript) body.getThisObject()));
        own.setResolveStrategy(Closure.DELEGATE_ONLY);
        return own;
    }

    private Closure<?> bound(Closure<?> body) {
        return bound.computeIfAbsent(body, this::bind);
    }

    private Object call(Closure<?> body, Object... values) {
        Closure<?> own = bound(body);
        int wanted = Math.min(values.length, own.getMaximumNumberOfParameters());
        try {
            return own.call(wanted == values.length ? values : Arrays.copyOf(values, wanted));
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw failed(body, e);
        }
    }

    private RingsideException failed(Closure<?> body, Throwable e) {
        return where(((RingsideScript) body.getThisObject()).placed(e));
    }

    private int typed(int place, int bits) {
        try {
            return typedRead.givesNumber()
                    ? typedRead.number(place, bits)
                    : number(typedRead.call(place, bits), "read");
        } catch (Throwable e) {
            throw failed(spec.read(), e);
        }
    }

    private RingsideException where(RingsideException e) {
        String guest = wiring.whereabouts();
        return guest.isEmpty()
                ? e
                : new RingsideException(e.what() + ", the guest at " + guest, e.where(), e.remedy(), e);
    }

    private int number(Object value, String block) {
        if (value instanceof Number number) {
            return number.intValue();
        }
        throw new RingsideException(
                "the " + block + " block of device '" + spec.name() + "' gave " + value, "", "it must give a number");
    }

    private Integer hook(DeviceRegister register, Integer written) {
        if (written == null) {
            return number(call(register.read()), "read");
        }
        call(register.write(), written);
        return written;
    }

    // ---- accesses

    private static int ones(int bits) {
        return bits == 32 ? -1 : (1 << bits) - 1;
    }

    private int read(int bits, int offset, int place) {
        if (registers.at(offset)) {
            return registers.read(bits, offset);
        }
        if (typedRead != null) {
            return typed(place, bits) & ones(bits);
        }
        return spec.read() == null ? ones(bits) : number(call(spec.read(), place, bits), "read") & ones(bits);
    }

    private void write(int bits, int offset, int place, int value) {
        if (registers.at(offset)) {
            registers.write(bits, offset, value);
        } else if (spec.write() != null) {
            call(spec.write(), place, bits, value);
        }
    }

    @Override
    public int in(int bits, int port) {
        return read(bits, port - spec.ports().first(), port);
    }

    @Override
    public void out(int bits, int port, int value) {
        write(bits, port - spec.ports().first(), port, value);
    }

    @Override
    public int read(int bits, int offset) {
        return read(bits, offset, spec.addresses().first() + offset);
    }

    @Override
    public void write(int bits, int offset, int value) {
        write(bits, offset, spec.addresses().first() + offset, value);
    }

    @Override
    public boolean mayInterrupt() {
        return !spec.every().isEmpty() || transfer.due() != VirtualClock.NEVER;
    }

    @Override
    public String stateName() {
        return spec.name();
    }

    @Override
    public void visit(StateVisitor v) {
        random = v.int64("random", random);
        registers.visit(v);
    }
}

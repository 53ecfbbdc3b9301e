package ringside.dsl;

import groovy.lang.Closure;
import groovy.lang.GroovyObjectSupport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ringside.error.RingsideException;
import ringside.isa.GuestFault;
import ringside.machine.devices.Console;
import ringside.machine.time.VirtualClock;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GuestCall;

/** A hypercall whose handler is a script's closure: {@code { vm, message, length -> ... }}. */
final class ScriptedCall implements GuestCall.Handler {
    private static final long NANOSECONDS_PER_TICK = 1_000_000_000L / VirtualClock.TICKS_PER_SECOND;

    private final String name;
    private final Closure<?> body;

    private ScriptedCall(String name, Closure<?> body) {
        this.name = name;
        this.body = (Closure<?>) body.clone();
        this.body.setDelegate(new Words((RingsideScript) body.getThisObject()));
        this.body.setResolveStrategy(Closure.DELEGATE_ONLY);
    }

    static GuestCall of(int number, String name, Map<String, ?> arguments, Closure<?> body, String where) {
        List<Argument> typed = new ArrayList<>();
        arguments.forEach((argument, kind) -> typed.add(argument(argument, kind)));
        if (!name.matches("[a-z][a-z0-9_]*")) {
            throw new RingsideException(
                    "a hypercall cannot be called '" + name + "'", "", "use small letters, digits and _");
        }
        if (body.getMaximumNumberOfParameters() > typed.size() + 1) {
            throw new RingsideException(
                    "the block of hypercall '" + name + "' has " + body.getMaximumNumberOfParameters() + " parameters",
                    "",
                    "they are the machine and the arguments: { vm"
                            + arguments.keySet().stream().map(n -> ", " + n).collect(Collectors.joining())
                            + " -> ... }");
        }
        return new GuestCall(number, name, typed, new ScriptedCall(name, body), where);
    }

    /** The kind of argument called {@code word}. */
    static Optional<Argument.Kind> kind(String word) {
        return Arrays.stream(Argument.Kind.values())
                .filter(kind -> kind.name().equals(word))
                .findFirst();
    }

    private static Argument argument(String name, Object kind) {
        if (kind instanceof Argument.Kind known) {
            return Argument.of(name, known);
        }
        throw new RingsideException(
                "argument '" + name + "' is " + Block.kinds(new Object[] {kind}), "", "it is VALUE, VA, PA or LENGTH");
    }

    @Override
    public int call(GuestCall.Caller vm, int[] arguments) {
        Object[] values = new Object[arguments.length + 1];
        values[0] = new Machine(vm);
        for (int i = 0; i < arguments.length; i++) {
            values[i + 1] = arguments[i];
        }
        int wanted = Math.min(values.length, body.getMaximumNumberOfParameters());
        try {
            Object result = body.call(Arrays.copyOf(values, wanted));
            return result instanceof Number number ? number.intValue() : 0;
        } catch (GuestFault fault) {
            throw fault;
        } catch (RuntimeException e) {
            throw ((RingsideScript) body.getThisObject()).placed(e);
        }
    }

    /** What names in the closure mean that are neither its parameters nor the script's: nothing. */
    private final class Words extends Block {
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
            return "hypercall '" + name + "'";
        }

        @Override
        Set<String> settings() {
            return Set.of();
        }

        @Override
        String usage(String setting) {
            return setting;
        }
    }

    /** The virtual machine that asks, as a closure sees it. */
    public static final class Machine extends GroovyObjectSupport {
        private final GuestCall.Caller caller;

        Machine(GuestCall.Caller caller) {
            this.caller = caller;
        }

        /** Bytes at a VA. */
        public byte[] read(int va, int length) {
            return caller.read(va, length);
        }

        /** The same as text, one character a byte. */
        public String text(int va, int length) {
            return new String(caller.read(va, length), StandardCharsets.ISO_8859_1);
        }

        /** The four bytes at a VA as a number. */
        public int read32(int va) {
            byte[] b = caller.read(va, 4);
            return b[0] & 0xff | (b[1] & 0xff) << 8 | (b[2] & 0xff) << 16 | b[3] << 24;
        }

        public void write32(int va, int value) {
            caller.write(
                    va, new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
        }

        /** Replaces bytes at a VA. */
        public void write(int va, byte[] bytes) {
            caller.write(va, bytes);
        }

        public void write(int va, String text) {
            caller.write(va, text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Where the guest's console output goes. */
        public Output getConsole() {
            return new Output(caller.board().platform().console("com1"));
        }

        /** Nanoseconds of virtual time since the start. */
        public long getTime() {
            return caller.board().platform().clock().now() * NANOSECONDS_PER_TICK;
        }
    }

    /** A console: {@code vm.console << 'text'}. */
    public static final class Output {
        private final Console console;

        Output(Console console) {
            this.console = console;
        }

        public Output leftShift(Object what) {
            byte[] bytes =
                    what instanceof byte[] raw ? raw : String.valueOf(what).getBytes(StandardCharsets.UTF_8);
            for (byte b : bytes) {
                console.send(b);
            }
            return this;
        }
    }
}

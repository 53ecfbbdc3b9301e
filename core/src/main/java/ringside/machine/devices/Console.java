package ringside.machine.devices;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.IntConsumer;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;

/**
 * The far end of a serial line or debug port: keeps every byte the guest sent, hands it on live if asked to, and holds
 * the bytes that wait to be received.
 *
 * <p>Input is given between runs or by a script at a virtual time; a console never reads the outside world by itself.
 */
public final class Console implements Stateful {
    private final String name;
    private ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final Queue<Byte> input = new ArrayDeque<>();
    private IntConsumer live = value -> {};
    private Runnable receiver = () -> {};

    public Console(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** Sees each byte the guest sends from now on. */
    public void live(IntConsumer sink) {
        live = sink;
    }

    // ---- the outside

    /** Everything the guest has sent. */
    public byte[] sent() {
        return sent.toByteArray();
    }

    /** The same as text, one character a byte. */
    public String text() {
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    /** Puts bytes on the line to the guest. */
    public void type(byte[] bytes) {
        for (byte b : bytes) {
            input.add(b);
        }
        receiver.run();
    }

    public void type(String text) {
        type(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    // ---- the device

    /** A byte from the guest: of a device, or of a VMM that it asked. */
    public void send(int value) {
        sent.write(value);
        live.accept(value & 0xff);
    }

    /** Who is told that input arrived. */
    public void receiver(Runnable device) {
        receiver = device;
    }

    public boolean hasInput() {
        return !input.isEmpty();
    }

    /** The next waiting byte; only after {@link #hasInput}. */
    public int receive() {
        return input.remove() & 0xff;
    }

    @Override
    public String stateName() {
        return "console." + name;
    }

    @Override
    public void visit(StateVisitor v) {
        byte[] output = v.blob("sent", sent.toByteArray());
        sent = new ByteArrayOutputStream();
        sent.writeBytes(output);
        byte[] waiting = new byte[input.size()];
        for (int i = 0; i < waiting.length; i++) {
            waiting[i] = input.remove();
        }
        for (byte b : v.blob("input", waiting)) {
            input.add(b);
        }
    }
}

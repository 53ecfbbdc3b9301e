package ringside.machine.devices;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.InterruptSource;
import ringside.machine.bus.IrqLine;

/**
 * Several interrupt sources before one pin of a processor: it is high while any of them asks, and the first that does, in
 * the order in which they were added, answers the acknowledge cycle.
 */
public final class InterruptInputs implements InterruptSource {
    /** One source. */
    private static final class Input {
        private final InterruptSource source;
        private boolean high;

        Input(InterruptSource source) {
            this.source = source;
        }
    }

    private final IrqLine pin;
    private final List<Input> inputs = new ArrayList<>();

    public InterruptInputs(IrqLine pin) {
        this.pin = pin;
    }

    /** The line by which {@code source} asks. */
    public IrqLine add(InterruptSource source) {
        Input input = new Input(source);
        inputs.add(input);
        return high -> {
            input.high = high;
            drive();
        };
    }

    /** Takes a message: the processor will see this vector, each message once. */
    public void message(int vector) {
        Input[] waiting = new Input[1];
        waiting[0] = new Input(() -> {
            inputs.remove(waiting[0]);
            drive();
            return vector;
        });
        waiting[0].high = true;
        inputs.add(waiting[0]);
        drive();
    }

    private void drive() {
        boolean any = false;
        for (int i = 0; i < inputs.size(); i++) {
            any |= inputs.get(i).high;
        }
        pin.set(any);
    }

    /** A cycle that nobody asked for is the first source's to answer. */
    @Override
    public int acknowledge() {
        for (Input input : inputs) {
            if (input.high) {
                return input.source.acknowledge();
            }
        }
        return inputs.getFirst().source.acknowledge();
    }
}

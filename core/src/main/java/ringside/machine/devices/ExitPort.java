package ringside.machine.devices;

import java.util.function.IntUnaryOperator;
import ringside.machine.bus.StopRequest;
import ringside.machine.state.StateVisitor;

/** Ends the run when the guest writes to it; the code comes of the value in the way of {@link Coding}. */
public final class ExitPort implements Device {
    /** How the value written becomes the exit code. */
    public enum Coding {
        /** The code is the value. */
        PLAIN(value -> value),
        /** As QEMU's isa-debug-exit: value * 2 + 1. */
        QEMU(value -> value * 2 + 1);

        private final IntUnaryOperator code;

        Coding(IntUnaryOperator code) {
            this.code = code;
        }
    }

    private final Coding coding;
    private final StopRequest stop;

    public ExitPort(Coding coding, StopRequest stop) {
        this.coding = coding;
        this.stop = stop;
    }

    @Override
    public int in(int bits, int port) {
        return 0;
    }

    @Override
    public void out(int bits, int port, int value) {
        stop.stop("exit-port", coding.code.applyAsInt(value));
    }

    @Override
    public String stateName() {
        return "exitPort";
    }

    @Override
    public void visit(StateVisitor v) {
        // none: the request belongs to whoever runs the machine
    }
}

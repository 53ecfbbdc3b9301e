package ringside.machine.devices;

import ringside.machine.bus.BytePorts;
import ringside.machine.state.StateVisitor;

/** Port E9h as in Bochs and QEMU: a byte written goes to a console; reading gives E9h, which tells that it is there. */
public final class DebugPort implements Device, BytePorts {
    private final Console console;

    public DebugPort(Console console) {
        this.console = console;
    }

    @Override
    public int in8(int port) {
        return 0xe9;
    }

    @Override
    public void out8(int port, int value) {
        console.send(value);
    }

    @Override
    public String stateName() {
        return "debugPort";
    }

    @Override
    public void visit(StateVisitor v) {
        // the console has the state
    }
}

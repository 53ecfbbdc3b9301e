package ringside.machine.devices;

import ringside.machine.bus.IrqLine;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;

/** The latch in front of address line 20 that the keyboard controller and port 92h share. */
public final class A20Gate implements Stateful {
    private final IrqLine line;
    private boolean open;

    /** @param line driven high while the gate is open */
    public A20Gate(boolean open, IrqLine line) {
        this.line = line;
        set(open);
    }

    public boolean open() {
        return open;
    }

    public void set(boolean isOpen) {
        open = isOpen;
        line.set(isOpen);
    }

    @Override
    public String stateName() {
        return "a20";
    }

    @Override
    public void visit(StateVisitor v) {
        set(v.flag("open", open));
    }
}

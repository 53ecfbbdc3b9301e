package ringside.machine.devices;

import ringside.machine.bus.BytePorts;
import ringside.machine.bus.StopRequest;
import ringside.machine.state.StateVisitor;

/** Port 92h of the PS/2: bit 1 opens the A20 gate, bit 0 going up resets the machine. */
public final class SystemControl implements Device, BytePorts {
    private final A20Gate a20;
    private final StopRequest stop;
    private boolean resetBit;

    public SystemControl(A20Gate a20, StopRequest stop) {
        this.a20 = a20;
        this.stop = stop;
    }

    @Override
    public int in8(int port) {
        return (a20.open() ? 2 : 0) | (resetBit ? 1 : 0);
    }

    @Override
    public void out8(int port, int value) {
        a20.set((value & 2) != 0);
        boolean reset = (value & 1) != 0;
        if (reset && !resetBit) {
            stop.stop("reset", 0);
        }
        resetBit = reset;
    }

    @Override
    public String stateName() {
        return "systemControl";
    }

    @Override
    public void visit(StateVisitor v) {
        resetBit = v.flag("reset", resetBit);
    }
}

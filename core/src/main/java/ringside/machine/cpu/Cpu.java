package ringside.machine.cpu;

import ringside.arch.CpuModel;
import ringside.machine.state.ProcessorState;

/** The processor: its state, its units and the operations that instruction bodies ask for. */
public abstract class Cpu extends ProcessorState {
    protected Cpu(CpuModel model) {
        super(model);
    }
}

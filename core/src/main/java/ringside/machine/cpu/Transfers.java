package ringside.machine.cpu;

import ringside.machine.interrupts.TaskSwitcher;
import ringside.machine.paging.Mmu;
import ringside.machine.segmentation.SegmentUnit;
import ringside.machine.state.ProcessorState;

/**
 * Every transfer of control that may change CS, under the names of {@link ringside.isa.CpuPort}.
 *
 * <p>On entry {@code state.eip} is the instruction's EIP and {@code next} the one after it; a transfer replaces
 * {@code next}. A task switch replaces {@code state.eip} too, so that a fault of the new task is delivered in it.
 */
final class Transfers {
    private final FarTransfers far;
    private final InterruptReturn interruptReturn;
    private final FastSystemCalls systemCalls;

    Transfers(ProcessorState state, Mmu mmu, SegmentUnit segmentation, TaskSwitcher tasks) {
        this.far = new FarTransfers(state, mmu, segmentation, tasks);
        this.interruptReturn = new InterruptReturn(state, mmu, segmentation, far, tasks);
        this.systemCalls = new FastSystemCalls(state);
    }

    void farJump(int opSize, int selector, int offset) {
        far.jump(opSize, selector, offset);
    }

    void farCall(int opSize, int selector, int offset) {
        far.call(opSize, selector, offset);
    }

    void farReturn(int opSize, int release) {
        far.returnFar(opSize, release);
    }

    void interruptReturn(int opSize) {
        interruptReturn.execute(opSize);
    }

    void sysenter() {
        systemCalls.enter();
    }

    void sysexit() {
        systemCalls.exit();
    }
}

package ringside.machine.cpu;

import ringside.isa.Insn;
import ringside.machine.interrupts.EventWatch;
import ringside.machine.interrupts.TaskSwitcher;

/**
 * What hardware assist watches while the processor is in non-root operation. Declared here, implemented by {@code
 * machine.vmx}; absent in root operation and on processors without an assist.
 *
 * <p>Methods that may exit throw {@link ringside.machine.interrupts.ExitTaken} after noting the reason; the engine then
 * calls {@link #completeExit}.
 */
public interface Intercepts extends EventWatch {
    /** A sensitive instruction has passed its privilege checks; notes the exit and says so where it is to exit. */
    boolean instruction(Insn i);

    /** CR0 or CR4 as a read shows it, by mask and shadow; other registers as they are. */
    int visibleCr(int index);

    /** The value to load where non-root software writes {@code value} to CR0 or CR4: owned bits stay. */
    int writableCr(int index, int value);

    /** Added to the time-stamp counter. */
    long tscOffset();

    /** A hardware task switch is about to happen: it always exits. */
    void taskSwitch(int selector, TaskSwitcher.Cause cause);

    /** Whether an external interrupt exits, whatever IF says. */
    boolean interruptExits();

    void externalInterrupt();

    boolean nmiExits();

    /** Whether the guest waits to be told that it can take an interrupt. */
    boolean interruptWindow();

    void interruptWindowOpen();

    boolean nmiWindow();

    void nmiWindowOpen();

    /** The monitor trap flag: exit after each instruction. */
    boolean monitorTrap();

    void monitorTrapDue();

    /** Saves the guest, loads the host and says why: the engine's run ends with this. */
    Stop completeExit();
}

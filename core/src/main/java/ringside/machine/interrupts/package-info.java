/**
 * Event delivery: how exceptions, interrupts and INT n reach their handlers (SDM vol. 3, chapters 6 and 20).
 *
 * <p>Terms. An <em>event</em> is a vector with where it came from; its source decides the DPL check, the EXT bit of
 * error codes raised on the way, and the return address. A <em>gate</em> is the IDT's descriptor for a vector.
 * <em>Nested</em> delivery is what happens when delivery itself faults: serial, double fault, or shutdown.
 *
 * <p>Invariants. Delivery commits after its last check: when it faults, registers, flags and the interrupted stack
 * are as before, so that the next event of the chain finds the interrupted context. The one exception is a task
 * switch that faults after it was committed: that fault belongs to the new task, and the state already is the new
 * task's.
 *
 * <p>Two callers are served by one method that answers "where does control go": the engine between instructions or
 * after a fault ({@code state.eip} is pushed, then replaced), and the bodies of INT n and its kin ({@code next} is
 * pushed, then replaced). Task switching stands above and is reached through {@link
 * ringside.machine.interrupts.TaskSwitcher}.
 */
package ringside.machine.interrupts;

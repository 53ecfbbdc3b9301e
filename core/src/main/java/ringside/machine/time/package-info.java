/**
 * Virtual time: one tick for each retired guest instruction.
 *
 * <p>The {@link ringside.machine.time.VirtualClock} counts ticks and fires alarms exactly at their tick, at an
 * instruction boundary; the time-stamp counter and every device timer are functions of it. While the CPU is halted the
 * clock jumps to the next alarm. A run is therefore a function of its inputs and repeats bit for bit.
 *
 * <p>Invariants: wall-clock time never enters; alarms due at the same tick fire in the order of their creation; pending
 * alarms are state and are saved with it.
 */
package ringside.machine.time;

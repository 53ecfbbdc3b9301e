/**
 * Virtual time: the only clock there is.
 *
 * <p>A <em>tick</em> is one retired guest instruction or 10 ns of virtual time, which is the same; ticks in which a halted
 * CPU waits are skipped over. An <em>alarm</em> is a device's timer. A <em>rate</em> turns ticks into the cycles of a
 * device's own oscillator, exactly and in both directions.
 *
 * <p>Invariants: no wall clock anywhere; time never runs backwards except by loading a snapshot; alarms fire in the order
 * of their tick, then of their creation; cycles are counted from tick 0, so that rounding never accumulates.
 */
package ringside.machine.time;

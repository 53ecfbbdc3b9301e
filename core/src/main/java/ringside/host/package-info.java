/**
 * Several virtual machines on one server: who runs when, what each was given, and that none can tell but by the clock.
 *
 * <p>A <em>tenant</em> is a virtual machine on a server: any mode, any memory strategy, with a VMM of its own on the
 * server's one machine memory. <em>Machine time</em> is the server's clock, in ticks of 10 ns. A <em>turn</em> is a
 * stretch of it that a {@link ringside.host.Scheduler} gives to a tenant on one of the physical processors; the
 * tenant gives it back early when it halts. At each moment a tenant <em>runs</em>, waits for nothing but a processor
 * (<em>steal</em>) or sleeps in HLT (<em>idle</em>); the three add up to the machine time of its life.
 *
 * <p>Time. A tenant's own clock is machine time: it stands still during none of the three, and what passed while the
 * tenant did not run is there at once when it next runs, so that its timers fire late and its time-stamp counter
 * jumps, as on any real server. Where timing itself is not to differ either, {@link ringside.host.Clocks#OWN} hides
 * the steal: then a tenant sees exactly what it would see alone, and can have no network, which needs a time in common.
 * The VMM's own work takes no time, but a world switch may be given some.
 *
 * <p>Processors. Turns on several processors are simulated one after the other, the one that starts first first:
 * always the same order, no threads. What one tenant does to another (a frame, a wake-up) reaches a turn that has
 * been simulated already at that turn's end. The registers of a tenant that does not run rest in a processor object
 * of its own; the world switch is counted, not carried out.
 *
 * <p>Invariants. A server with the same tenants and scheduler runs bit for bit alike. Nothing a tenant does,
 * spinning, exits without end, a triple fault, a livelock, ends or holds up anything but itself: every turn ends, and
 * whoever makes no progress in one is given up. Tenants share frames and the switch between their network adapters,
 * and nothing else.
 */
package ringside.host;

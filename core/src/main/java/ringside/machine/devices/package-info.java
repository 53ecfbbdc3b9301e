/**
 * The devices of a PC, each a class of its own and one entry in {@link ringside.machine.devices.Devices}.
 *
 * <p>A device is built with what it is wired to (interrupt lines, the virtual clock, memory for DMA, a console) and
 * knows neither the CPU nor whether it is real: the same classes serve the simulated server and, on a virtual
 * machine's own ports and clock, as that machine's virtual devices.
 *
 * <p>Terms: an <em>interrupt line</em> has a level, and the 8259 sees its edges; a <em>console</em> is the far end of a
 * serial line, where tests and users read and type; <em>settling</em> brings state that follows from virtual time up to
 * the present.
 *
 * <p>Families of chips have packages of their own: {@link ringside.machine.devices.disk} (where sectors live),
 * {@link ringside.machine.devices.ata}, {@link ringside.machine.devices.pci}, {@link ringside.machine.devices.net} and
 * {@link ringside.machine.devices.apic}. A device that masters the bus has a view of memory of its own by its name, so
 * that something can be put between.
 *
 * <p>Invariants:
 * <ul>
 *   <li>Time comes from the clock's ticks by integer arithmetic alone; a device that lets time pass lazily gives the
 *       same answers however often it is settled.
 *   <li>All state goes through {@code visit}, timers through the clock's alarms: save, load, run equals run.
 *   <li>An access to a port or an address allocates nothing, unless the device keeps what it is told.
 *   <li>A guest cannot make a device throw: nonsense is answered as the chip, or an empty bus, would.
 *   <li>Whatever comes from outside (keys, serial input) is put in by a method call between runs or at a virtual time.
 * </ul>
 *
 * <p>Why chips as state machines and no shortcuts: guests probe them. The timer's counter is stepped by CLK pulses as
 * the data sheet tells it, with the stretches in which it only counts taken at once, so that each mode is readable
 * beside the data sheet and still costs nothing.
 */
package ringside.machine.devices;

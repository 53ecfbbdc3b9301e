/**
 * PCI configuration space by mechanism 1, and the bridges of a 440FX and PIIX3 board.
 *
 * <p>A <em>function</em> has 256 bytes of configuration: read-only identity, registers the guest may write, and
 * <em>base address registers</em>, each a window of ports or addresses that moves where the guest puts it and answers
 * while the command register allows. An interrupt pin INTA-INTD of a slot becomes one of four lines PIRQA-PIRQD, and the
 * ISA bridge routes those to request lines of the 8259, where a line is shared by whoever asks.
 *
 * <p>Invariants: every function is a device of the machine with a line in {@code Devices}; a bit of configuration space
 * changes by a write only where the function says so; what nobody owns reads as all ones; loading state moves the
 * windows where they were.
 *
 * <p>Machines come up as firmware leaves them, unless their settings say that there was none: base addresses assigned,
 * lines routed, the interrupt controller told that they are levels.
 */
package ringside.machine.devices.pci;

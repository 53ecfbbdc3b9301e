/**
 * Booting one guest on one machine, as {@code ringside boot} does: from image files to a report of how it ended.
 *
 * <p>A {@link ringside.lab.boot.BootRequest} says what to boot and on what; a {@link ringside.lab.boot.Boot} runs it within a
 * budget; a {@link ringside.lab.boot.BootReport} says why it stopped and where, and is the same each time but for its speed.
 * Every mode boots alike: what carries the guest is a {@link ringside.vmm.spi.VirtualMachine}, bare or not.
 *
 * <p>A {@link ringside.lab.boot.ServerBoot} does the same with several machines on one server, each described by a request of
 * its own.
 *
 * <p>Terms: <em>mode</em> of a machine is how it virtualizes ({@code bare}, {@code deprivileged}); the report's
 * <em>processor mode</em> is where the CPU stands ({@code real}, {@code protected}, {@code virtual-8086}).
 */
package ringside.lab.boot;

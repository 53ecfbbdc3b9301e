/**
 * Hard disks on ATA channels: task file, PIO, bus-master DMA, and the drives behind.
 *
 * <p>A <em>channel</em> is a command block of eight ports, a device control port and an interrupt line for two
 * <em>drives</em>, master and slave. The <em>task file</em> is the command block's registers. The <em>bus master</em>
 * moves sectors along a scatter list of physical regions. A <em>block</em> is what one interrupt is for: a sector, or
 * as many as SET MULTIPLE said.
 *
 * <p>Invariants: a command takes virtual time by its kind and length alone, so a run repeats; the result is in the
 * registers before the interrupt line rises; a written sector is on its backing before the drive stops being busy; a
 * guest that asks for nonsense gets ABRT or IDNF; no access to a port allocates.
 *
 * <p>Commands, their codes and how they move data are one line each in {@code AtaCommand}. Not built: packet devices,
 * 48-bit addresses, overlapped commands, the security and SMART sets.
 */
package ringside.machine.devices.ata;

/**
 * The VMM as its clients see it: the registry of modes, and machines made by them.
 *
 * <p>{@link ringside.vmm.Modes} knows every mode by its word, refuses the pairs of mode, memory strategy and server that
 * make no sense, and makes {@link ringside.vmm.spi.VirtualMachine}s. {@code bare}, which is no VMM at all, is a mode here so
 * that a guest runs, stops, is probed and compared in the same way under each.
 *
 * <p>{@link ringside.vmm.DeviceModels} does the same for the ways in which a guest is given its disks, network and
 * console. Before a machine is made the model turns its peripherals into devices; every mode then finds them on the
 * guest's board like any other.
 */
package ringside.vmm;

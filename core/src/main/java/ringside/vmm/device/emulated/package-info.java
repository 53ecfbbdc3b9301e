/**
 * The emulated device model (hypervisor-direct): the guest drives the chips of a PC, and each of its accesses comes to the
 * VMM, whose device classes answer.
 *
 * <p>It has no devices of its own: every virtual machine's board has an IDE controller, a network adapter and serial
 * ports, the same classes that are the real devices of the bare machine. The model puts the peripherals behind them.
 */
package ringside.vmm.device.emulated;

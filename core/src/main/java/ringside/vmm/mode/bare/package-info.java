/**
 * No VMM: the guest has the server to itself. The reference to which every other mode is compared.
 *
 * <p>It is a mode so that a guest is run, stopped and looked at in one way; the virtual state is the processor's own, and
 * the count of exits stays empty.
 */
package ringside.vmm.mode.bare;

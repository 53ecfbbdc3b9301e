/**
 * The service VM's side of split devices: a guest that owns the real disk works it for other guests.
 *
 * <p>Terms. The <em>front end</em> is a split device in a guest; the <em>service VM</em> has the disk by passthrough and a
 * <em>back end</em>, which is a program of that guest; the <em>service desk</em> is how this program gets requests and has
 * data copied (grant copy, as Xen calls it); a {@link ringside.vmm.spi.ServiceChannel} leads from one to the other.
 *
 * <p>The road of 4 KiB that a guest reads: front end, ring, notification to the VMM; event to the service VM, which takes the
 * request and has its disk read into its own memory, by DMA; one copy by the VMM from there into the front end's buffers;
 * completion, and an interrupt to the guest. Each step is counted at the machine that takes it.
 *
 * <p>Invariants. The service VM reaches a front end's memory only through the buffers of the request that it has in hand, by
 * copies that the VMM makes; a front end reaches nothing of the service VM. A request belongs to one side at a time. What a
 * front end withdraws is not copied any more, and its completion is dropped.
 *
 * <p>Why ports and no hypercalls: a service VM may then run in any mode. A request in the hands of a service VM is no state
 * of either machine alone: snapshots do not hold it.
 */
package ringside.vmm.device.service;

/**
 * The VMM's block stack: what stands between a guest's disk, whatever it looks like, and the content.
 *
 * <p>Terms. A <em>store</em> is a backing with a queue before it; a <em>disk</em> is a part of a store with a limit and a
 * list of troubles of its own; a <em>discipline</em> decides whose request the store serves next. A request <em>begins</em>
 * when the guest's controller takes it on, is <em>held back</em> by its disk's limit, <em>waits</em> while the store
 * serves others, is <em>served</em> for as long as the store's timing says, and only then carried out by the controller.
 *
 * <p>Invariants. Data moves when the controller carries a request out, never before it is served: what was acknowledged is
 * on the backing. An error that was asked for looks to the guest like one of the content and carries a message for the
 * user. All of it follows from the requests, their times and a seed; nothing reads a clock of its own.
 *
 * <p>Why backings of backings: an IDE controller, a virtio back end and a drive of the firmware ask a backing, and know
 * nothing of what stands behind. So every device model has the whole stack, and a disk of any kind may lie on any content:
 * memory, a file, changes beside either, a closure of a script. The time comes the same way: a drive tells when a request
 * begins and asks how long it has to wait, again at each time it was told, for others may have been let by in between.
 */
package ringside.vmm.device.stack;

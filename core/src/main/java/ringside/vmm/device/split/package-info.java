/**
 * The split device model: the guest's driver, the <em>front end</em>, and a <em>back end</em> in the VMM share rings
 * in the guest's memory, as virtio 1.2 describes them (virtio-mmio version 2, VERSION_1, the split queue).
 *
 * <p>Terms. A <em>virtqueue</em> is a table of <em>descriptors</em> (address, length, flags, next) with two rings: in
 * the <em>available ring</em> the front end puts the <em>heads</em> of descriptor <em>chains</em> that are requests,
 * in the <em>used ring</em> the back end gives them back with the number of bytes it wrote. An <em>indirect</em>
 * descriptor leads to a table of its own. Both rings have an index that runs freely through 16 bits. A
 * <em>notification</em> tells the back end that there is work, an interrupt tells the front end that work is done;
 * each side can say that it needs none, by a flag or, with EVENT_IDX, by the index from which on it wants one. A
 * <em>grant</em> is an entry of a table in the guest's memory that lets the back end use a page; it is checked at each
 * use, and busy while in use: revoked only before or after.
 *
 * <p>Invariants:
 * <ul>
 *   <li>The back end reads each descriptor and each field of a ring once, and acts on what it read.
 *   <li>It reaches the guest's RAM and nothing else; with ACCESS_PLATFORM nothing but what was granted.
 *   <li>The work that a notification causes is bounded by the queue's size, whatever the rings say.
 *   <li>A front end cannot make anything throw: what cannot be done is reported to the user, in words that name queue,
 *       head and descriptor; a ring that cannot be trusted any more sets DEVICE_NEEDS_RESET.
 *   <li>Requests of one queue are completed in the order in which they were made available, each at a tick of virtual
 *       time; what a disk acknowledged is on its backing.
 *   <li>The whole state is saved, requests on their way among it.
 * </ul>
 *
 * <p>Why a back end that takes one request at a time: what a completion means is then simple (everything before it is
 * done), and the cost of a notification can be read off the clock. Batching still pays, for one notification and one
 * interrupt serve many requests.
 */
package ringside.vmm.device.split;

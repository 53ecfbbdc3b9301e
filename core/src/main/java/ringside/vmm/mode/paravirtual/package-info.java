/**
 * Paravirtualization: the guest kernel is ported to an interface, runs in ring 1 and asks for what it may not do.
 *
 * <p>Terms. A <em>hypercall</em> is INT 82 in ring 1: number in EAX, typed arguments in EBX to EDI, result in EAX,
 * a negative number for an error. {@link ringside.vmm.mode.paravirtual.Hypercalls} is the one table of them;
 * arguments are checked from their types before a handler runs, and the guest's header, the names of exits and of
 * scripts, and {@link ringside.vmm.mode.paravirtual.HypercallReference} are made from it. A client adds calls of its
 * own ({@link ringside.vmm.spi.GuestCall}); {@link ringside.vmm.mode.paravirtual.Interface} is both together. The real
 * gate has DPL 1, so ring 3 gets #GP.
 *
 * <p>VMCALL is a hypercall too where the server has VMX, and #GP in ring 3. The guest does not run in non-root
 * operation (ring compression needs no assist), so VMCALL arrives as #UD and the VMM knows it by its bytes; without VMX
 * it is the guest's own #UD. A guest need not care: it has the VMM fill a <em>hypercall page</em> with a stub a call,
 * which holds the instruction of the server. INT is always there, for the first call is the one for the page. The <em>shared page</em> is a page of the guest that it dedicates: virtual
 * interrupt flag, pending word, pending and mask bits, VA of the last page fault; CLI and STI are stores to it. An
 * <em>event channel</em> is a bit there, bound to the timer, an interrupt line or nothing; an <em>upcall</em> is
 * how the kernel hears of one. A <em>bounce</em> is an event given to the kernel with a frame that the VMM builds,
 * by the guest's trap table, which the VMM keeps. A <em>fast trap</em> is a real gate of DPL 3 straight into the
 * kernel's handler: no VMM in a system call.
 *
 * <p>How the guest is run is ring compression; but nothing is hidden from a ported kernel: its segments have DPL 1,
 * its frames show RPL 1, and what it does wrong is its own fault to handle. Of privileged instructions the VMM
 * carries out only RDTSC, RDPMC, and IN and OUT of the kernel (ports are trapped, not a hypercall); the ports of
 * the interrupt controllers and the 8254 belong to the VMM. Floating-point instructions come by #NM, as in every
 * compressed mode.
 *
 * <p>What is privileged and none of these is the kernel's own #GP, as the hardware has it; the results of the run say
 * which instruction it was.
 *
 * <p>Invariants. A trap-table entry, callback or fast trap leads only into non-conforming code of DPL 1 through a
 * selector of RPL 1 or more, checked when it is registered and again when it is used. A GDT or LDT is accepted only
 * without system descriptors and without DPL 0, and the guest cannot write its pages; a guest that maps another
 * page in their place gains nothing: the table that the hardware reads is the shadow, which never holds either. The
 * shared page is guest memory: whatever it says only decides when the guest hears of its own events. Nothing the
 * guest does ends the VMM: a guest without a handler for its own fault is stopped as crashed.
 *
 * <p>With {@code shadow} memory the guest's page tables hold PAs and are its own to write; the calls for them save
 * it exits, and refuse frames that are not the guest's. With {@code direct} memory the same calls, with PAs still, are
 * the only way to change a table: the processor walks the guest's own. What no guest may have is EPERM, what a page's present
 * use stands against EBUSY, and descriptor tables then are pages that nothing maps for writing: the VMM marks their
 * segments accessed when it accepts them, and {@code update_descriptor} writes there for the guest. Tables have two levels
 * and small pages, for there is no call for CR4: a processor's PAE and PSE are of no use to a ported kernel.
 *
 * <p>A guest begins in ring 1 with flat segments from a GDT of two entries in conventional memory, paging off, its
 * entry registers as its loader says. An image says that it is ported by the signature that {@code PortedImage}
 * describes; any other is refused.
 */
package ringside.vmm.mode.paravirtual;

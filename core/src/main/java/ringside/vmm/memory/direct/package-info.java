/**
 * Direct paging: the real processor walks the page tables of a paravirtual guest themselves.
 *
 * <p>Terms. A frame has one <em>type</em>: page directory, page table, descriptor table or writable. A <em>use</em> of
 * it as a directory (CR3), as a table (an entry of a directory) or writable (an entry of a table) is counted. The first use
 * as a directory or table <em>validates</em> every entry, so that a later CR3 load needs none of that. A <em>pinned</em>
 * frame keeps its type without a use.
 *
 * <p>The guest hands entries over with PAs, in hypercalls and in a page that is about to become a table, and the VMM
 * turns them into MAs. It may read its tables like every frame of its own, and finds MAs there (and at the top of a
 * directory the VMM's entry). A kernel that follows its own entries therefore needs to know the relation: a guest alone
 * on its machine has memory one to one, PA = MA, unless its script says contiguous or lazy; any guest can ask with
 * {@code machine_address}. Beside each table the VMM keeps what was asked for: what it shows the virtual processor, and
 * what the page holds again when it ends being a table.
 *
 * <p>Invariants. No entry of a table in force names a frame that is not the guest's, nor maps a table of any kind for
 * writing, nor is a large page; the last 4 MiB are the VMM's. A page becomes a table only where no entry maps it for
 * writing, as Xen has it (a type is changed when its count is 0, and the guest hears that it is not), and the TLB is emptied
 * then; asking for a writable mapping of a table in use is refused. A store to a table is the kernel's page fault. What
 * nobody uses is an ordinary page: it keeps its type, unseen, until something else is asked of it, so that the next use is
 * cheap. What a device of the VMM's writes into a table in use is undone before the guest runs again; a
 * real device that the guest works itself may only read it, where there is an IOMMU. A mapping of a device, of absent
 * memory or of a page without a frame is held not present, and looked at when it faults.
 *
 * <p>A guest that reads its tables knows its frames by number. They therefore stay: a page that is a table, or that a table
 * in use maps, is given up neither to the balloon (the guest unmaps it first) nor to a machine that wants frames back, nor
 * is it shared. Pages that the guest does not map are the machine's to move, once there is paging.
 *
 * <p>Refused for good, though Xen has it: a directory in its own entries, even read-only. The guest would see the VMM's
 * entry through it, and the frames of the VMM's tables behind that.
 *
 * <p>Before the first {@code load_page_table} there is no paging, and two-level tables of the VMM's map what is touched.
 * That call is the guest's builder too: where the tables it is given map themselves or a descriptor table for writing, the
 * VMM takes the right away instead of refusing, and the guest can read that it did.
 */
package ringside.vmm.memory.direct;

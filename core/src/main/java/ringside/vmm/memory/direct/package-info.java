/**
 * Direct paging: the real processor walks the page tables of a paravirtual guest themselves.
 *
 * <p>Terms. A frame has one <em>type</em>: page directory, page table, descriptor table or writable. A <em>use</em> of
 * it as a directory (CR3) or a table (an entry of a directory) is counted. The first use <em>validates</em> every entry,
 * so that a later CR3 load needs none of that. A <em>pinned</em> frame keeps its type without a use.
 *
 * <p>The guest hands entries over with PAs, in hypercalls and in a page that is about to become a table, and the VMM
 * turns them into MAs. It may read its tables like every frame of its own, and finds MAs there (and at the top of a
 * directory the VMM's entry). A kernel that follows its own entries therefore needs to know the relation: a guest alone
 * on its machine has memory one to one, PA = MA, unless its script says contiguous or lazy; any guest can ask with
 * {@code machine_address}. Beside each table the VMM keeps what was asked for: what it shows the virtual processor, and
 * what the page holds again when it ends being a table.
 *
 * <p>Invariants. No entry of a table in force names a frame that is not the guest's, nor maps a table of any kind for
 * writing, nor is a large page; the last 4 MiB are the VMM's. When a page becomes a table, writable mappings of it become
 * read-only, and the TLB is emptied; asking for a writable mapping of a table in use is refused. A table without uses, not
 * pinned, becomes an ordinary page when it is written or mapped for writing; one in use gives the writer a page fault.
 * What a device writes into a table is undone before the guest runs again. A mapping of a device, of absent memory or
 * of a frame that was taken away is held not present, and looked at when it faults.
 *
 * <p>Before the first {@code load_page_table} there is no paging, and two-level tables of the VMM's map what is touched.
 */
package ringside.vmm.memory.direct;

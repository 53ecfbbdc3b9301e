/**
 * Shadow memory, the simplest that is right: a virtual TLB.
 *
 * <p>The real CR3 leads to tables in machine memory that hold VA to MA for the pages the guest touched since the last
 * flush, no more. A page fault of the hardware walks the guest's own tables with the machine's walker: either the guest's
 * processor would fault too (a true fault, reflected), or the mapping is entered and the instruction restarted (a hidden
 * fault). What empties a TLB empties the tables: CR3 loads, changes of CR0.PG and WP, CR4.PSE, PAE and PGE, EFER.NXE, task
 * switches, A20; INVLPG drops one page.
 *
 * <p>Invariants. An entry exists only where the walk succeeded, so accessed bits are set exactly when the guest's
 * processor would set them; a page whose dirty bit is clear is mapped read-only, so that the first write comes here. The
 * real CR0.WP is always 1; a guest with WP=0 gets a page that its user code may only read as supervisor-writable, until
 * user code touches it again. Pages that are not plain memory, and traced pages for writing, are never mapped.
 * On a processor with NX the tables have the PAE format and keep a page from being executed that the guest's tables keep
 * so. Guests without paging get VA = PA. Large, global and PAE pages of the guest are mapped by 4 KiB entries.
 */
package ringside.vmm.memory.shadow;

/**
 * Shadow memory: tables in machine memory that lead from VA straight to MA, and that the real CR3 leads to.
 *
 * <p>A page fault of the hardware walks the guest's own tables with the machine's walker ({@link
 * ringside.vmm.memory.shadow.ShadowMemory}): either the guest's processor would fault too (a true fault, reflected), or
 * a mapping is entered and the instruction restarted (a hidden fault). What is entered, and how long it stays, is the
 * strategy's:
 *
 * <ul>
 *   <li>{@link ringside.vmm.memory.shadow.VirtualTlb} (policy flush) is emptied by what empties a TLB: CR3 loads, changes of
 *       CR0.PG and WP, CR4.PSE, PAE and PGE, EFER.NXE, task switches, A20; INVLPG and a page fault of the guest drop one page. It traces nothing.
 *   <li>{@link ringside.vmm.memory.shadow.CachedShadows} (policies cached and unsync) keeps a page of tables for each of
 *       the guest's, keyed by all that its entries depend on, and finds it again at the next CR3 load. The guest's tables
 *       are mapped read-only, and written by whomever, guest, VMM or device, the entries made from the bytes go before the
 *       bytes change. A table that is written again and again, unused between, is taken for something else and let go.
 *       With unsync a leaf table is let go at its first write and compared at the next flush, one entry of it at INVLPG and
 *       at a page fault; upper levels never are let go.
 *   <li>{@link ringside.vmm.memory.shadow.PerReference} drops every mapping when its instruction has retired, and counts.
 * </ul>
 *
 * <p>Invariants. An entry exists only where the walk succeeded, so accessed bits are set exactly when the guest's
 * processor would set them; a page whose dirty bit is clear is mapped read-only, so that the first write comes here. The
 * real CR0.WP is always 1; a guest with WP=0 gets a page that its user code may only read as supervisor-writable, until
 * user code touches it again. Pages that are not plain memory, and traced or shared pages for writing, are never mapped.
 * Large, global and PAE pages of the guest are mapped by 4 KiB entries. Guests without paging get VA = PA. Where the guest
 * kernel runs in ring 3 there are two worlds with tables of their own. On a processor with PAE the tables have its format
 * and, where there is NX, keep a page from being executed that the guest's tables keep so. A frame that the guest loses is
 * dropped from all tables at once.
 *
 * <p>One liberty: perReference lets the processor run one instruction at a time by a monitor trap that processors
 * without assist never had; a timer would do, but for the instructions that hold interrupts off.
 */
package ringside.vmm.memory.shadow;

/**
 * Nested paging: the guest owns CR3 and its page tables, a second dimension leads from PA to MA.
 *
 * <p>The VMM fills {@link ringside.vmm.memory.nested.NestedTables} page by page as violations come (or by large pages where
 * the guest's frames lie in one aligned piece) and hears nothing of what the guest does with its own tables. Two formats:
 * EPT's four levels and two levels of ordinary entries. What is not plain memory, or watched, stays unmapped or read-only,
 * and the instruction that touches it is emulated.
 *
 * <p>A processor without unrestricted guest cannot switch paging off: a guest that does runs on a directory of the VMM's that
 * maps each LA to itself, at a PA which that directory does not map, so that the guest never sees it.
 *
 * <p>Invariants: an entry leads only to a frame that the guest holds now; a frame that goes takes its entry and the
 * processor's translation with it. The guest's accessed and dirty bits are the hardware's. With {@code dirty} on the tables
 * keep dirty bits of their own, which {@link ringside.vmm.memory.nested.NestedPaging#takeDirty} collects together with what
 * the VMM and the guest's devices wrote, and which are collected before their entry goes for whatever reason.
 */
package ringside.vmm.memory.nested;

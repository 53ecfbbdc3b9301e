/**
 * Linear to machine address: the walk, the software TLB and the accesses that go through them (SDM vol. 3, chapter 4).
 *
 * <p>{@link ringside.machine.paging.Walker} is the only page walk there is: the MMU walks machine memory with it and a
 * VMM walks a guest's tables with it, through PA to MA. {@link ringside.machine.paging.TranslationMap} holds what was
 * found, flat, one map for each of read, write and fetch and each of supervisor and user; the processor's loads and stores
 * look there first with one test that catches a missing entry and a page crossing together. {@link
 * ringside.machine.paging.Mmu} does everything else. Under hardware assist a {@link ringside.machine.paging.NestedWalk}
 * may stand behind it: each address that a walk uses, and the page it finds, then pass through a second dimension, and one
 * {@link ringside.machine.paging.AddressSpace} of maps is kept for each tag.
 *
 * <p>{@link ringside.machine.paging.Peek} and {@link ringside.machine.paging.WalkTrace} look with the same walkers and
 * change nothing: one says where an address leads, the other every entry on the way, through both dimensions.
 *
 * <p>Invariants: accessed and dirty bits are written only after a walk that allows the access; a page enters the write
 * map only with its dirty bit set, and never while code decoded from it is kept; device pages, pages with data
 * breakpoints and doors of a VMM never enter a map; entries stay until flushed, as in a TLB of unbounded size; a page
 * fault flushes its page. Of an access across two pages the first is marked even where the second then faults.
 * With a {@link ringside.machine.paging.Tlb} modelled they stay as long as it knows them, the maps hold nothing that it
 * does not, and every reference is counted. MAXPHYADDR
 * is 32: address bits above are reserved and fault.
 */
package ringside.machine.paging;

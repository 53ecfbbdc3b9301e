/**
 * The road of one address through everything that translates it: segment, the guest's page tables, the frame, and the
 * tables that the real processor reads; each entry decoded, with who wrote it last.
 *
 * <p>{@link ringside.lab.Explanation} runs a guest to a place and gives the road; since every run repeats bit for bit, it
 * runs it twice, the second time with {@link ringside.lab.road.Writers} looking at the entries that the first found.
 * {@link ringside.lab.road.Road} is the road as it stands at one moment: data, which {@code RoadText} prints.
 *
 * <p>Terms: the road has <em>parts</em>: the guest's own tables; what the real processor reads in their place (shadow
 * tables, or with direct paging the same bytes); nested entries on the way to an entry of the guest's or to the page. An
 * entry is <em>written</em> where its bytes were stored, and <em>marked</em> where an accessed or dirty bit was set.
 *
 * <p>Invariants: both walks are made by the machine's walkers ({@link ringside.machine.paging.WalkTrace}), so a road says
 * what the processor would do; looking changes nothing: no accessed bit, no translation, no frame. Entries are numbered as
 * the real processor reads them, so the last number is what a TLB miss costs.
 */
package ringside.lab.road;

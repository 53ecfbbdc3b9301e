/**
 * The road of one address through everything that translates it: segment, the guest's page tables, the machine frame, and
 * the tables that the real processor reads; each entry decoded, with who wrote it last.
 *
 * <p>{@link ringside.lab.Explanation} runs a guest to a place and prints the road; since every run repeats bit for bit,
 * it runs it twice, the second time with {@link ringside.lab.road.Writers} looking at the entries that the first found.
 * {@link ringside.lab.road.Road} is the road as it stands at one moment. Looking changes nothing: no accessed bit, no
 * translation.
 *
 * <p>Terms: an entry is <em>written</em> where its bytes were stored and <em>marked</em> where only accessed and dirty bits
 * were set on the way of another access.
 */
package ringside.lab.road;

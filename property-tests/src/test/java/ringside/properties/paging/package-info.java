/**
 * Random kernels that do everything to their page tables, what they come to, and what may be wrong with a VMM.
 *
 * <p>A {@link ringside.properties.paging.PagingProgram} is a row of independent {@link
 * ringside.properties.paging.PagingPiece}s, each of a {@link ringside.properties.paging.PagingKind}: leave some out and it is
 * still a program, so that failing ones can be made small. Its tables lie where {@link
 * ringside.properties.paging.PagingPlaces} says.
 *
 * <p>Two kinds of program. With flushes, every change of a table is followed by one that reaches whatever was known of it,
 * before anything else is done: then all that the guest can see is fixed, accessed and dirty bits included, and two
 * machines must agree. Changes are made in ring 0 only, for in ring 3 the flush behind them would fault. Without flushes a
 * processor may use any translation that its tables held since the last one, and {@link ringside.properties.paging.MaySet}
 * judges one machine by itself.
 *
 * <p>{@link ringside.properties.paging.PagingCoverage} counts what retired, kind by kind, so that a generator that draws
 * much and reaches little is noticed.
 */
package ringside.properties.paging;

/**
 * How the simulated silicon executes instructions: today a pre-decoded interpreter.
 *
 * <p>An engine drives a {@link ringside.machine.cpu.Cpu} and knows nothing of VMMs or modes. Terms: a <em>block</em> is a
 * straight run of decoded instructions within one page, an <em>operation</em> one instruction of it, <em>hot forms</em> are
 * operations written out by hand, <em>singly</em> means one instruction at a time with everything exact.
 *
 * <p>Invariants:
 * <ul>
 *   <li>Between blocks EIP and the retired count are exact. Inside, both follow from the position in the block when a
 *       fault leaves it; whoever needs them exact in the middle throws {@link ringside.machine.paging.Imprecise} and the
 *       instruction runs again singly. The last operation of a block always sees exact state, so rows that look at time
 *       or change the mode end their block ({@code Flow.SERIALIZE}).
 *   <li>An instruction retires once, when it completes; a REP string instruction at its end, a faulting one never.
 *   <li>In a range with a {@link ringside.machine.cpu.RetireMap} an instruction retires only where the map marks it; no
 *       operation differs for it, a block knows how many of its instructions count.
 *   <li>A block is valid while its bytes are: pages that hold code never enter the write map, and every other writer tells
 *       the {@code CodeWatch}. A write into the block that is executing runs singly first.
 *   <li>Alarms fire at exactly their tick: a block that would pass the next one is run singly up to it.
 *   <li>Hot forms compute with the same {@code Alu} and {@code Shifter} as the rows' bodies; a test runs both.
 * </ul>
 *
 * <p>Why this shape: one virtual call an instruction into a class per form lets HotSpot compile arithmetic, lazy flags
 * and the map look-up of a memory access into one piece, and keeps blocks ready to become the units of a compiler.
 */
package ringside.engine;

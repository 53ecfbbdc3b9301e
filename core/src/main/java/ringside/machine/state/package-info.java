/**
 * The registers of the processor as data, and how state is enumerated.
 *
 * <p>{@link ringside.machine.state.ProcessorState} holds every register with its hidden part (descriptor caches, PAE
 * directory pointers, interrupt shadows); the units above (paging, segmentation, event delivery, the CPU) give it
 * behaviour. A {@link ringside.machine.state.SegmentRegister} keeps selector and descriptor cache together, because
 * the processor replaces them together.
 *
 * <p>Invariants: whatever can influence a later instruction is a field reached by a {@link
 * ringside.machine.state.Stateful} component's {@code visit}, so that save, load and run equals run. One visiting
 * method serves saving, loading, comparing and printing; a component cannot save what it forgets to load. The hidden
 * parts are the silicon's: a VMM without hardware assist has no way to them, and a test holds modes to that.
 */
package ringside.machine.state;

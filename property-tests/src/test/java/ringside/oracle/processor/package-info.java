/**
 * The processor under our feet as an oracle: the same single instruction, registers and memory on the host's CPU in ring
 * 3 and on the simulated one, compared in everything that the manual defines.
 *
 * <p><b>Terms.</b> A {@link ringside.oracle.processor.ProcessorCase} is one instruction with the state it starts in; a
 * {@link ringside.oracle.processor.ProcessorResult} is the exception that ended it (single step where it did not fault)
 * and the state then. {@link ringside.oracle.processor.NativeProcessor} speaks to a C helper, {@link
 * ringside.oracle.processor.SimulatedProcessor} drives a ring-3 machine with the same linear layout.
 *
 * <p><b>Layout.</b> From a base address: two writable pages, a read-only page, a hole, a page of code, a hole; nothing else
 * below 50000000h. A case whose fault lies above that is not run: there the host process has memory of its own, and the
 * simulated machine its tables.
 *
 * <p><b>Invariants.</b> Seeds are fixed. What is left out is left out by data with a reason ({@link
 * ringside.oracle.processor.Omissions}), before a case runs, never after a disagreement.
 */
package ringside.oracle.processor;

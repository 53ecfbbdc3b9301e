/**
 * RAM, addressed by machine address (MA).
 *
 * <p>One byte array behind VarHandles: of the shapes tried it was the fastest that cannot crash the JVM. Pages from
 * which an engine decoded code are marked; every writer that does not come through the engine's own write map (a
 * device's DMA, the VMM, a write to a marked page) tells the {@link
 * ringside.machine.memory.PhysicalMemory.CodeWatch} before the bytes change. Write-map entries are never made for a
 * marked page, so the fast path has nothing to ask.
 *
 * <p>An access outside the memory is a defect of the caller, not a guest's doing: the bus above decides what an address
 * without memory means.
 */
package ringside.machine.memory;

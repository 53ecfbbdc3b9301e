/**
 * The machine's frames, and the guests' shares of them: the PA to MA map under every mode and memory strategy.
 *
 * <p>{@link ringside.vmm.frames.MachineMemory} knows which frames are free and how often each is shown; {@link
 * ringside.vmm.frames.GuestFrames} is one guest's map. Frames come from anywhere (scattered by the seed, holes between
 * them) or in one piece; at once, or each on the first write (before that the page shows one frame of zeros that all
 * share). They can be taken away again: by the guest's balloon, by the VMM (the content is kept and brought back when it
 * is asked for), or because pages of equal content, of one guest or of several, are to show one frame; a write parts
 * them.
 *
 * <p>Invariants. A guest reaches memory only through {@link ringside.machine.bus.SystemBus}, whoever acts for it: its
 * tables, a memory strategy, the VMM's emulation or a device's DMA; so one place decides, and no guest can see which
 * frame it has. Whoever keeps a translation registers a watch and drops it when the frame is lost. A frame shown more
 * than once is never mapped writable. The pages asked for last are never reclaimed: what was just looked up stays for
 * the access it was looked up for.
 */
package ringside.vmm.frames;

/**
 * What modes share that run guest code on the real processor in outer rings: ring compression without saying what runs.
 *
 * <p>The VMM's own GDT, IDT and TSS lie in machine memory at the top of linear space. The GDT and LDT in force are
 * <em>shadows</em> of the guest's: code and data descriptors with DPL 0 raised to the kernel's real ring and limits cut
 * below the VMM's region; system descriptors and gates are shadowed as invalid, so that their use faults and is emulated.
 * Each entry is in one of three states: <em>present</em>, a use by the hardware changes nothing that the guest could see;
 * <em>lazy</em>, not present in the shadow only, so that the first use takes a hidden #NP (#SS for SS) in which the guest's
 * accessed bit is set; <em>invalid</em>. The pages that hold the guest's GDT and LDT are write-traced, and whoever writes
 * them, guest, VMM or device, makes the entries that it wrote dirty: nothing is ever compared or scanned to find a change.
 * Its TSS is read when an event or a task switch needs it, so it needs no trace.
 *
 * <p><em>Reversible</em> means that a register's hidden part is what its descriptor in memory says now. Only then can the
 * VMM load it with a real IRET or MOV; while CS, SS or any register that must be loaded is not, the VMM interprets, and
 * counts it.
 *
 * <p>A guest in real mode runs in virtual-8086 mode at IOPL 0, its addresses mapped onto themselves: INT n, CLI, STI, PUSHF,
 * POPF, IRET, IN and OUT trap there and are carried out on a virtual processor that is in real mode, interrupt vector table
 * and all. A segment register that virtual-8086 mode could not hold (another limit, a base that is no paragraph) is not
 * reversible either.
 *
 * <p>{@link CompressedMachine} runs the guest directly, in turns that {@code RunLoop} takes: {@code Arrival} learns what the
 * guest did from the hardware's frame, {@code ExitHandler} deals with it, {@code RealSegments} and {@code Departure} load what
 * the virtual processor then holds. A mode that runs something else in its place overrides how the guest is entered, and how
 * what the hardware's frame says is read.
 *
 * <p>Invariants. A present entry always says what every register loaded through it holds. CR0.WP, CR0.TS and CR0.MP are
 * always set for real (the VMM owns the floating-point unit and hands it out on #NM), CR4.TSD where there is one.
 */
package ringside.vmm.compression;

/**
 * Full virtualization by dynamic binary translation (after Bugnion et al., Adams and Agesen): guest kernel code becomes
 * safe x86 in a cache, guest user code runs directly or, with {@code user: translated}, is translated too.
 *
 * <p>Terms. A <em>unit</em> (TU) is a run of at most 12 guest instructions, up to a terminator, within a page. A
 * <em>context</em> is what a translation was made for beside its address: CS base and limit, virtual CPL, stack size. A
 * <em>rule</em> translates the instructions that match it; the first of {@link Rules} that matches counts. <em>Ident</em>
 * copies the guest's bytes. A <em>callout</em> is a trap (INT 0xf0, through the VMM's own IDT and a door) that has the VMM
 * carry the instruction out on the virtual processor. An <em>exit</em> leads to a guest address known at translation: a
 * callout at first, a jump once it is chained. An indirect branch is looked up in the cache by the low byte of its target;
 * the <em>landing</em> of a unit makes sure that the whole target is meant. The <em>store</em> is the cache's data, reached
 * through GS, which the guest never sees: what of its code uses GS or CS is a callout.
 *
 * <p>Invariants. The cache holds real x86 bytes in the VMM's region, executed in ring 1 to 3 (the virtual CPL, but never
 * 0) through a code segment that covers it alone. No translated instruction loads a segment register, changes the
 * real IF, or writes below the guest's ESP. Guest PCs, never cache PCs, get onto the guest's stack. At each translated
 * instruction that can fault, the guest's registers are in the registers: a map of points says where the guest stands.
 * The last instruction of a guest instruction's translation alone counts as retired ({@link
 * ringside.machine.cpu.RetireMap}), so an interrupt arrives between guest instructions, at the tick that the bare machine
 * has. An STI emulated in the cache is followed by another instruction of its unit, whose points know of the shadow.
 *
 * <p>Coherence. Pages with translated code are write-traced; a write, the guest's (emulated by the VMM), the VMM's or a
 * device's, comes by the memory's watch and drops the units whose bytes it changes. Where the guest's translations
 * change, units whose pages are mapped otherwise (or lost their accessed bit) are suspended until they are fetched anew.
 *
 * <p>Adaptive. An instruction whose access traps again and again (a traced page, a device) is retranslated to a callout,
 * and after a number of callouts tried as it was ({@link Adaptation}).
 *
 * <p>Outside: real, virtual-8086 and 16-bit code, single steps, armed breakpoints, and segment registers that cannot be
 * loaded, is interpreted and counted; direct execution takes virtual-8086 code with {@code user: direct}. Rules
 * from scripts are not here yet.
 */
package ringside.vmm.mode.translated;

/**
 * Full virtualization by dynamic binary translation (after Bugnion et al., Adams and Agesen): guest kernel code becomes
 * safe x86 in a cache, guest user code runs directly or, with {@code user: translated}, is translated too.
 *
 * <p>Terms. A <em>unit</em> (TU) is a run of at most 12 guest instructions, up to a terminator, within a page. A
 * <em>context</em> is what a translation was made for beside its address: CS base, limit and size, virtual CPL (and IOPL where a rule asks for it), stack size. A
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
 * <p>Adaptive. An instruction whose access traps again and again (a traced page, a device, what lies where the VMM's
 * region hides) is retranslated to a callout, and after a number of callouts tried as it was ({@link Adaptation}).
 *
 * <p>Rules of clients ({@link ringside.vmm.spi.rule}) stand among the mode's own in a {@link RuleBook}, behind the one that
 * calls out what must run with the guest's own CS or GS. Each is tried on drawn instructions of its kinds before any guest
 * runs ({@code RuleTrial}), and what it emits is followed step by step each time ({@code StepCheck}): what a step writes is
 * known from its row (flags) and from its body, carried out on a processor of its own (registers, memory: {@code Effects}).
 * Nothing may differ from the guest's where the VMM may have to take over, and at the end only what the guest's own
 * instruction changes. A rule may ask for the virtual CPL and IOPL: with such rules a context is made for both, so that a
 * change of either leads to other code; the virtual IF changes in the cache, and only steps can ask for it.
 *
 * <p>Counting. What traps is counted as it arrives; chained exits, look-ups and emulations that are executed are counted
 * by the engine at instructions that the cache <em>notes</em> for it, so that counting changes no code ({@code Statistics}).
 *
 * <p>16-bit code of protected mode is re-encoded: size prefixes come and go; its near calls and returns, which push 16 bits,
 * are callouts. Code of virtual-8086 and real mode runs directly with {@code user: direct} and is interpreted, and counted as
 * such, with {@code user: translated}: its segments have no descriptors that the cache's code could run beside. Single
 * steps, armed breakpoints, code in the hidden region itself, and segment registers that cannot be loaded, are interpreted
 * too.
 */
package ringside.vmm.mode.translated;

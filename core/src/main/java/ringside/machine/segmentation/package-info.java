/**
 * Segmentation: from selectors to hidden descriptor parts, with every check of SDM vol. 3, chapter 5.
 *
 * <p>Terms. A <em>selector</em> names a table (TI), an index and a requested level (RPL). A <em>descriptor</em> is
 * the eight bytes in the GDT or LDT; {@link ringside.machine.segmentation.Descriptor} is the only place that knows
 * its layout. The <em>hidden part</em> of a segment register is the copy that later accesses use ({@link
 * ringside.machine.state.SegmentRegister}); it changes only when the register is loaded.
 *
 * <p>Invariants. Nothing is committed before the last check and the last access that can fault: a load either
 * happens whole or leaves every register alone. Descriptor tables are read with supervisor rights whatever the CPL.
 * The accessed bit is written to memory before the register is loaded, and only when it was clear. Selector error
 * codes have RPL removed; the EXT bit is added by event delivery, which alone knows whether it applies.
 *
 * <p>Transfers of control are not here: they need interrupts and tasks too, and stand in {@code machine.cpu}.
 */
package ringside.machine.segmentation;

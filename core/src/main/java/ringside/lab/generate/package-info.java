/**
 * Random guests: programs drawn from the instruction table, made small where they show a difference.
 *
 * <p>A {@link ringside.lab.generate.RandomProgram} is a list of {@link ringside.lab.generate.Piece pieces}, each of a {@link
 * ringside.lab.generate.Shape}: any instruction of the table with operands that mostly lead to data, 16-bit code, segment
 * loads with any selector (RPL 1 on DPL 0 among them), EFLAGS as a whole, reads of what a VMM keeps to itself, writes of
 * control registers, interrupts, near and far transfers, call gates, self-modifying code, changed page-table entries and
 * descriptors, timer interrupts, and interrupts pinned to counts of instructions. A piece runs in ring 0 or, entered by IRET and left
 * by a system call, in ring 3; with or without paging.
 *
 * <p>Invariants: a program follows from its seed alone; whatever a piece does, the next one follows, so pieces can be left
 * out one by one ({@link ringside.lab.generate.Shrinking}); a piece's code depends on its own seed and its address only.
 *
 * <p>Why pieces: a program drawn instruction by instruction dies at its first fault or wild jump; one that was made to
 * survive hides what is interesting. Here what is drawn may fault, and {@link ringside.lab.generate.Liveliness} says how
 * much of it retires.
 */
package ringside.lab.generate;

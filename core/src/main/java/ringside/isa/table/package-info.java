/**
 * The instruction table: one file a family, each declaring rows with their bodies beside them.
 *
 * <p>A family is a class with {@code static void rows(RowList t)}, listed in one line of
 * {@link ringside.isa.table.InstructionTable}. The words of a row (encodings, operand codes, mnemonics with sizes) are
 * defined in {@link ringside.isa.Encoding}, {@link ringside.isa.OperandCode}, {@link ringside.isa.Mnemonic} and the
 * package documentation of {@link ringside.isa}.
 *
 * <p>Invariants: rows are in opcode order within a mnemonic (it decides between equally short encodings); no two rows
 * fit the same bytes except an exact opcode over {@code +r}; every mnemonic is one that nasm knows or is listed in the
 * tests with a reason.
 */
package ringside.isa.table;

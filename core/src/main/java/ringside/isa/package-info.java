/**
 * Instructions: what a row of the instruction table says, and the three children that derive from the rows: decoder,
 * assembler, disassembler.
 *
 * <p><b>Terms.</b> A {@link ringside.isa.Row} is one encoding of one instruction. {@link ringside.isa.OperandCode} is the
 * full list of operand codes a row may use, {@link ringside.isa.Encoding} the grammar of its encoding,
 * {@link ringside.isa.Mnemonic} that of its name. An {@link ringside.isa.Insn} is one decoded instruction; a
 * {@link ringside.isa.Body} executes it through a {@link ringside.isa.CpuPort}. {@link ringside.isa.GuestFault} is an
 * architectural fault on its way to the guest.
 *
 * <p><b>Conventions of rows.</b>
 * <ul>
 *   <li>Mnemonics are nasm's: {@code retf int3 int1 xlatb salc ud2}. Where the size is part of the name, one row covers
 *       both: {@code movs{w|d}}, {@code stos{w|d}}, {@code cbw}/{@code cwde} is {@code c{bw|wde}}, {@code c{wd|dq}},
 *       {@code pushf{w|d|}}, {@code popf{w|d|}}, {@code pusha{w|d|}}, {@code popa{w|d|}}, {@code iret{w|d|}},
 *       {@code j<cx|ecx>z}; byte forms are rows of their own ({@code movsb}).
 *   <li>Far transfers through memory are {@code "jmp far"} and {@code "call far"} with operand {@code Mp}; direct ones
 *       are {@code jmp} and {@code call} with {@code Ap}.
 *   <li>Conditions are a row each, named by {@link ringside.isa.Condition#NAMES} ({@code jz}, {@code setb},
 *       {@code cmovnz}); the assembler knows the synonyms.
 *   <li>String rows have no operands. REP and REPNE are in {@link ringside.isa.Insn#prefixes}; of several, the last counts.
 *   <li>Of rows that fit an exact opcode wins over {@code +r} (NOP over XCHG), a row with the mandatory prefix over one
 *       without. Among equally short encodings the assembler takes the row declared first: declare in opcode order.
 *   <li>The decoder refuses LOCK except on a {@link ringside.isa.Attribute#LOCKABLE} row with a memory operand, registers
 *       where the code says memory, and registers that do not exist.
 * </ul>
 *
 * <p><b>Invariants.</b> Everything here is immutable and knows nothing of VMMs, modes or engines. Instructions do not know
 * where they lie: displacements stay relative until somebody names an EIP.
 *
 * <p><b>Why this shape.</b> An instruction is added in one place. Bodies are plain Java written once, so that two engines
 * cannot disagree on semantics; tables are built once from the rows, so that decoding does no work on strings.
 */
package ringside.isa;

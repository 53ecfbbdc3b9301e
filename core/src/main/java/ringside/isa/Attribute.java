package ringside.isa;

/** Facts of an encoding that are not operands or flags. */
public enum Attribute {
    /** LOCK is accepted when the destination is memory. */
    LOCKABLE,
    /** REP repeats it (MOVS, STOS, LODS, INS, OUTS). */
    REP,
    /** REPE and REPNE repeat it with a test of ZF (CMPS, SCAS). */
    REPZ,
    /** #UD in real and virtual-8086 mode (ARPL, LAR, LLDT...). */
    PROTECTED_ONLY,
    /** Operand size is 8 bits whatever the prefixes. */
    BYTE,
    /** Operand size is 32 bits whatever the prefixes (MOV CR). */
    FIXED32,
    /** ModRM must name memory; a register is #UD. */
    MEMORY_ONLY,
    /** ModRM must name a register. */
    REGISTER_ONLY,
    /** A second encoding of what another row does better: the decoder knows it, the assembler never picks it. */
    ALIAS,
    /** x87, MMX or SSE: decodes and disassembles; executes only where the CPU has the unit. */
    FLOATING
}

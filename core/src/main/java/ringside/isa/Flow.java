package ringside.isa;

/** Where control goes after an instruction. */
public enum Flow {
    /** To the next instruction. */
    NEXT,
    /** Conditional branch: {@link Operand.Rel} or the next instruction. */
    BRANCH,
    /** Direct jump. */
    JUMP,
    /** Direct near call. */
    CALL,
    /** Near jump through register or memory. */
    INDIRECT_JUMP,
    /** Near call through register or memory. */
    INDIRECT_CALL,
    /** Near return. */
    RETURN,
    /** Far jump, call or return, INT n, IRET, SYSENTER, SYSEXIT: CS may change. */
    FAR,
    /** To the next instruction, but what follows must be fetched anew: MOV CR, LGDT, INVLPG, WRMSR, STI, POPF, MOV SS... */
    SERIALIZE,
    /** HLT. */
    HALT,
    /** Always faults: UD2. */
    FAULT;

    /** Whether a straight run of instructions must end here. */
    public boolean endsBlock() {
        return this != NEXT;
    }
}

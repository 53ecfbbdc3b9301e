package ringside.isa;

import java.util.List;

/**
 * One encoding of one instruction: everything any part of Ringside knows of it.
 *
 * <p>{@code encoding} is written as in SDM vol. 2: hex opcode bytes ({@code 0F} maps included), {@code +r} where the
 * low three bits of the opcode name a register, {@code +cc} where the low four name a condition (the row stands for
 * one mnemonic; conditions are expanded), {@code /r} or {@code /0}-{@code /7} for ModRM, {@code NP 66 F2 F3} for
 * mandatory prefixes. {@code operands} use the codes of SDM vol. 2, appendix A.2 ({@code Eb Ev Gv Iz Ibs Jz M Ma Mp
 * Ob Sw Cd Dd Xv Yv AL eAX DX 1 ...}); {@code v} is 16 or 32 by operand size.
 *
 * @param mnemonic lower case, as the assembler writes it
 * @param encoding see above
 * @param operands operand codes, in Intel order
 * @param flags what the instruction does to EFLAGS
 * @param kind class of sensitivity at its most sensitive; {@link Row#sensitivity} narrows it to a state
 * @param flow where control goes
 * @param attributes {@link Attribute} set: lockable, REP forms, validity
 * @param since the feature that must be present, or null
 * @param body what it does
 * @param manual section of SDM vol. 2, such as {@code "ADD"}
 */
public record Row(
        String mnemonic,
        String encoding,
        List<String> operands,
        FlagEffects flags,
        Sensitivity kind,
        Flow flow,
        java.util.Set<Attribute> attributes,
        ringside.arch.Feature since,
        Body body,
        String manual) {

    public boolean is(Attribute attribute) {
        return attributes.contains(attribute);
    }

    /**
     * {@link #kind} narrowed to one instruction in one state: what a VMM below it has to fear.
     *
     * <p>{@code PRIVILEGED} and {@code IOPL_SENSITIVE}: it traps there wherever it is deprivileged. {@code UNPRIVILEGED}:
     * it runs, and sees or misses what is not the guest's. {@code INNOCUOUS}: the state leaves nothing to see, be it
     * because the instruction is #UD there for everyone.
     */
    public Sensitivity sensitivity(List<Operand> instructionOperands, Privilege state) {
        return Narrowing.of(this, instructionOperands, state);
    }

    /** Identity: two rows with the same fields are still two rows of the table. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return mnemonic + " " + String.join(",", operands) + " [" + encoding + "]";
    }
}

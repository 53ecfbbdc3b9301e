package ringside.dsl.assembly;

import ringside.isa.Operand;

/** One operand of an instruction as a script gave it; labels in it are not resolved yet. */
public sealed interface Arg {
    /** A register of any file. */
    record Reg(Operand operand) implements Arg {}

    /**
     * A number, a label, or a branch target.
     *
     * @param bits the width written before it, or 0
     * @param distance {@code short}, {@code near}, or empty
     */
    record Value(int bits, Expr expr, String distance) implements Arg {}

    /** A far pointer; {@code bits} is the width written before it, or 0. */
    record Far(int bits, Expr selector, Expr offset) implements Arg {}

    /**
     * Memory.
     *
     * @param bits the width written before it, or 0
     * @param seg the segment written, or -1
     * @param base general register or -1
     * @param index general register or -1
     * @param addressBits 16 or 32 by its registers, or 0 where it has none
     * @param far whether {@code far} stands before it
     */
    record Mem(int bits, int seg, int base, int index, int scale, Expr disp, int addressBits, boolean far)
            implements Arg {
        public Mem withBits(int width) {
            return new Mem(width, seg, base, index, scale, disp, addressBits, far);
        }

        public Mem asFar() {
            return new Mem(bits, seg, base, index, scale, disp, addressBits, true);
        }
    }
}

package ringside.dsl.assembly;

import java.util.List;
import java.util.function.ToLongFunction;
import ringside.error.RingsideException;
import ringside.isa.Assembler;
import ringside.isa.Operand;

/** One instruction of the source, with the labels' addresses of this pass, to bytes. */
final class Encoder {
    private final Item.Instruction insn;
    private final int here;
    private final boolean near;
    private final boolean last;
    private final ToLongFunction<Expr> values;
    private boolean grew;

    /**
     * @param near whether an earlier pass found a short branch too short
     * @param last whether labels have settled: only then a branch out of reach is an error
     */
    Encoder(Item.Instruction insn, int here, boolean near, boolean last, ToLongFunction<Expr> values) {
        this.insn = insn;
        this.here = here;
        this.near = near;
        this.last = last;
        this.values = values;
    }

    /** Whether this pass needed the near form of a branch. */
    boolean grew() {
        return grew;
    }

    /** Whether the bytes depend on no label and on no place. */
    boolean isFixed() {
        return !isBranch()
                && insn.args().stream().noneMatch(arg -> switch (arg) {
                    case Arg.Reg reg -> false;
                    case Arg.Value value -> Arithmetic.needsLayout(value.expr());
                    case Arg.Far far -> Arithmetic.needsLayout(far.selector()) || Arithmetic.needsLayout(far.offset());
                    case Arg.Mem mem -> Arithmetic.needsLayout(mem.disp());
                });
    }

    private boolean isBranch() {
        return insn.args().size() == 1
                && insn.args().getFirst() instanceof Arg.Value
                && Assembler.isBranch(insn.mnemonic());
    }

    byte[] encode() {
        if (isBranch()) {
            return branch((Arg.Value) insn.args().getFirst());
        }
        String mnemonic = insn.mnemonic();
        List<Operand> operands = insn.args().stream()
                .map(arg -> operand(arg, insn.codeBits(), values))
                .toList();
        boolean far = insn.args().stream().anyMatch(arg -> arg instanceof Arg.Mem mem && mem.far());
        return Assembler.assemble(far ? mnemonic + " far" : mnemonic, insn.prefixes(), operands, insn.codeBits());
    }

    private byte[] branch(Arg.Value target) {
        Assembler.Reach reach = target.distance().equals("short")
                ? Assembler.Reach.SHORT
                : near || target.distance().equals("near") ? Assembler.Reach.NEAR : Assembler.Reach.SHORTEST;
        int prefixes = insn.prefixes();
        if (target.bits() != 0 && target.bits() != insn.codeBits()) {
            prefixes |= ringside.isa.Prefix.OPERAND_SIZE;
        }
        int to = (int) Arithmetic.value(target.expr(), values);
        byte[] bytes;
        try {
            bytes = Assembler.assembleBranch(insn.mnemonic(), prefixes, here, to, insn.codeBits(), reach);
        } catch (RingsideException tooFar) {
            if (last) {
                throw tooFar;
            }
            return Assembler.assembleBranch(insn.mnemonic(), prefixes, here, here, insn.codeBits(), reach);
        }
        grew = reach == Assembler.Reach.SHORTEST && bytes.length > shortLength(prefixes);
        return bytes;
    }

    /** Bytes of the short form, or as many as any branch has where there is none. */
    private int shortLength(int prefixes) {
        try {
            return Assembler.assembleBranch(
                            insn.mnemonic(), prefixes, here, here, insn.codeBits(), Assembler.Reach.SHORT)
                    .length;
        } catch (RingsideException noShortForm) {
            return Integer.MAX_VALUE;
        }
    }

    // ---- operands

    /** {@code arg} as the instruction set's operand. */
    static Operand operand(Arg arg, int codeBits, ToLongFunction<Expr> values) {
        return switch (arg) {
            case Arg.Reg reg -> reg.operand();
            case Arg.Value value -> new Operand.Imm(value.bits(), int32(Arithmetic.value(value.expr(), values)));
            case Arg.Far far ->
                new Operand.Far(
                        far.bits(),
                        (int) Arithmetic.value(far.selector(), values) & 0xffff,
                        int32(Arithmetic.value(far.offset(), values)));
            case Arg.Mem mem -> memory(mem, codeBits, values);
        };
    }

    private static Operand.Mem memory(Arg.Mem mem, int codeBits, ToLongFunction<Expr> values) {
        int addressBits = mem.addressBits() == 0 ? codeBits : mem.addressBits();
        int disp = int32(Arithmetic.value(mem.disp(), values));
        if (addressBits == 16 && (disp < -0x8000 || disp > 0xffff)) {
            if (mem.addressBits() == 16) {
                throw new RingsideException(
                        String.format("displacement 0x%x does not fit a 16-bit address", disp),
                        "",
                        "use a 32-bit register");
            }
            addressBits = 32;
        }
        int seg = mem.seg() >= 0 ? mem.seg() : Operand.Mem.defaultSegment(mem.base());
        return new Operand.Mem(mem.bits(), seg, mem.base(), mem.index(), mem.scale(), disp, addressBits);
    }

    private static int int32(long value) {
        if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
            throw new RingsideException(
                    "0x" + Long.toHexString(value) + " does not fit in 32 bits", "", "mask it with & 0xffffffff");
        }
        return (int) value;
    }
}

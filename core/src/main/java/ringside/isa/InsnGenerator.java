package ringside.isa;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import ringside.arch.Reg;

/**
 * Random well-formed instructions of a given row: what tests and experiments draw from.
 *
 * <p>Every register, addressing form, size and prefix that the row allows can come; values favour the edges of their range.
 * The same seed gives the same instructions.
 */
public final class InsnGenerator {
    private static final int[] EDGES = {
        0, 1, -1, 0x7f, 0x80, -0x80, -0x81, 0xff, 0x7fff, 0x8000, 0xffff, Integer.MIN_VALUE
    };
    private static final int[][] PAIRS16 = {
        {Reg.EBX, Reg.ESI},
        {Reg.EBX, Reg.EDI},
        {Reg.EBP, Reg.ESI},
        {Reg.EBP, Reg.EDI},
        {Reg.ESI, -1},
        {Reg.EDI, -1},
        {Reg.EBP, -1},
        {Reg.EBX, -1},
        {-1, -1}
    };

    private final RandomGenerator random;

    public InsnGenerator(RandomGenerator random) {
        this.random = random;
    }

    /** An instruction as a programmer would ask an assembler for it. */
    public record Draft(String mnemonic, int prefixes, List<Operand> operands, int codeBits) {
        public byte[] assemble() {
            return Assembler.assemble(mnemonic, prefixes, operands, codeBits);
        }
    }

    /** A random instruction of {@code row} for code of {@code codeBits}. */
    public Draft draft(Row row, int codeBits) {
        Encoding encoding = Encoding.of(row);
        Mnemonic mnemonic = new Mnemonic(row.mnemonic());
        boolean sized =
                mnemonic.namesOperandSize() || encoding.operands().stream().anyMatch(OperandCode::sized);
        int opSize = sized && random.nextInt(4) == 0 ? 48 - codeBits : codeBits;
        int addrSize = random.nextInt(4) == 0 ? 48 - codeBits : codeBits;
        boolean memoryChosen = random.nextInt(3) > 0 && !row.is(Attribute.REGISTER_ONLY);
        List<Operand> operands = new ArrayList<>();
        boolean memory = false;
        for (OperandCode code : encoding.operands()) {
            operands.add(operand(code, opSize, addrSize, memoryChosen || row.is(Attribute.MEMORY_ONLY)));
            memory |= operands.getLast() instanceof Operand.Mem;
        }
        if (row.mnemonic().equals("mov") && operands.getFirst() instanceof Operand.Seg seg && seg.index() == Reg.CS) {
            operands.set(0, new Operand.Seg(Reg.DS));
        }
        int prefixes = opSize == codeBits || encoding.mandatory() == 0x66 ? 0 : Prefix.OPERAND_SIZE;
        prefixes |= more(row, encoding, mnemonic, memory, addrSize != codeBits);
        int effective = mnemonic.namesAddressSize() || memory ? addrSize : codeBits;
        return new Draft(mnemonic.name(opSize, effective), prefixes, operands, codeBits);
    }

    private int more(Row row, Encoding encoding, Mnemonic mnemonic, boolean memory, boolean otherAddressSize) {
        int prefixes = 0;
        if (otherAddressSize
                && !memory
                && (mnemonic.namesAddressSize() || row.is(Attribute.REP) || row.is(Attribute.REPZ))) {
            prefixes |= Prefix.ADDRESS_SIZE;
        }
        if (memory && row.is(Attribute.LOCKABLE) && random.nextInt(8) == 0) {
            prefixes |= Prefix.LOCK;
        }
        if (row.is(Attribute.REP) || row.is(Attribute.REPZ)) {
            prefixes |= random.nextInt(3) == 0 ? Prefix.REP : 0;
            prefixes |= prefixes == 0 && row.is(Attribute.REPZ) && random.nextInt(3) == 0 ? Prefix.REPNE : 0;
        }
        return prefixes;
    }

    private Operand operand(OperandCode code, int opSize, int addrSize, boolean memory) {
        int width = code.width < 0 ? opSize : code.width;
        return switch (code.place) {
            case RM -> memory ? memory(code, opSize, addrSize) : register(code, width);
            case RM_MEMORY -> memory(code, opSize, addrSize);
            case RM_REGISTER, REG, OPCODE -> register(code, width);
            case IMMEDIATE -> new Operand.Imm(width, value() & (int) ((1L << width) - 1));
            case IMMEDIATE_SIGNED -> new Operand.Imm(8, (byte) value() & (opSize == 16 ? 0xffff : -1));
            case RELATIVE ->
                new Operand.Rel(width, width == 8 ? (byte) value() : width == 16 ? (short) value() : value());
            case OFFSET ->
                new Operand.Mem(
                        code.memoryWidth < 0 ? opSize : code.memoryWidth,
                        segment(Reg.DS),
                        -1,
                        -1,
                        1,
                        displacement(addrSize),
                        addrSize);
            case FAR_POINTER -> new Operand.Far(opSize, value() & 0xffff, opSize == 16 ? value() & 0xffff : value());
            case FIXED ->
                code == OperandCode.ONE ? Registers.IMMEDIATE_ONE : Registers.of(code.register, width, code.fixed);
        };
    }

    private Operand register(OperandCode code, int width) {
        Operand operand = null;
        while (operand == null) {
            operand = Registers.of(code.register, width, random.nextInt(8));
        }
        return operand;
    }

    private Operand memory(OperandCode code, int opSize, int addrSize) {
        int width = code.memoryWidth < 0 ? opSize : code.memoryWidth;
        int disp = random.nextInt(3) == 0 ? 0 : displacement(addrSize);
        if (addrSize == 16) {
            int[] pair = PAIRS16[random.nextInt(PAIRS16.length)];
            int seg = segment(Operand.Mem.defaultSegment(pair[0]));
            return new Operand.Mem(width, seg, pair[0], pair[1], 1, disp, 16);
        }
        int base = random.nextInt(9) - 1;
        int index = random.nextInt(2) == 0 ? -1 : random.nextInt(8);
        index = index == Reg.ESP ? -1 : index;
        int scale = index < 0 ? 1 : 1 << random.nextInt(4);
        int seg = segment(Operand.Mem.defaultSegment(base));
        return new Operand.Mem(width, seg, base, index, scale, disp, 32);
    }

    private int segment(int usual) {
        return random.nextInt(4) == 0 ? random.nextInt(6) : usual;
    }

    private int displacement(int addrSize) {
        return addrSize == 16 ? (short) value() : value();
    }

    private int value() {
        return switch (random.nextInt(3)) {
            case 0 -> EDGES[random.nextInt(EDGES.length)];
            case 1 -> (byte) random.nextInt();
            default -> random.nextInt();
        };
    }
}

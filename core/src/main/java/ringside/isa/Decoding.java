package ringside.isa;

import java.util.List;
import ringside.arch.Reg;
import ringside.isa.Opcodes.Form;

/** One instruction being decoded. */
final class Decoding {
    private static final int NOTHING = -1;

    private final ByteSource source;
    private final Opcodes opcodes;
    private final int codeBits;
    private int length;
    private int prefixes;
    private int opSize;
    private int addrSize;
    private int modRm = -1;
    private int opcode;
    /** Why decoding stopped early, or null. */
    private Row refusal;

    private int base;
    private int index;
    private int scale;
    private int disp;

    Decoding(ByteSource source, int codeBits, Opcodes opcodes) {
        this.source = source;
        this.codeBits = codeBits;
        this.opcodes = opcodes;
    }

    Insn run() {
        Form form = head();
        if (form == null) {
            return refused();
        }
        OperandCode[] codes = form.operands;
        Operand[] operands = new Operand[codes.length];
        boolean memory = false;
        if (modRm >= 0 && modRm < 0xc0 && !form.modIgnored) {
            address();
        }
        for (int k = 0; k < codes.length; k++) {
            operands[k] = operand(codes[k]);
            memory |= operands[k] instanceof Operand.Mem;
        }
        if (refusal == null && (prefixes & Prefix.LOCK) != 0 && !(form.lockable && memory)
                || form.refusesCs && (modRm >> 3 & 7) == Reg.CS) {
            refusal = Decoder.INVALID;
        }
        return refusal != null ? refused() : new Insn(form.row, List.of(operands), prefixes, opSize, addrSize, length);
    }

    /** Prefixes, opcode and ModRM; the form they name, or null after setting {@link #refusal}. */
    private Form head() {
        int b = prefixes();
        boolean twoByte = b == 0x0f;
        if (twoByte) {
            b = fetch();
        }
        if (b < 0) {
            return null;
        }
        opcode = b;
        opSize = (prefixes & Prefix.OPERAND_SIZE) != 0 ? 48 - codeBits : codeBits;
        addrSize = (prefixes & Prefix.ADDRESS_SIZE) != 0 ? 48 - codeBits : codeBits;
        int slot = Opcodes.slot(twoByte, prefixClass(), opcode);
        if (opcodes.hasModRm(slot)) {
            modRm = fetch();
            if (modRm < 0) {
                return null;
            }
        }
        Form form = opcodes.at(slot, modRm);
        if (form == null) {
            refusal = Decoder.INVALID;
        }
        return form;
    }

    private int prefixes() {
        while (true) {
            int b = fetch();
            switch (b) {
                case 0x26, 0x2e, 0x36, 0x3e -> segment(b >> 3 & 3);
                case 0x64, 0x65 -> segment(b & 7);
                case 0x66 -> prefixes |= Prefix.OPERAND_SIZE;
                case 0x67 -> prefixes |= Prefix.ADDRESS_SIZE;
                case 0xf0 -> prefixes |= Prefix.LOCK;
                case 0xf2 -> prefixes = prefixes & ~Prefix.REP | Prefix.REPNE;
                case 0xf3 -> prefixes = prefixes & ~Prefix.REPNE | Prefix.REP;
                default -> {
                    return b;
                }
            }
        }
    }

    private void segment(int seg) {
        prefixes = prefixes & ~Prefix.ofSegment(7) | Prefix.ofSegment(seg);
    }

    private int prefixClass() {
        if ((prefixes & Prefix.REP) != 0) {
            return 2;
        }
        return (prefixes & Prefix.REPNE) != 0 ? 3 : (prefixes & Prefix.OPERAND_SIZE) != 0 ? 1 : 0;
    }

    // ---- bytes

    /** The next byte; negative after setting {@link #refusal}. */
    private int fetch() {
        if (refusal != null) {
            return NOTHING;
        }
        if (length == Decoder.MAX_LENGTH) {
            refusal = Decoder.TOO_LONG;
            return NOTHING;
        }
        int b = source.next();
        if (b < 0) {
            refusal = Decoder.TRUNCATED;
            return NOTHING;
        }
        length++;
        return b;
    }

    /** A little-endian value of {@code bits}, zero-extended. */
    private int fetch(int bits) {
        int value = 0;
        for (int shift = 0; shift < bits; shift += 8) {
            value |= (fetch() & 0xff) << shift;
        }
        return value;
    }

    private int fetchSigned(int bits) {
        int value = fetch(bits);
        return bits == 8 ? (byte) value : bits == 16 ? (short) value : value;
    }

    private Insn refused() {
        return new Insn(refusal, List.of(), prefixes, codeBits, codeBits, length);
    }

    // ---- operands

    private Operand operand(OperandCode code) {
        return switch (code.place) {
            case RM -> modRm >= 0xc0 ? register(code, modRm & 7) : memory(code.memoryWidth);
            case RM_REGISTER -> register(code, modRm & 7);
            case RM_MEMORY -> memory(code.memoryWidth);
            case REG -> register(code, modRm >> 3 & 7);
            case OPCODE -> register(code, (modRm >= 0 ? modRm : opcode) & 7);
            case IMMEDIATE -> new Operand.Imm(width(code.width), fetch(width(code.width)));
            case IMMEDIATE_SIGNED -> new Operand.Imm(8, opSize == 16 ? fetchSigned(8) & 0xffff : fetchSigned(8));
            case RELATIVE -> new Operand.Rel(width(code.width), fetchSigned(width(code.width)));
            case OFFSET -> offset(code);
            case FAR_POINTER -> far();
            case FIXED -> fixed(code);
        };
    }

    private int width(int codeWidth) {
        return codeWidth < 0 ? opSize : codeWidth;
    }

    private Operand fixed(OperandCode code) {
        return code == OperandCode.ONE ? Registers.IMMEDIATE_ONE : register(code, code.fixed);
    }

    private Operand register(OperandCode code, int number) {
        Operand operand = Registers.of(code.register, width(code.width), number);
        if (operand == null) {
            refusal = refusal == null ? Decoder.INVALID : refusal;
        }
        return operand == null ? Registers.IMMEDIATE_ONE : operand;
    }

    private Operand far() {
        int offset = fetch(opSize);
        return new Operand.Far(opSize, fetch(16), offset);
    }

    private Operand offset(OperandCode code) {
        base = -1;
        index = -1;
        scale = 1;
        disp = fetchSigned(addrSize);
        return memory(code.memoryWidth);
    }

    private Operand memory(int memoryWidth) {
        int override = Prefix.segment(prefixes);
        int seg = override >= 0 ? override : Operand.Mem.defaultSegment(base);
        return new Operand.Mem(width(memoryWidth), seg, base, index, scale, disp, addrSize);
    }

    /** Reads SIB and displacement of a memory ModRM. */
    private void address() {
        scale = 1;
        base = -1;
        index = -1;
        if (addrSize == 16) {
            address16();
        } else {
            address32();
        }
    }

    private static final int[] BASES = {Reg.EBX, Reg.EBX, Reg.EBP, Reg.EBP, Reg.ESI, Reg.EDI, Reg.EBP, Reg.EBX};
    private static final int[] INDEXES = {Reg.ESI, Reg.EDI, Reg.ESI, Reg.EDI, -1, -1, -1, -1};

    private void address16() {
        int mod = modRm >> 6;
        int rm = modRm & 7;
        if (mod == 0 && rm == 6) {
            disp = fetchSigned(16);
            return;
        }
        base = BASES[rm];
        index = INDEXES[rm];
        disp = mod == 0 ? 0 : fetchSigned(mod * 8);
    }

    private void address32() {
        int mod = modRm >> 6;
        base = modRm & 7;
        if (base == Reg.ESP) {
            int sib = fetch() & 0xff;
            base = sib & 7;
            if ((sib >> 3 & 7) != Reg.ESP) {
                index = sib >> 3 & 7;
                scale = 1 << (sib >> 6);
            }
        }
        if (mod == 0 && base == Reg.EBP) {
            base = -1;
            disp = fetch(32);
        } else {
            disp = mod == 0 ? 0 : fetchSigned(mod == 1 ? 8 : 32);
        }
    }
}

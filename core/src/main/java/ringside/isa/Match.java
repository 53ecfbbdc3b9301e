package ringside.isa;

import java.io.ByteArrayOutputStream;
import java.util.List;
import ringside.arch.Reg;
import ringside.isa.Opcodes.Form;

/**
 * One form of an instruction fitted to operands at one operand size, and the bytes that follow.
 *
 * @param addrSize effective address size
 * @param pinned whether an operand says the operand size
 */
record Match(Form form, int prefixes, List<Operand> operands, int codeBits, int opSize, int addrSize, boolean pinned) {
    /** The form fitted, or null where it does not fit. */
    static Match of(Form form, String name, int prefixes, List<Operand> operands, int codeBits, int opSize) {
        OperandCode[] codes = form.operands;
        if (codes.length != operands.size()) {
            return null;
        }
        boolean pinned = false;
        int addrSize = (prefixes & Prefix.ADDRESS_SIZE) != 0 ? 48 - codeBits : codeBits;
        for (int k = 0; k < codes.length; k++) {
            if (!fits(codes[k], operands.get(k), opSize)) {
                return null;
            }
            pinned |= pins(codes[k], operands.get(k));
            if (operands.get(k) instanceof Operand.Mem mem) {
                if ((prefixes & Prefix.ADDRESS_SIZE) != 0 && mem.addressBits() == codeBits) {
                    return null;
                }
                addrSize = mem.addressBits();
            }
        }
        Mnemonic mnemonic = new Mnemonic(form.row.mnemonic());
        if (mnemonic.namesAddressSize()) {
            addrSize = name.equals(mnemonic.name(opSize, 16)) ? 16 : 32;
        }
        boolean named = mnemonic.namesOperandSize() && !name.equals(mnemonic.defaultName());
        if (named && !name.equals(mnemonic.name(opSize, addrSize))) {
            return null;
        }
        boolean said = (prefixes & Prefix.OPERAND_SIZE) != 0 && form.encoding.mandatory() != 0x66;
        boolean sizeFits = said ? opSize != codeBits : opSize == codeBits || pinned || named;
        return sizeFits ? new Match(form, prefixes, operands, codeBits, opSize, addrSize, pinned) : null;
    }

    /** The memory width this match would choose for an operand that does not say it, or -1. */
    int openMemoryWidth() {
        for (int k = 0; k < operands.size(); k++) {
            if (operands.get(k) instanceof Operand.Mem mem && mem.bits() == 0) {
                int width = form.operands[k].memoryWidth;
                return width < 0 ? opSize : width;
            }
        }
        return -1;
    }

    /** Whether a sign-extended byte stands for the immediate: what nasm takes where an encoding is no longer. */
    boolean signExtends() {
        return form.encoding.operands().contains(OperandCode.IBS);
    }

    // ---- operand against code

    private static boolean fits(OperandCode code, Operand operand, int opSize) {
        int width = code.width < 0 ? opSize : code.width;
        return switch (operand) {
            case Operand.Gpr gpr ->
                code.register == OperandCode.Register.GPR
                        && code.acceptsRegister()
                        && gpr.bits() == width
                        && fixedFits(code, gpr.index());
            case Operand.Seg seg -> code.register == OperandCode.Register.SEG && fixedFits(code, seg.index());
            case Operand.Cr cr -> code.register == OperandCode.Register.CR;
            case Operand.Dr dr -> code.register == OperandCode.Register.DR;
            case Operand.St st -> code.register == OperandCode.Register.X87 && fixedFits(code, st.index());
            case Operand.Mm mm -> code.register == OperandCode.Register.MMX;
            case Operand.Xmm xmm -> code.register == OperandCode.Register.SSE;
            case Operand.Imm imm -> immediateFits(code, imm, opSize);
            case Operand.Rel rel -> relativeFits(code, rel, width);
            case Operand.Far far -> code == OperandCode.AP && (far.bits() == 0 || far.bits() == width);
            case Operand.Mem mem -> memoryFits(code, mem, opSize);
        };
    }

    private static boolean fixedFits(OperandCode code, int number) {
        return code.place != OperandCode.Place.FIXED || code.fixed == number;
    }

    private static boolean immediateFits(OperandCode code, Operand.Imm imm, int opSize) {
        int value = imm.value();
        boolean sized = imm.bits() != 16 && imm.bits() != 32 || imm.bits() == opSize;
        return switch (code) {
            case ONE -> value == 1;
            case IB -> value >= -0x80 && value <= 0xff;
            case IBS ->
                sized && (opSize == 16 ? inWord(value) && (short) value == (byte) value : value == (byte) value);
            case IW -> inWord(value);
            case IZ -> sized && (opSize == 32 || inWord(value));
            default -> false;
        };
    }

    private static boolean inWord(int value) {
        return value >= -0x8000 && value <= 0xffff;
    }

    private static boolean relativeFits(OperandCode code, Operand.Rel rel, int width) {
        if (code.place != OperandCode.Place.RELATIVE) {
            return false;
        }
        int d = rel.displacement();
        return rel.bits() == width
                || rel.bits() == 0 && (width == 32 || (width == 16 ? d == (short) d : d == (byte) d));
    }

    private static boolean memoryFits(OperandCode code, Operand.Mem mem, int opSize) {
        int width = code.memoryWidth < 0 ? opSize : code.memoryWidth;
        boolean widthFits = mem.bits() == 0 || width == 0 || mem.bits() == width;
        boolean offset = code.place == OperandCode.Place.OFFSET && mem.base() < 0 && mem.index() < 0;
        return widthFits && (offset || code.acceptsMemory());
    }

    /** Whether {@code operand} says what the operand size is. */
    static boolean pins(OperandCode code, Operand operand) {
        return switch (operand) {
            case Operand.Gpr gpr -> code.width < 0;
            case Operand.Imm imm ->
                (code == OperandCode.IZ || code == OperandCode.IBS) && (imm.bits() == 16 || imm.bits() == 32);
            case Operand.Rel rel -> code == OperandCode.JZ && rel.bits() != 0;
            case Operand.Far far -> far.bits() != 0;
            case Operand.Mem mem -> code.memoryWidth < 0 && mem.bits() != 0;
            default -> false;
        };
    }

    // ---- bytes

    /** The bytes, or null where an address cannot be encoded. */
    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Decoder.MAX_LENGTH);
        Operand.Mem mem = memory();
        if (mem != null && !prefixSegmentAgrees(mem)) {
            return null;
        }
        prefixBytes(out, mem);
        opcodeBytes(out);
        if (form.encoding.hasModRm() && !modRm(out, mem)) {
            return null;
        }
        for (int k = 0; k < operands.size(); k++) {
            immediate(out, form.operands[k], operands.get(k));
        }
        return out.size() > Decoder.MAX_LENGTH ? null : out.toByteArray();
    }

    private Operand.Mem memory() {
        for (Operand operand : operands) {
            if (operand instanceof Operand.Mem mem) {
                return mem;
            }
        }
        return null;
    }

    private boolean prefixSegmentAgrees(Operand.Mem mem) {
        int written = Prefix.segment(prefixes);
        return written < 0 || written == mem.seg();
    }

    /** Prefixes in nasm's order: REP, LOCK, segment, operand size, address size, mandatory. */
    private void prefixBytes(ByteArrayOutputStream out, Operand.Mem mem) {
        int mandatory = form.encoding.mandatory();
        if ((prefixes & Prefix.REP) != 0 && mandatory != 0xf3) {
            out.write(0xf3);
        }
        if ((prefixes & Prefix.REPNE) != 0 && mandatory != 0xf2) {
            out.write(0xf2);
        }
        if ((prefixes & Prefix.LOCK) != 0) {
            out.write(0xf0);
        }
        int seg = Prefix.segment(prefixes);
        if (seg < 0 && mem != null && mem.seg() != Operand.Mem.defaultSegment(mem.base())) {
            seg = mem.seg();
        }
        if (seg >= 0) {
            out.write(seg < Reg.FS ? 0x26 | seg << 3 : 0x60 | seg);
        }
        if (opSize != codeBits && mandatory != 0x66) {
            out.write(0x66);
        }
        if (addrSize != codeBits) {
            out.write(0x67);
        }
        if (mandatory > 0) {
            out.write(mandatory);
        }
    }

    private void opcodeBytes(ByteArrayOutputStream out) {
        Encoding e = form.encoding;
        if (e.twoByte()) {
            out.write(0x0f);
        }
        out.write(e.opcode() | (e.plusRegister() && !e.hasModRm() ? opcodeRegister() : 0));
    }

    private int opcodeRegister() {
        return number(OperandCode.Place.OPCODE);
    }

    /** The number of the register operand at {@code place}, or 0. */
    private int number(OperandCode.Place place) {
        for (int k = 0; k < operands.size(); k++) {
            if (form.operands[k].place == place) {
                return Disassembler.registerNumber(operands.get(k));
            }
        }
        return 0;
    }

    private boolean modRm(ByteArrayOutputStream out, Operand.Mem mem) {
        Encoding e = form.encoding;
        if (e.modRm() >= 0) {
            out.write(e.modRm() | (e.plusRegister() ? opcodeRegister() : 0));
            return true;
        }
        int reg = (e.digit() >= 0 ? e.digit() : number(OperandCode.Place.REG)) << 3;
        if (mem == null) {
            int rm = number(OperandCode.Place.RM) | number(OperandCode.Place.RM_REGISTER);
            out.write(0xc0 | reg | rm);
            return true;
        }
        return mem.addressBits() == 16 ? Addressing.encode16(out, reg, mem) : Addressing.encode32(out, reg, mem);
    }

    private void immediate(ByteArrayOutputStream out, OperandCode code, Operand operand) {
        int bits = code.width < 0 ? opSize : code.width;
        switch (operand) {
            case Operand.Imm imm when code != OperandCode.ONE -> little(out, bits, imm.value());
            case Operand.Rel rel -> little(out, bits, rel.displacement());
            case Operand.Mem mem when code.place == OperandCode.Place.OFFSET -> little(out, addrSize, mem.disp());
            case Operand.Far far -> {
                little(out, opSize, far.offset());
                little(out, 16, far.selector());
            }
            default -> {}
        }
    }

    static void little(ByteArrayOutputStream out, int bits, int value) {
        for (int shift = 0; shift < bits; shift += 8) {
            out.write(value >> shift);
        }
    }
}

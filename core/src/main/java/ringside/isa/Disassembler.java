package ringside.isa;

import ringside.arch.Reg;

/**
 * Instructions to Intel-syntax text as nasm writes it: {@code lock add dword [fs:ebx+4*ecx+0x10], eax}.
 *
 * <p>What {@link IntelSyntax} reads back is the same instruction: a prefix that the operands do not show is written
 * ({@code o16 a16 cs rep}), a segment override that was there is shown even where it changes nothing.
 */
public final class Disassembler {
    private Disassembler() {}

    /** The text of {@code i} lying at {@code eip}: branch targets are offsets in its code segment. */
    public static String text(Insn i, int eip) {
        if (!i.isValid()) {
            return i.row.mnemonic();
        }
        StringBuilder text = new StringBuilder(prefixes(i)).append(i.mnemonic());
        for (int k = 0; k < i.operands.size(); k++) {
            text.append(k == 0 ? " " : ", ").append(operand(i, k, eip));
        }
        return text.toString();
    }

    // ---- prefixes

    private static String prefixes(Insn i) {
        StringBuilder text = new StringBuilder();
        Encoding encoding = Encoding.of(i.row);
        Mnemonic mnemonic = new Mnemonic(i.row.mnemonic());
        int mandatory = encoding.mandatory();
        boolean memory = i.operands.stream().anyMatch(o -> o instanceof Operand.Mem);
        if (i.has(Prefix.LOCK)) {
            text.append("lock ");
        }
        if (i.has(Prefix.REP) && mandatory != 0xf3) {
            text.append(i.row.is(Attribute.REPZ) ? "repe " : "rep ");
        }
        if (i.has(Prefix.REPNE) && mandatory != 0xf2) {
            text.append("repne ");
        }
        if (i.has(Prefix.SEGMENT) && !memory) {
            text.append(Reg.SEGMENTS[Prefix.segment(i.prefixes)]).append(' ');
        }
        if (i.has(Prefix.OPERAND_SIZE)
                && mandatory != 0x66
                && !mnemonic.namesOperandSize()
                && !showsSize(i, encoding)) {
            text.append('o').append(i.opSize).append(' ');
        }
        if (i.has(Prefix.ADDRESS_SIZE) && !memory && !mnemonic.namesAddressSize()) {
            text.append('a').append(i.addrSize).append(' ');
        }
        return text.toString();
    }

    /** Whether the operands, as they are written, tell the operand size. */
    private static boolean showsSize(Insn i, Encoding encoding) {
        for (int k = 0; k < i.operands.size(); k++) {
            if (Match.pins(encoding.operands().get(k), i.operands.get(k)) || writesImmediateSize(i, encoding, k)) {
                return true;
            }
        }
        return false;
    }

    /** {@code push word 5}: the immediate is all there is to show a size that is not the code's. */
    private static boolean writesImmediateSize(Insn i, Encoding encoding, int k) {
        OperandCode code = encoding.operands().get(k);
        return i.operands.size() == 1
                && i.has(Prefix.OPERAND_SIZE)
                && (code == OperandCode.IZ || code == OperandCode.IBS);
    }

    // ---- operands

    private static String operand(Insn i, int k, int eip) {
        Operand operand = i.operands.get(k);
        Encoding encoding = Encoding.of(i.row);
        return switch (operand) {
            case Operand.Imm imm ->
                (writesImmediateSize(i, encoding, k) ? sizeWord(i.opSize) + " " : "")
                        + immediate(imm, encoding.operands().get(k), i.opSize);
            case Operand.Rel rel -> reach(i, rel) + hex(target(i, rel, eip));
            case Operand.Mem mem -> memory(mem, i.has(Prefix.SEGMENT), i.has(Prefix.ADDRESS_SIZE));
            case Operand.Far far -> (i.has(Prefix.OPERAND_SIZE) ? sizeWord(far.bits()) + " " : "") + operandText(far);
            default -> operandText(operand);
        };
    }

    private static String reach(Insn i, Operand.Rel rel) {
        String word = i.row.mnemonic();
        String size = i.has(Prefix.OPERAND_SIZE) && rel.bits() > 8 ? sizeWord(rel.bits()) + " " : "";
        if (!word.startsWith("j") || word.contains("<")) {
            return size;
        }
        return rel.bits() > 8 ? "near " + size : word.equals("jmp") ? "short " : "";
    }

    /** Where {@code rel} leads from {@code i} at {@code eip}. */
    public static int target(Insn i, Operand.Rel rel, int eip) {
        int target = eip + i.length + rel.displacement();
        return i.opSize == 16 ? target & 0xffff : target;
    }

    private static String immediate(Operand.Imm imm, OperandCode code, int opSize) {
        if (code == OperandCode.IBS) {
            int value = opSize == 16 ? (short) imm.value() : imm.value();
            return value < 0 ? "-" + hex(-value) : hex(value);
        }
        return code == OperandCode.ONE ? "1" : hex(imm.value());
    }

    private static String memory(Operand.Mem mem, boolean showSegment, boolean otherAddressSize) {
        StringBuilder text = new StringBuilder();
        if (mem.bits() != 0) {
            text.append(sizeWord(mem.bits())).append(' ');
        }
        text.append('[');
        if (otherAddressSize && mem.base() < 0 && mem.index() < 0) {
            text.append(sizeWord(mem.addressBits())).append(' ');
        }
        if (showSegment || mem.seg() != Operand.Mem.defaultSegment(mem.base())) {
            text.append(Reg.SEGMENTS[mem.seg()]).append(':');
        }
        return text.append(address(mem)).append(']').toString();
    }

    private static String address(Operand.Mem mem) {
        StringBuilder text = new StringBuilder();
        if (mem.base() >= 0) {
            text.append(Reg.name(mem.addressBits(), mem.base()));
        }
        if (mem.index() >= 0) {
            text.append(text.isEmpty() ? "" : "+").append(Reg.name(mem.addressBits(), mem.index()));
            text.append(mem.scale() > 1 || mem.base() < 0 ? "*" + mem.scale() : "");
        }
        if (text.isEmpty()) {
            return hex(mem.addressBits() == 16 ? mem.disp() & 0xffff : mem.disp());
        }
        if (mem.disp() != 0) {
            boolean negative = mem.disp() < 0 && mem.disp() != Integer.MIN_VALUE;
            text.append(negative ? "-" : "+").append(hex(negative ? -mem.disp() : mem.disp()));
        }
        return text.toString();
    }

    /** An operand by itself, as in an error message. */
    public static String operandText(Operand operand) {
        return switch (operand) {
            case Operand.Gpr gpr -> gpr.toString();
            case Operand.Seg seg -> seg.toString();
            case Operand.Cr cr -> "cr" + cr.index();
            case Operand.Dr dr -> "dr" + dr.index();
            case Operand.St st -> "st" + st.index();
            case Operand.Mm mm -> "mm" + mm.index();
            case Operand.Xmm xmm -> "xmm" + xmm.index();
            case Operand.Imm imm -> hex(imm.value());
            case Operand.Rel rel -> "label";
            case Operand.Far far -> hex(far.selector()) + ":" + hex(far.offset());
            case Operand.Mem mem -> memory(mem, false, false);
        };
    }

    /** The number by which encodings name a register operand; 0 for one that is no register. */
    static int registerNumber(Operand operand) {
        return switch (operand) {
            case Operand.Gpr gpr -> gpr.index();
            case Operand.Seg seg -> seg.index();
            case Operand.Cr cr -> cr.index();
            case Operand.Dr dr -> dr.index();
            case Operand.St st -> st.index();
            case Operand.Mm mm -> mm.index();
            case Operand.Xmm xmm -> xmm.index();
            default -> 0;
        };
    }

    /** {@code byte word dword qword tword oword} by bits. */
    public static String sizeWord(int bits) {
        return switch (bits) {
            case 8 -> "byte";
            case 16 -> "word";
            case 32 -> "dword";
            case 64 -> "qword";
            case 80 -> "tword";
            default -> "oword";
        };
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }
}

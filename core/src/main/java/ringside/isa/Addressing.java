package ringside.isa;

import java.io.ByteArrayOutputStream;
import ringside.arch.Reg;

/** ModRM, SIB and displacement of a memory operand (SDM vol. 2, tables 2-1 to 2-3). */
final class Addressing {
    private Addressing() {}

    /** Writes the 16-bit form; false where no such combination of registers exists. */
    static boolean encode16(ByteArrayOutputStream out, int reg, Operand.Mem mem) {
        if (mem.scale() != 1 || mem.disp() < -0x8000 || mem.disp() > 0xffff) {
            return false;
        }
        if (mem.base() < 0 && mem.index() < 0) {
            out.write(reg | 6);
            Match.little(out, 16, mem.disp());
            return true;
        }
        int rm = rm16(mem.base(), mem.index());
        if (rm < 0) {
            return false;
        }
        displaced(out, reg | rm, -1, (short) mem.disp(), rm == 6, 16);
        return true;
    }

    private static int rm16(int base, int index) {
        return switch (base * 16 + index) {
            case Reg.EBX * 16 + Reg.ESI -> 0;
            case Reg.EBX * 16 + Reg.EDI -> 1;
            case Reg.EBP * 16 + Reg.ESI -> 2;
            case Reg.EBP * 16 + Reg.EDI -> 3;
            case Reg.ESI * 16 - 1 -> 4;
            case Reg.EDI * 16 - 1 -> 5;
            case Reg.EBP * 16 - 1 -> 6;
            case Reg.EBX * 16 - 1 -> 7;
            default -> -1;
        };
    }

    /** Writes the 32-bit form; false for an index of ESP or a scale that is none. */
    static boolean encode32(ByteArrayOutputStream out, int reg, Operand.Mem mem) {
        int scale = Integer.numberOfTrailingZeros(mem.scale());
        if (mem.index() == Reg.ESP || Integer.bitCount(mem.scale()) != 1 || scale > 3) {
            return false;
        }
        if (mem.base() < 0 && mem.index() < 0) {
            out.write(reg | 5);
            Match.little(out, 32, mem.disp());
        } else if (mem.base() < 0) {
            out.write(reg | 4);
            out.write(scale << 6 | mem.index() << 3 | 5);
            Match.little(out, 32, mem.disp());
        } else if (mem.index() < 0 && mem.base() != Reg.ESP) {
            displaced(out, reg | mem.base(), -1, mem.disp(), mem.base() == Reg.EBP, 32);
        } else {
            int index = mem.index() < 0 ? Reg.ESP : mem.index();
            displaced(out, reg | 4, scale << 6 | index << 3 | mem.base(), mem.disp(), mem.base() == Reg.EBP, 32);
        }
        return true;
    }

    /** ModRM with mod by the displacement's size, SIB unless negative, displacement. */
    private static void displaced(
            ByteArrayOutputStream out, int modRm, int sib, int disp, boolean always, int fullBits) {
        int bits = disp == 0 && !always ? 0 : disp == (byte) disp ? 8 : fullBits;
        out.write(modRm | (bits == 0 ? 0 : bits == 8 ? 0x40 : 0x80));
        if (sib >= 0) {
            out.write(sib);
        }
        Match.little(out, bits, disp);
    }
}

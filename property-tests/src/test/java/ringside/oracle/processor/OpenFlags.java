package ringside.oracle.processor;

import java.util.Set;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.isa.Insn;
import ringside.isa.Operand;

/** The EFLAGS bits that the manual leaves open after an instruction, narrowed by the count of a shift. */
final class OpenFlags {
    private static final Set<String> DOUBLE = Set.of("shld", "shrd");
    private static final Set<String> SHIFTS = Set.of("rol", "ror", "rcl", "rcr", "shl", "shr", "sar", "shld", "shrd");

    private OpenFlags() {}

    static int after(Insn i, int[] registers) {
        int open = i.row.flags().undefined();
        int count = shiftCount(i, registers);
        if (count < 0) {
            return open;
        }
        if (count == 0) {
            return 0;
        }
        if (count == 1) {
            open &= ~Eflags.OF;
        }
        String name = i.row.mnemonic();
        boolean logical = name.equals("shl") || name.equals("shr");
        return logical && count >= i.op0.bits() ? open | Eflags.CF : open;
    }

    /** Whether the manual leaves the result itself open: a 16-bit double shift by more than 16. */
    static boolean resultToo(Insn i, int[] registers) {
        return DOUBLE.contains(i.row.mnemonic()) && shiftCount(i, registers) > i.opSize;
    }

    /** The count modulo 32, or -1 where the instruction is no shift. */
    private static int shiftCount(Insn i, int[] registers) {
        if (!SHIFTS.contains(i.row.mnemonic())) {
            return -1;
        }
        Operand count = i.operands.getLast();
        return (count instanceof Operand.Imm imm ? imm.value() : registers[Reg.ECX]) & 31;
    }
}

package ringside.isa.table;

import static ringside.arch.Eflags.*;
import static ringside.isa.Attribute.*;

import ringside.isa.Body;
import ringside.isa.CpuPort;
import ringside.isa.Insn;
import ringside.isa.Shifter;

/** Shifts, rotates and double shifts. OF is defined for a count of 1 alone; a count of 0 changes nothing. */
final class Shifts {
    private static final int ROTATED = CF | OF;

    private Shifts() {}

    static void rows(RowList t) {
        six(t, 0, "rol", 0, Shifts::rol);
        six(t, 1, "ror", 0, Shifts::ror);
        six(t, 2, "rcl", CF, Shifts::rcl);
        six(t, 3, "rcr", CF, Shifts::rcr);
        six(t, 4, "shl", 0, Shifts::shl);
        six(t, 5, "shr", 0, Shifts::shr);
        six(t, 6, "shl", 0, Shifts::shl);
        six(t, 7, "sar", 0, Shifts::sar);
        twice(t, "shld", "0F A4 /r ib", "Ev,Gv,Ib", Shifts::shld);
        twice(t, "shld", "0F A5 /r", "Ev,Gv,CL", Shifts::shld);
        twice(t, "shrd", "0F AC /r ib", "Ev,Gv,Ib", Shifts::shrd);
        twice(t, "shrd", "0F AD /r", "Ev,Gv,CL", Shifts::shrd);
    }

    private static void twice(RowList t, String name, String encoding, String operands, Body body) {
        t.row(name, encoding, operands).writes(ARITHMETIC).undefined(AF | OF).does(body);
    }

    private static void six(RowList t, int number, String name, int read, Body body) {
        String[] forms = {
            "C0 /%d ib Eb,Ib", "C1 /%d ib Ev,Ib", "D0 /%d Eb,1", "D1 /%d Ev,1", "D2 /%d Eb,CL", "D3 /%d Ev,CL"
        };
        boolean rotate = number < 4;
        for (String text : forms) {
            String form = text.formatted(number);
            int operands = form.lastIndexOf(' ');
            RowList.Builder row = t.row(name, form.substring(0, operands), form.substring(operands + 1));
            row.reads(read).writes(rotate ? ROTATED : ARITHMETIC);
            row.manual(rotate ? "RCL/RCR/ROL/ROR" : "SAL/SAR/SHL/SHR");
            row.undefined((rotate ? 0 : AF) | (form.endsWith("1") ? 0 : OF));
            if (form.charAt(operands + 2) == 'b') {
                row.is(BYTE);
            }
            if (number == 6) {
                row.is(ALIAS);
            }
            row.does(body);
        }
    }

    private static void rol(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.rol(p, i.op0.bits(), a, i.op1.read(p)));
    }

    private static void ror(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.ror(p, i.op0.bits(), a, i.op1.read(p)));
    }

    private static void rcl(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.rcl(p, i.op0.bits(), a, i.op1.read(p)));
    }

    private static void rcr(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.rcr(p, i.op0.bits(), a, i.op1.read(p)));
    }

    private static void shl(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.shl(p, i.op0.bits(), a, i.op1.read(p)));
    }

    private static void shr(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.shr(p, i.op0.bits(), a, i.op1.read(p)));
    }

    private static void sar(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.sar(p, i.op0.bits(), a, i.op1.read(p)));
    }

    private static void shld(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.shld(p, i.op0.bits(), a, i.op1.read(p), i.op2.read(p)));
    }

    private static void shrd(CpuPort p, Insn i) {
        int a = i.op0.readForWrite(p);
        i.op0.write(p, Shifter.shrd(p, i.op0.bits(), a, i.op1.read(p), i.op2.read(p)));
    }
}

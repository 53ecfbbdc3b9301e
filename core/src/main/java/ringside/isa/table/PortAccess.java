package ringside.isa.table;

import static ringside.isa.Attribute.BYTE;

import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Sensitivity;

/** IN and OUT: allowed by IOPL or by the task's I/O bitmap. */
final class PortAccess {
    private PortAccess() {}

    static void rows(RowList t) {
        in(t, "E4 ib", "AL,Ib").is(BYTE).does(PortAccess::in);
        in(t, "E5 ib", "eAX,Ib").does(PortAccess::in);
        in(t, "EC", "AL,DX").is(BYTE).does(PortAccess::in);
        in(t, "ED", "eAX,DX").does(PortAccess::in);
        out(t, "E6 ib", "Ib,AL").is(BYTE).does(PortAccess::out);
        out(t, "E7 ib", "Ib,eAX").does(PortAccess::out);
        out(t, "EE", "DX,AL").is(BYTE).does(PortAccess::out);
        out(t, "EF", "DX,eAX").does(PortAccess::out);
    }

    private static RowList.Builder in(RowList t, String encoding, String operands) {
        return t.row("in", encoding, operands).kind(Sensitivity.IOPL_SENSITIVE).flow(Flow.SERIALIZE);
    }

    private static RowList.Builder out(RowList t, String encoding, String operands) {
        return t.row("out", encoding, operands).kind(Sensitivity.IOPL_SENSITIVE).flow(Flow.SERIALIZE);
    }

    private static void in(CpuPort p, Insn i) {
        int bits = i.op0.bits();
        int port = i.op1.read(p);
        p.checkPort(bits, port);
        if (p.intercept(i)) {
            return;
        }
        i.op0.write(p, p.in(bits, port));
    }

    private static void out(CpuPort p, Insn i) {
        int bits = i.op1.bits();
        int port = i.op0.read(p);
        p.checkPort(bits, port);
        if (p.intercept(i)) {
            return;
        }
        p.out(bits, port, i.op1.read(p));
    }
}

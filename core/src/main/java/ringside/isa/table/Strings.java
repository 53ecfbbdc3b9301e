package ringside.isa.table;

import static ringside.arch.Eflags.*;
import static ringside.isa.Attribute.*;

import java.util.Locale;
import ringside.arch.Reg;
import ringside.isa.Alu;
import ringside.isa.Attribute;
import ringside.isa.CpuPort;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Prefix;
import ringside.isa.Sensitivity;

/**
 * String instructions and their repetition.
 *
 * <p>Each iteration commits its index registers and count as a whole: a fault in the middle leaves whole iterations
 * done and the instruction to be restarted for the rest.
 */
final class Strings {
    /** One iteration: does its accesses, then moves its index registers. */
    @FunctionalInterface
    private interface Iteration {
        void run(CpuPort p, Insn i, int bits);
    }

    private Strings() {}

    static void rows(RowList t) {
        pair(t, 0xa4, "movs", REP, Strings::movs);
        pair(t, 0xa6, "cmps", REPZ, Strings::cmps);
        pair(t, 0xaa, "stos", REP, Strings::stos);
        pair(t, 0xac, "lods", REP, Strings::lods);
        pair(t, 0xae, "scas", REPZ, Strings::scas);
        pair(t, 0x6c, "ins", REP, Strings::ins);
        pair(t, 0x6e, "outs", REP, Strings::outs);
    }

    private static void pair(RowList t, int opcode, String name, Attribute repetition, Iteration iteration) {
        boolean port = opcode < 0x70;
        for (int wide = 0; wide < 2; wide++) {
            boolean bytes = wide == 0;
            RowList.Builder row = t.row(name + (bytes ? "b" : "{w|d}"), "%02X".formatted(opcode + wide), "");
            row.is(repetition).reads(DF).writes(repetition == REPZ ? ARITHMETIC : 0);
            String heading = name.toUpperCase(Locale.ROOT);
            row.manual(heading + (port ? "" : "/" + heading + "B"));
            if (port) {
                row.kind(Sensitivity.IOPL_SENSITIVE).flow(Flow.SERIALIZE);
            }
            if (bytes) {
                row.is(BYTE);
            }
            row.does((p, i) -> execute(p, i, bytes ? 8 : i.opSize, iteration));
        }
    }

    private static void execute(CpuPort p, Insn i, int bits, Iteration iteration) {
        if (i.has(Prefix.REP | Prefix.REPNE)) {
            repeat(p, i, bits, iteration);
        } else {
            iteration.run(p, i, bits);
        }
    }

    private static void repeat(CpuPort p, Insn i, int bits, Iteration iteration) {
        int left = p.reg(i.addrSize, Reg.ECX);
        if (left == 0) {
            return;
        }
        boolean tests = i.row.is(REPZ);
        boolean whileZero = i.has(Prefix.REP);
        for (int now = p.iterations(); now > 0; now--) {
            iteration.run(p, i, bits);
            p.reg(i.addrSize, Reg.ECX, --left);
            if (left == 0 || tests && p.zf() != whileZero) {
                return;
            }
        }
        p.suspend();
    }

    private static void movs(CpuPort p, Insn i, int bits) {
        int value = p.load(bits, i.dataSegment(), index(p, i, Reg.ESI));
        p.store(bits, Reg.ES, index(p, i, Reg.EDI), value);
        advance(p, i, Reg.ESI, bits);
        advance(p, i, Reg.EDI, bits);
    }

    private static void cmps(CpuPort p, Insn i, int bits) {
        int first = p.load(bits, i.dataSegment(), index(p, i, Reg.ESI));
        int second = p.load(bits, Reg.ES, index(p, i, Reg.EDI));
        Alu.cmp(p, bits, first, second);
        advance(p, i, Reg.ESI, bits);
        advance(p, i, Reg.EDI, bits);
    }

    private static void stos(CpuPort p, Insn i, int bits) {
        p.store(bits, Reg.ES, index(p, i, Reg.EDI), p.reg(bits, Reg.EAX));
        advance(p, i, Reg.EDI, bits);
    }

    private static void lods(CpuPort p, Insn i, int bits) {
        p.reg(bits, Reg.EAX, p.load(bits, i.dataSegment(), index(p, i, Reg.ESI)));
        advance(p, i, Reg.ESI, bits);
    }

    private static void scas(CpuPort p, Insn i, int bits) {
        Alu.cmp(p, bits, p.reg(bits, Reg.EAX), p.load(bits, Reg.ES, index(p, i, Reg.EDI)));
        advance(p, i, Reg.EDI, bits);
    }

    /** Permission and destination are checked before the device is read: its data must not be lost. */
    private static void ins(CpuPort p, Insn i, int bits) {
        int port = p.r[Reg.EDX] & 0xffff;
        int offset = index(p, i, Reg.EDI);
        p.checkPort(bits, port);
        p.intercept(i);
        p.loadForWrite(bits, Reg.ES, offset);
        p.store(bits, Reg.ES, offset, p.in(bits, port));
        advance(p, i, Reg.EDI, bits);
    }

    private static void outs(CpuPort p, Insn i, int bits) {
        int port = p.r[Reg.EDX] & 0xffff;
        p.checkPort(bits, port);
        p.intercept(i);
        p.out(bits, port, p.load(bits, i.dataSegment(), index(p, i, Reg.ESI)));
        advance(p, i, Reg.ESI, bits);
    }

    private static int index(CpuPort p, Insn i, int register) {
        return p.reg(i.addrSize, register);
    }

    private static void advance(CpuPort p, Insn i, int register, int bits) {
        int step = p.df() ? -bits / 8 : bits / 8;
        p.reg(i.addrSize, register, p.r[register] + step);
    }
}

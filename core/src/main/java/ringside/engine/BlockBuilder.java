package ringside.engine;

import java.util.ArrayList;
import java.util.List;
import ringside.isa.Attribute;
import ringside.isa.ByteSource;
import ringside.isa.Decoder;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Prefix;
import ringside.machine.cpu.Cpu;

/** Decodes blocks from the guest's memory. */
final class BlockBuilder {
    private static final int LONGEST = 48;

    /** Mode bits of a block's key: 32-bit code. */
    static final int CODE32 = 1;
    /** One instruction only. */
    static final int SINGLE = 2;

    private final Cpu c;
    private final List<Insn> insns = new ArrayList<>();
    private final List<Op> ops = new ArrayList<>();
    private int length;

    BlockBuilder(Cpu c) {
        this.c = c;
    }

    /** Decodes at the current EIP; throws the fault of fetching the first instruction. */
    Block build(int mode) {
        insns.clear();
        ops.clear();
        length = 0;
        int codeBits = (mode & CODE32) != 0 ? 32 : 16;
        int pc = c.pc();
        Fetch fetch = new Fetch(c);
        append(Decoder.decode(fetch, codeBits));
        boolean kept = !fetch.uncached();
        if (kept && fetch.secondPage < 0 && (mode & SINGLE) == 0) {
            extend(fetch.firstPage, pc, codeBits);
        }
        int[] starts = new int[insns.size()];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = starts[i - 1] + insns.get(i - 1).length;
        }
        return new Block(
                kept ? fetch.firstPage + (pc & 0xfff) : -1,
                mode,
                fetch.secondPage,
                ops.toArray(Op[]::new),
                starts,
                length,
                pc,
                c.probed(pc),
                insns.getFirst(),
                insns.getLast(),
                c.retireMapAt(pc),
                c.activity.cell(name(insns.getLast())));
    }

    /** A move to a control or debug register has a name of its own. */
    private static String name(Insn insn) {
        boolean control = insn.op0 instanceof Operand.Cr || insn.op0 instanceof Operand.Dr;
        return insn.mnemonic() + (control ? " cr" : "");
    }

    private void append(Insn insn) {
        insns.add(insn);
        Op hot = HotForms.of(insn, length);
        ops.add(hot != null ? hot : new BodyOp(insn, length));
        length += insn.length;
    }

    /** Adds the instructions that follow in the same page, up to one that ends a block. */
    private void extend(int page, int pc, int codeBits) {
        int first = pc & 0xfff;
        while (insns.size() < LONGEST && !ends(insns.getLast())) {
            int at = first + length;
            if (at >= 0x1000 || c.probed(pc + length)) {
                return;
            }
            Insn insn = Decoder.decode(within(page, at), codeBits);
            if (!insn.isValid() || !c.cs().covers(c.eip, length + insn.length)) {
                return;
            }
            append(insn);
        }
    }

    private ByteSource within(int page, int from) {
        int[] at = {from};
        return () -> at[0] < 0x1000 ? c.memory().get8(page + at[0]++) : -1;
    }

    private static boolean ends(Insn insn) {
        boolean repeats =
                insn.has(Prefix.REP | Prefix.REPNE) && (insn.row.is(Attribute.REP) || insn.row.is(Attribute.REPZ));
        return insn.row.flow() != Flow.NEXT || repeats || !insn.isValid();
    }
}

package ringside.engine;

import ringside.isa.Body;
import ringside.isa.Insn;
import ringside.machine.cpu.Cpu;

/** An instruction carried out by its row's body. */
final class BodyOp extends Op {
    private final Body body;
    private final Insn insn;
    private final int start;
    private final int end;

    /** @param start offset of the instruction in its block */
    BodyOp(Insn insn, int start) {
        this.body = insn.row.body();
        this.insn = insn;
        this.start = start;
        this.end = start + insn.length;
    }

    @Override
    void run(Cpu c) {
        int blockEip = c.blockEip;
        c.eip = blockEip + start;
        c.next = blockEip + end;
        body.execute(c, insn);
    }

    @Override
    boolean setsNext() {
        return true;
    }
}

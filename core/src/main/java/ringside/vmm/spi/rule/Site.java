package ringside.vmm.spi.rule;

import ringside.isa.Insn;

/** A guest instruction where it stands, as a rule sees it. */
public final class Site {
    private final Insn insn;
    private final int eip;
    private final int vcpl;
    private final int viopl;
    private final boolean bigStack;
    private final boolean last;
    private boolean looked;

    /**
     * @param eip where it lies in the guest's code segment
     * @param vcpl virtual CPL
     * @param viopl virtual IOPL
     * @param bigStack the guest's stack is a 32-bit one
     * @param last no other instruction follows it in its translation unit
     */
    public Site(Insn insn, int eip, int vcpl, int viopl, boolean bigStack, boolean last) {
        this.insn = insn;
        this.eip = eip;
        this.vcpl = vcpl;
        this.viopl = viopl;
        this.bigStack = bigStack;
        this.last = last;
    }

    public Insn insn() {
        looked = true;
        return insn;
    }

    /** Whether anybody asked which instruction it is: a rule that does not depends on the other values alone. */
    public boolean looked() {
        return looked;
    }

    public int eip() {
        return eip;
    }

    public int vcpl() {
        return vcpl;
    }

    public int viopl() {
        return viopl;
    }

    public boolean bigStack() {
        return bigStack;
    }

    public boolean last() {
        return last;
    }
}

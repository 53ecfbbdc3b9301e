package ringside.vmm.spi;

import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.isa.GuestFault;
import ringside.machine.cpu.Cpu;

/**
 * The real processor as code in ring 0 can use it: the only way in which a VMM without hardware assist changes its state.
 *
 * <p>Each method is an instruction executed at CPL 0 in the VMM's own segments. One that faults is a defect of the VMM.
 */
public final class Ring0 {
    private final Cpu cpu;
    private boolean atPorts;

    public Ring0(Cpu cpu) {
        this.cpu = cpu;
    }

    private interface Instruction {
        void execute();
    }

    private void carryOut(String what, Instruction instruction) {
        try {
            instruction.execute();
        } catch (GuestFault fault) {
            throw new RingsideException(
                    "a defect of Ringside: the VMM's " + what + " raised " + fault.getMessage(),
                    String.format("guest instruction %d", cpu.retired),
                    "please report the script that shows it");
        }
    }

    /** The general registers, which the guest's values are still in when a door is reached. */
    public int[] registers() {
        return cpu.r;
    }

    /** MOV r, Sreg. */
    public int selector(int seg) {
        return cpu.selector(seg);
    }

    /** MOV r, CRn. */
    public int cr(int index) {
        return cpu.cr(index);
    }

    /** MOV CRn, r. */
    public void cr(int index, int value) {
        carryOut("MOV CR" + index, () -> cpu.cr(index, value));
    }

    /** MOV r, DRn. */
    public int dr(int index) {
        return cpu.dr(index);
    }

    /** MOV DRn, r. */
    public void dr(int index, int value) {
        carryOut("MOV DR" + index, () -> cpu.dr(index, value));
    }

    /** WRMSR. */
    public void msr(int index, long value) {
        carryOut("WRMSR", () -> cpu.msr(index, value));
    }

    public void lgdt(int base, int limit) {
        cpu.loadGdt(base, limit);
    }

    public void lidt(int base, int limit) {
        cpu.loadIdt(base, limit);
    }

    public void lldt(int selector) {
        carryOut("LLDT", () -> cpu.loadLdt(selector));
    }

    public void ltr(int selector) {
        carryOut("LTR", () -> cpu.loadTask(selector));
    }

    /** MOV Sreg, r: through the descriptor tables in memory. */
    public void load(int seg, int selector) {
        carryOut("MOV " + Reg.SEGMENTS[seg], () -> cpu.loadSegment(seg, selector));
    }

    /** JMP far: how CS is loaded. */
    public void jump(int selector, int offset) {
        carryOut("JMP", () -> {
            cpu.farJump(32, selector, offset);
            cpu.eip = cpu.next;
        });
    }

    /** IN. */
    public int in(int bits, int port) {
        atPorts = true;
        int value = cpu.in(bits, port);
        atPorts = false;
        return value;
    }

    /** OUT. */
    public void out(int bits, int port, int value) {
        atPorts = true;
        cpu.out(bits, port, value);
        atPorts = false;
    }

    /** Whether it is the VMM that uses a port at this moment. */
    boolean atPorts() {
        return atPorts;
    }

    /** INVLPG. */
    public void invlpg(int la) {
        cpu.invalidatePage(Reg.SS, la - cpu.linear(Reg.SS, 0));
    }

    /** INVVPID of a single context: translations made under {@code vpid} go. */
    public void invvpid(int vpid) {
        cpu.mmu.flushTag(vpid);
    }

    /** IRET from the frame at SS:ESP: the way into the guest. */
    public void iret() {
        carryOut("IRET", () -> {
            cpu.interruptReturn(32);
            cpu.eip = cpu.next;
        });
    }
}

package ringside.vmm.compression;

import static ringside.arch.Eflags.IF;
import static ringside.arch.Eflags.VM;

import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.machine.segmentation.Descriptor;
import ringside.vmm.vcpu.VirtualProcessor;

/** Learns what the guest did from what ring 0 can see: the frame that the hardware pushed, and its registers. */
final class Arrival {
    private static final int[] FRAME_ORDER = {Reg.ES, Reg.DS, Reg.FS, Reg.GS};

    private final CompressedMachine vmm;
    private final VirtualProcessor guest;
    private final Cpu state;
    private final RealSegments segments;
    private long counted;

    Arrival(CompressedMachine vmm, RealSegments segments) {
        this.vmm = vmm;
        this.guest = vmm.guest;
        this.state = vmm.state;
        this.segments = segments;
    }

    /** Guest instructions that the hardware completed and the virtual processor does not know of yet. */
    long uncredited() {
        return vmm.hardware.retired - counted;
    }

    /** Brings the virtual state up to what the frame and the registers say. */
    void learn(Frame frame) {
        int[] selectors = selectors();
        selectors[Reg.CS] = frame.cs();
        selectors[Reg.SS] = frame.ss();
        boolean v86 = frame.paragraphs() != null;
        if (v86) {
            for (int i = 0; i < FRAME_ORDER.length; i++) {
                selectors[FRAME_ORDER[i]] = frame.paragraphs()[i];
            }
        }
        observe(frame.eip(), frame.flags(), frame.esp(), selectors);
        if (v86) {
            // delivery from virtual-8086 mode leaves null in the data segment registers
            segments.forget();
        }
    }

    /** As {@link #learn} in the middle of the guest's run: from the registers alone. */
    void look() {
        observe(vmm.hardware.eip, vmm.hardware.eflags(), vmm.hardware.r[Reg.ESP], selectors());
    }

    private int[] selectors() {
        int[] selectors = new int[6];
        for (int seg = 0; seg < selectors.length; seg++) {
            selectors[seg] = vmm.ring0.selector(seg);
        }
        return selectors;
    }

    /** Where the VMM owns a flag, its own word counts, not the hardware's. */
    private void observe(int eip, int flags, int esp, int[] selectors) {
        boolean paragraphs = (flags & VM) != 0;
        int realCpl = paragraphs ? 3 : selectors[Reg.CS] & 3;
        int owned = vmm.ownedFlags(realCpl, paragraphs);
        if (paragraphs && !state.protectedMode()) {
            // real mode under the monitor
            registers(eip, flags & ~owned & ~VM | state.systemFlags() & owned, esp, 0);
        } else {
            int cpl = paragraphs ? 3 : virtualCpl(selectors[Reg.CS], realCpl);
            registers(eip, flags & ~owned | state.systemFlags() & owned, esp, cpl);
        }
        for (int seg = 0; seg < selectors.length; seg++) {
            boolean ringed = !paragraphs && (seg == Reg.CS || seg == Reg.SS);
            segment(seg, ringed ? selectors[seg] & ~3 | state.cpl : selectors[seg], paragraphs);
            segments.learned(seg);
        }
        vmm.observed();
    }

    /** As {@link #look} where the VMM's own code ran in the guest's place: CPL and segment registers did not change. */
    void observe(int eip, int flags, int esp, boolean virtualIf) {
        int owned = vmm.ownedFlags(3, false);
        int virtual = state.systemFlags() & owned & ~IF | (virtualIf ? IF : 0);
        registers(eip, flags & ~owned | virtual, esp, state.cpl);
    }

    /** What the guest completed, and its registers; {@code image} is EFLAGS as the virtual processor has it. */
    private void registers(int eip, int image, int esp, int cpl) {
        guest.credit(uncredited());
        counted = vmm.hardware.retired;
        int generation = state.mmu.generation;
        guest.registers(vmm.ring0.registers(), esp, eip, image, cpl);
        vmm.flushes += state.mmu.generation - generation;
    }

    private void segment(int seg, int selector, boolean paragraph) {
        int known = state.selector(seg);
        if (known == selector) {
            return;
        }
        if (paragraph) {
            guest.paragraph(seg, selector);
        } else if ((known ^ selector) >> 2 != 0) {
            boolean none = selector >> 2 == 0;
            guest.segment(seg, selector, none ? null : vmm.tables.descriptor(selector));
        } else {
            guest.selector(seg, selector);
        }
    }

    /** Ring 1 may be virtual ring 0 or 1, ring 3 any: what code segment the guest is in tells. */
    private int virtualCpl(int selector, int realCpl) {
        if (realCpl > vmm.settings.rings().kernel()) {
            return realCpl;
        }
        Descriptor code = vmm.tables.descriptor(selector);
        if (code.code() && !code.conforming()) {
            return code.dpl();
        }
        return Math.min(state.cpl, realCpl);
    }
}

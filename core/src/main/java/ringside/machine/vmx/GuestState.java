package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.*;

import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Walker;

/** Loads the guest-state area into the processor and saves it back (SDM vol. 3, sections 26.3.2 and 27.3). */
final class GuestState {
    private static final int STI = 1;
    private static final int MOV_SS = 2;
    private static final int NMI = 8;
    private static final int PENDING_ENABLED = 1 << 12;
    private static final VmcsField[] PDPTES = {GUEST_PDPTE0, GUEST_PDPTE1, GUEST_PDPTE2, GUEST_PDPTE3};
    private static final int LDTR = 6;
    private static final int TR = 7;

    private GuestState() {}

    static void load(Cpu cpu, Vmcs v) {
        cpu.cr0 = v.getInt(GUEST_CR0);
        cpu.cr3 = v.getInt(GUEST_CR3);
        cpu.cr4 = v.getInt(GUEST_CR4);
        if (VmxControl.LOAD_DEBUG_CONTROLS.in(v)) {
            cpu.dr[7] = v.getInt(GUEST_DR7);
        }
        if (VmxControl.LOAD_GUEST_EFER.in(v)) {
            cpu.efer = v.get(GUEST_EFER);
        }
        for (int seg = 0; seg < 6; seg++) {
            v.segmentInto(cpu.segments[seg], seg);
        }
        v.segmentInto(cpu.ldtr, LDTR);
        v.segmentInto(cpu.tr, TR);
        cpu.gdtr.set(v.getInt(GUEST_GDTR_BASE), v.getInt(GUEST_GDTR_LIMIT));
        cpu.idtr.set(v.getInt(GUEST_IDTR_BASE), v.getInt(GUEST_IDTR_LIMIT));
        cpu.sysenterCs = v.getInt(GUEST_SYSENTER_CS);
        cpu.sysenterEsp = v.getInt(GUEST_SYSENTER_ESP);
        cpu.sysenterEip = v.getInt(GUEST_SYSENTER_EIP);
        cpu.r[Reg.ESP] = v.getInt(GUEST_RSP);
        cpu.eip = v.getInt(GUEST_RIP);
        int interruptibility = v.getInt(GUEST_INTERRUPTIBILITY);
        cpu.interruptShadow = (interruptibility & (STI | MOV_SS)) != 0;
        cpu.debugShadow = (interruptibility & MOV_SS) != 0;
        cpu.nmiBlocked = (interruptibility & NMI) != 0;
        cpu.halted = v.getInt(GUEST_ACTIVITY) == 1;
        cpu.pendingDebug = v.getInt(GUEST_PENDING_DEBUG) & ~PENDING_ENABLED;
        cpu.cpl = cpu.ss().dpl();
        boolean tagged = VmxControl.ENABLE_VPID.in(v);
        cpu.mmu.tag(tagged ? v.getInt(VPID) : 0);
        if (!tagged) {
            cpu.mmu.flushAll();
        }
        cpu.setEflags(v.getInt(GUEST_RFLAGS));
    }

    /** With EPT the PAE directory pointers come from the VMCS; false where one has a reserved bit. */
    static boolean loadPdptes(Cpu cpu, Vmcs v) {
        for (int i = 0; i < 4; i++) {
            cpu.pdpte[i] = v.get(PDPTES[i]);
            if (Walker.pdpteReserved(cpu.pdpte[i])) {
                return false;
            }
        }
        return true;
    }

    static void save(Cpu cpu, Vmcs v) {
        if (VmxControl.ENABLE_EPT.in(v)) {
            for (int i = 0; i < 4; i++) {
                v.set(PDPTES[i], cpu.pdpte[i]);
            }
        }
        v.set(GUEST_CR0, cpu.cr0);
        v.set(GUEST_CR3, cpu.cr3);
        v.set(GUEST_CR4, cpu.cr4);
        if (VmxControl.SAVE_DEBUG_CONTROLS.in(v)) {
            v.set(GUEST_DR7, cpu.dr[7]);
        }
        if (VmxControl.SAVE_EFER.in(v)) {
            v.set(GUEST_EFER, cpu.efer);
        }
        for (int seg = 0; seg < 6; seg++) {
            v.segmentFrom(cpu.segments[seg], seg);
        }
        // DPL of SS is CPL in every mode
        v.set(GUEST_SS_RIGHTS, cpu.ss().rights & ~0x60 | cpu.cpl << 5);
        v.segmentFrom(cpu.ldtr, LDTR);
        v.segmentFrom(cpu.tr, TR);
        v.set(GUEST_GDTR_BASE, cpu.gdtr.base);
        v.set(GUEST_GDTR_LIMIT, cpu.gdtr.limit);
        v.set(GUEST_IDTR_BASE, cpu.idtr.base);
        v.set(GUEST_IDTR_LIMIT, cpu.idtr.limit);
        v.set(GUEST_SYSENTER_CS, cpu.sysenterCs);
        v.set(GUEST_SYSENTER_ESP, cpu.sysenterEsp);
        v.set(GUEST_SYSENTER_EIP, cpu.sysenterEip);
        v.set(GUEST_RSP, cpu.r[Reg.ESP]);
        v.set(GUEST_RIP, cpu.eip);
        v.set(GUEST_RFLAGS, cpu.eflags());
        int shadow = cpu.debugShadow ? MOV_SS : cpu.interruptShadow ? STI : 0;
        v.set(GUEST_INTERRUPTIBILITY, shadow | (cpu.nmiBlocked ? NMI : 0));
        v.set(GUEST_ACTIVITY, cpu.halted ? 1 : 0);
        v.set(GUEST_PENDING_DEBUG, cpu.pendingDebug == 0 ? 0 : cpu.pendingDebug | PENDING_ENABLED);
    }
}

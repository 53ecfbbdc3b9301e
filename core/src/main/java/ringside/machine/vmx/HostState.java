package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.*;

import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.machine.state.SegmentRegister;

/** Loads the host-state area: what every VM exit does last (SDM vol. 3, section 27.5). */
final class HostState {
    private static final int CODE = 0xc09b;
    private static final int DATA = 0xc093;
    private static final int BUSY_TSS = 0x8b;
    private static final int TSS_LIMIT = 0x67;
    private static final int DR7_RESET = 0x400;

    private HostState() {}

    static void load(Cpu cpu, Vmcs v) {
        cpu.cr0 = v.getInt(HOST_CR0);
        cpu.cr3 = v.getInt(HOST_CR3);
        cpu.cr4 = v.getInt(HOST_CR4);
        cpu.dr[7] = DR7_RESET;
        if (VmxControl.LOAD_HOST_EFER.in(v)) {
            cpu.efer = v.get(HOST_EFER);
        }
        cpu.sysenterCs = v.getInt(HOST_SYSENTER_CS);
        cpu.sysenterEsp = v.getInt(HOST_SYSENTER_ESP);
        cpu.sysenterEip = v.getInt(HOST_SYSENTER_EIP);
        cpu.cs().set(v.getInt(HOST_CS_SELECTOR), 0, -1, CODE);
        cpu.ss().set(v.getInt(HOST_SS_SELECTOR), 0, -1, DATA);
        data(cpu, Reg.ES, v.getInt(HOST_ES_SELECTOR), 0);
        data(cpu, Reg.DS, v.getInt(HOST_DS_SELECTOR), 0);
        data(cpu, Reg.FS, v.getInt(HOST_FS_SELECTOR), v.getInt(HOST_FS_BASE));
        data(cpu, Reg.GS, v.getInt(HOST_GS_SELECTOR), v.getInt(HOST_GS_BASE));
        cpu.tr.set(v.getInt(HOST_TR_SELECTOR), v.getInt(HOST_TR_BASE), TSS_LIMIT, BUSY_TSS);
        cpu.ldtr.set(0, 0, 0, SegmentRegister.UNUSABLE);
        cpu.gdtr.set(v.getInt(HOST_GDTR_BASE), 0xffff);
        cpu.idtr.set(v.getInt(HOST_IDTR_BASE), 0xffff);
        cpu.r[Reg.ESP] = v.getInt(HOST_RSP);
        cpu.eip = v.getInt(HOST_RIP);
        cpu.cpl = 0;
        cpu.halted = false;
        cpu.interruptShadow = false;
        cpu.debugShadow = false;
        cpu.pendingDebug = 0;
        cpu.mmu.tag(0);
        if (!VmxControl.ENABLE_VPID.in(v)) {
            cpu.mmu.flushAll();
        }
        cpu.setEflags(VmxUnit.HOST_RFLAGS);
    }

    private static void data(Cpu cpu, int seg, int selector, int base) {
        cpu.segments[seg].set(selector, base, -1, selector == 0 ? SegmentRegister.UNUSABLE : DATA);
    }
}

package ringside.machine.cpu;

import static ringside.arch.Control.*;

import ringside.arch.Feature;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.paging.Mmu;
import ringside.machine.state.ProcessorState;

/** CR0-CR4, DR0-DR7 and MSRs: which values are refused, and what a change implies (SDM vol. 3, sections 2.5, 17.2). */
final class ControlRegisters {
    private static final int CR0_WRITABLE =
            CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;
    private static final int CR0_FLUSHES = CR0_PE | CR0_WP | CR0_PG;
    private static final int CR4_FLUSHES = CR4_PSE | CR4_PAE | CR4_PGE;

    private static final int DR6_FIXED = 0xffff0ff0;
    private static final int DR6_WRITABLE = 0xe00f;
    private static final int DR6_BD = 0x2000;
    private static final int DR7_FIXED = 0x400;
    private static final int DR7_WRITABLE = 0xffff23ff;
    private static final int DR7_GD = 0x2000;

    private final ProcessorState state;
    private final Mmu mmu;

    ControlRegisters(ProcessorState state, Mmu mmu) {
        this.state = state;
        this.mmu = mmu;
    }

    void reset() {
        state.cr0 = CR0_CD | CR0_NW | CR0_ET;
        state.cr2 = 0;
        state.cr3 = 0;
        state.cr4 = 0;
        state.efer = 0;
        java.util.Arrays.fill(state.dr, 0);
        state.dr[6] = DR6_FIXED;
        state.dr[7] = DR7_FIXED;
    }

    int read(int index) {
        return switch (index) {
            case 0 -> state.cr0;
            case 2 -> state.cr2;
            case 3 -> state.cr3;
            case 4 -> state.cr4;
            default -> throw new GuestFault(Vector.UD, 0);
        };
    }

    void write(int index, int value) {
        switch (index) {
            case 0 -> cr0(value);
            case 2 -> state.cr2 = value;
            case 3 -> cr3(value);
            case 4 -> cr4(value);
            default -> throw new GuestFault(Vector.UD, 0);
        }
    }

    private void cr0(int value) {
        int next = value & CR0_WRITABLE | CR0_ET;
        boolean unpagedProtection = (next & CR0_PG) != 0 && (next & CR0_PE) == 0;
        boolean writeThroughWithoutCacheDisable = (next & CR0_NW) != 0 && (next & CR0_CD) == 0;
        if (unpagedProtection || writeThroughWithoutCacheDisable) {
            throw new GuestFault(Vector.GP, 0);
        }
        int changed = state.cr0 ^ next;
        boolean pae = (state.cr4 & CR4_PAE) != 0 && (next & CR0_PG) != 0;
        if (pae && (changed & (CR0_PG | CR0_CD | CR0_NW)) != 0) {
            mmu.loadPdptes(state.cr3);
        }
        state.cr0 = next;
        if ((changed & CR0_FLUSHES) != 0) {
            mmu.flushAll();
        }
        state.modeChanged();
    }

    private void cr3(int value) {
        if (state.paging() && (state.cr4 & CR4_PAE) != 0) {
            mmu.loadPdptes(value);
        }
        state.cr3 = value;
        mmu.flushNonGlobal();
        state.modeChanged();
    }

    private void cr4(int value) {
        if ((value & ~cr4Bits()) != 0) {
            throw new GuestFault(Vector.GP, 0);
        }
        int changed = state.cr4 ^ value;
        if (state.paging() && (value & CR4_PAE) != 0 && (changed & CR4_FLUSHES) != 0) {
            mmu.loadPdptes(state.cr3);
        }
        state.cr4 = value;
        if ((changed & CR4_FLUSHES) != 0) {
            mmu.flushAll();
        }
        state.modeChanged();
    }

    private int cr4Bits() {
        int bits = CR4_MCE;
        bits |= state.has(Feature.VME) ? CR4_VME | CR4_PVI : 0;
        bits |= state.has(Feature.TSC) ? CR4_TSD : 0;
        bits |= state.has(Feature.DE) ? CR4_DE : 0;
        bits |= state.has(Feature.PSE) ? CR4_PSE : 0;
        bits |= state.has(Feature.PAE) ? CR4_PAE : 0;
        bits |= state.has(Feature.PGE) ? CR4_PGE : 0;
        bits |= state.has(Feature.CMOV) ? CR4_PCE : 0;
        bits |= state.has(Feature.FXSR) ? CR4_OSFXSR : 0;
        bits |= state.has(Feature.SSE) ? CR4_OSXMMEXCPT : 0;
        bits |= state.has(Feature.UMIP) ? CR4_UMIP : 0;
        bits |= state.has(Feature.VMX) ? CR4_VMXE : 0;
        return bits;
    }

    int readDebug(int index) {
        return state.dr[checked(index)];
    }

    void writeDebug(int index, int value) {
        int register = checked(index);
        state.dr[register] = switch (register) {
            case 6 -> value & DR6_WRITABLE | DR6_FIXED;
            case 7 -> value & DR7_WRITABLE | DR7_FIXED;
            default -> value;
        };
        // a breakpoint that moved leaves pages in the maps that must now be watched
        mmu.flushAll();
        state.modeChanged();
    }

    /** The register meant, after DR4/DR5 and general detect. */
    private int checked(int index) {
        boolean alias = index == 4 || index == 5;
        if (alias && (state.cr4 & CR4_DE) != 0) {
            throw new GuestFault(Vector.UD, 0);
        }
        if ((state.dr[7] & DR7_GD) != 0) {
            state.dr[6] |= DR6_BD;
            throw new GuestFault(Vector.DB, 0);
        }
        return alias ? index + 2 : index;
    }

    /** What delivering a #DB does to DR7: general detect is off in the handler. */
    void debugDelivered() {
        state.dr[7] &= ~DR7_GD;
    }
}

package ringside.vmm.mode.hardware;

import static ringside.machine.vmx.VmcsField.*;

import java.util.BitSet;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Walker;
import ringside.machine.state.SegmentRegister;
import ringside.machine.vmx.Vmcs;
import ringside.machine.vmx.VmcsField;
import ringside.machine.vmx.VmxControl;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.VmmRegion;

/** Moves the guest's state between the virtual processor and the VMCS with the registers beside it. */
final class GuestSwitch {
    /** What the guest may change in CR0 and CR4 without the VMM hearing of it. */
    private static final int CR0_GUEST = Control.CR0_MP | Control.CR0_EM | Control.CR0_TS | Control.CR0_AM;

    private static final int CR4_GUEST =
            Control.CR4_VME | Control.CR4_PVI | Control.CR4_TSD | Control.CR4_DE | Control.CR4_PCE | Control.CR4_UMIP;
    private static final int CR0_REAL =
            Control.CR0_PE | Control.CR0_NE | Control.CR0_PG | Control.CR0_WP | Control.CR0_ET;
    private static final int FLAT_CR4 = Control.CR4_VMXE | Control.CR4_PSE;
    private static final int OWNED_IN_REAL_MODE = Eflags.IF | Eflags.IOPL | Eflags.VM;
    private static final int V86_RIGHTS = 0xf3;
    private static final int BUSY_TSS = 0x8b;
    private static final int PORT_PAGE = 0x1000;
    /** Too short for an I/O bitmap: every port access of virtual-8086 code faults. */
    private static final int SHORT_TSS = 0x50;

    /** #AC exits so that a guest whose delivery of #AC raises #AC cannot keep the processor. */
    private static final int ALIGNMENT_CHECKS = 1 << 17;

    private static final int PAGE_FAULTS = 1 << 14;
    private static final int STI = 1;
    private static final int MOV_SS = 2;
    private static final int NMI = 8;
    private static final int PENDING_ENABLED = 1 << 12;
    private static final int BS = 1 << 14;
    private static final VmcsField[] SELECTORS = fields("SELECTOR");
    private static final VmcsField[] BASES = fields("BASE");
    private static final VmcsField[] LIMITS = fields("LIMIT");
    private static final VmcsField[] RIGHTS = fields("RIGHTS");
    private static final VmcsField[] PDPTES = {GUEST_PDPTE0, GUEST_PDPTE1, GUEST_PDPTE2, GUEST_PDPTE3};
    private static final int LDTR = 6;
    private static final int TR = 7;

    private final Cpu state;
    private final Cpu hardware;
    private final Vmcs vmcs;
    /** The ports that exit for nobody. */
    private BitSet permitted = new BitSet();
    /** Bits of CR4 that are set whatever the guest wants. */
    private int realCr4;

    private long realEfer;

    /** With nested paging the guest owns its control registers but for the bits that non-root operation fixes. */
    private final boolean nested;

    /** Those of CR0: NE, and PG and PE unless it is unrestricted. */
    private final int fixedCr0;

    /** Whether CR3 and INVLPG exit; they change seldom, and each control costs a read and a write of the VMCS. */
    private boolean translationIntercepted;

    /** @param state the virtual processor's; {@code hardware} holds what the VMCS does not switch */
    GuestSwitch(Cpu state, Cpu hardware, Vmcs vmcs, boolean nested) {
        this.state = state;
        this.hardware = hardware;
        this.vmcs = vmcs;
        this.nested = nested;
        boolean unrestricted = VmxControl.UNRESTRICTED_GUEST.offeredBy(hardware.model());
        fixedCr0 = Control.CR0_NE | (unrestricted ? 0 : Control.CR0_PG | Control.CR0_PE);
    }

    /** The guest's real mode, which has to run as virtual-8086 code. */
    boolean real() {
        return !state.protectedMode() && (!nested || !unrestricted());
    }

    private boolean unrestricted() {
        return fixedCr0 == Control.CR0_NE;
    }

    /** The guest has switched paging off under nested tables, and its processor cannot: it runs on a flat directory. */
    boolean flat() {
        return nested && !unrestricted() && !state.paging();
    }

    private static VmcsField[] fields(String part) {
        VmcsField[] fields = new VmcsField[8];
        String[] names = {"ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"};
        for (int i = 0; i < fields.length; i++) {
            fields[i] = VmcsField.valueOf("GUEST_" + names[i] + "_" + part);
        }
        return fields;
    }

    // ---- to the hardware

    /** The virtual state becomes what the next VM entry loads; {@code root} is CR3 where the tables are the VMM's. */
    void push(int root) {
        boolean real = real();
        System.arraycopy(state.r, 0, hardware.r, 0, state.r.length);
        vmcs.write(GUEST_RSP, state.r[Reg.ESP]);
        vmcs.write(GUEST_RIP, state.eip);
        vmcs.write(GUEST_RFLAGS, real ? state.eflags() & ~OWNED_IN_REAL_MODE | Eflags.VM : state.eflags());
        for (int seg = 0; seg < 6; seg++) {
            put(seg, state.segments[seg]);
        }
        put(LDTR, state.ldtr);
        put(TR, state.tr);
        if (real) {
            virtual8086();
        }
        vmcs.write(GUEST_GDTR_BASE, state.gdtr.base);
        vmcs.write(GUEST_GDTR_LIMIT, state.gdtr.limit);
        vmcs.write(GUEST_IDTR_BASE, state.idtr.base);
        vmcs.write(GUEST_IDTR_LIMIT, state.idtr.limit);
        // in real mode SYSENTER must fault, as it does without a code segment
        vmcs.write(GUEST_SYSENTER_CS, real ? 0 : state.sysenterCs);
        vmcs.write(GUEST_SYSENTER_ESP, state.sysenterEsp);
        vmcs.write(GUEST_SYSENTER_EIP, state.sysenterEip);
        vmcs.write(GUEST_DR7, state.dr[7]);
        if (nested && !flat()) {
            ownControls();
        } else {
            controls(root, real);
        }
        events(real);
        unswitched();
    }

    private void put(int seg, SegmentRegister s) {
        vmcs.write(SELECTORS[seg], s.selector);
        vmcs.write(BASES[seg], s.base);
        vmcs.write(LIMITS[seg], s.limit);
        vmcs.write(RIGHTS[seg], s.rights);
    }

    private void virtual8086() {
        for (int seg = 0; seg < 6; seg++) {
            vmcs.write(RIGHTS[seg], V86_RIGHTS);
        }
        vmcs.write(RIGHTS[LDTR], SegmentRegister.UNUSABLE);
        vmcs.write(RIGHTS[TR], BUSY_TSS);
        vmcs.write(LIMITS[TR], SHORT_TSS);
        vmcs.write(SELECTORS[TR], 0);
    }

    private void controls(int root, boolean real) {
        vmcs.write(GUEST_CR0, state.cr0 & CR0_GUEST | CR0_REAL);
        vmcs.write(CR0_MASK, real ? -1 : ~CR0_GUEST);
        vmcs.write(CR0_SHADOW, state.cr0);
        vmcs.write(GUEST_CR3, root);
        int fixedCr4 = nested ? FLAT_CR4 : realCr4;
        vmcs.write(GUEST_CR4, (real ? 0 : state.cr4 & CR4_GUEST) | fixedCr4);
        vmcs.write(CR4_MASK, real ? -1 : ~CR4_GUEST);
        vmcs.write(CR4_SHADOW, state.cr4);
        interceptTranslation(true);
        vmcs.write(EXCEPTION_BITMAP, real ? -1 : PAGE_FAULTS | ALIGNMENT_CHECKS);
    }

    /** The control state of translation that the guest runs under; {@code root} where the VMM's tables do. */
    Walker.Regime regime(int root) {
        if (nested && !flat()) {
            return new Walker.Regime(state.cr0, state.cr3, state.cr4, state.efer);
        }
        int cr4 = nested ? FLAT_CR4 : realCr4;
        return new Walker.Regime(state.cr0 & CR0_GUEST | CR0_REAL, root, cr4, realEfer);
    }

    private void ownControls() {
        vmcs.write(GUEST_CR0, state.cr0 | Control.CR0_NE);
        vmcs.write(CR0_MASK, fixedCr0);
        vmcs.write(CR0_SHADOW, state.cr0);
        vmcs.write(GUEST_CR3, state.cr3);
        vmcs.write(GUEST_CR4, state.cr4 | Control.CR4_VMXE);
        vmcs.write(CR4_MASK, Control.CR4_VMXE);
        vmcs.write(CR4_SHADOW, state.cr4);
        vmcs.write(GUEST_EFER, state.efer);
        interceptTranslation(false);
        vmcs.write(EXCEPTION_BITMAP, ALIGNMENT_CHECKS);
        for (int i = 0; i < PDPTES.length; i++) {
            vmcs.write(PDPTES[i], state.pdpte[i]);
        }
    }

    private void interceptTranslation(boolean on) {
        if (on == translationIntercepted) {
            return;
        }
        translationIntercepted = on;
        VmxControl.INVLPG_EXITING.set(vmcs, on);
        VmxControl.CR3_LOAD_EXITING.set(vmcs, on);
        VmxControl.CR3_STORE_EXITING.set(vmcs, on);
    }

    private void events(boolean real) {
        // in real mode IF is the VMM's, and blocking by STI with it
        int shadow = state.debugShadow ? MOV_SS : state.interruptShadow && !real ? STI : 0;
        vmcs.write(GUEST_INTERRUPTIBILITY, shadow | (state.nmiBlocked ? NMI : 0));
        boolean step = shadow != 0 && (state.systemFlags() & Eflags.TF) != 0;
        int pending = state.pendingDebug | (step ? BS : 0);
        vmcs.write(GUEST_PENDING_DEBUG, pending == 0 ? 0 : pending | (state.pendingDebug != 0 ? PENDING_ENABLED : 0));
        vmcs.write(GUEST_ACTIVITY, 0);
    }

    private void unswitched() {
        hardware.cr2 = state.cr2;
        System.arraycopy(state.dr, 0, hardware.dr, 0, 4);
        hardware.dr[6] = state.dr[6];
    }

    // ---- from the hardware

    /** What the VMM wants to know after any exit: EIP, flags, ring and shadows. */
    void glance() {
        if (nested && !flat()) {
            state.cr0 = ownedBy(fixedCr0, state.cr0, vmcs.readInt(GUEST_CR0));
        }
        state.eip = vmcs.readInt(GUEST_RIP);
        state.next = state.eip;
        boolean real = real();
        int shadow = vmcs.readInt(GUEST_INTERRUPTIBILITY);
        state.interruptShadow = (shadow & (STI | MOV_SS)) != 0 || real && state.interruptShadow;
        state.debugShadow = (shadow & MOV_SS) != 0;
        state.nmiBlocked = (shadow & NMI) != 0;
        state.cpl = real ? 0 : vmcs.readInt(RIGHTS[Reg.SS]) >> 5 & 3;
        int owned = real ? OWNED_IN_REAL_MODE : 0;
        state.setEflags(vmcs.readInt(GUEST_RFLAGS) & ~owned | state.systemFlags() & owned);
    }

    /** The whole guest state, into the virtual processor. */
    void pull() {
        boolean real = real();
        System.arraycopy(hardware.r, 0, state.r, 0, state.r.length);
        state.r[Reg.ESP] = vmcs.readInt(GUEST_RSP);
        if (real) {
            paragraphs();
        } else {
            protectedState();
        }
        state.gdtr.set(vmcs.readInt(GUEST_GDTR_BASE), vmcs.readInt(GUEST_GDTR_LIMIT));
        state.idtr.set(vmcs.readInt(GUEST_IDTR_BASE), vmcs.readInt(GUEST_IDTR_LIMIT));
        state.pendingDebug = vmcs.readInt(GUEST_PENDING_DEBUG) & ~(PENDING_ENABLED | BS);
        state.dr[7] = vmcs.readInt(GUEST_DR7);
        System.arraycopy(hardware.dr, 0, state.dr, 0, 4);
        state.dr[6] = hardware.dr[6];
        state.cr2 = hardware.cr2;
        glance();
    }

    private void paragraphs() {
        for (int seg = 0; seg < 6; seg++) {
            int selector = vmcs.readInt(SELECTORS[seg]);
            if (selector != state.segments[seg].selector) {
                state.segments[seg].setReal(selector);
            }
        }
    }

    private void protectedState() {
        for (int seg = 0; seg < 6; seg++) {
            get(seg, state.segments[seg]);
        }
        get(LDTR, state.ldtr);
        get(TR, state.tr);
        if (nested && !flat()) {
            translation();
        } else {
            state.cr0 = ownedBy(~CR0_GUEST, state.cr0, vmcs.readInt(GUEST_CR0));
            state.cr4 = ownedBy(~CR4_GUEST, state.cr4, vmcs.readInt(GUEST_CR4));
        }
    }

    /** The guest has changed its page tables and what they depend on as it pleased. */
    private void translation() {
        state.cr3 = vmcs.readInt(GUEST_CR3);
        state.cr4 = ownedBy(Control.CR4_VMXE, state.cr4, vmcs.readInt(GUEST_CR4));
        for (int i = 0; i < PDPTES.length; i++) {
            state.pdpte[i] = vmcs.read(PDPTES[i]);
        }
        state.mmu.flushAll();
    }

    /** The bits of {@code mask} from {@code virtual}, the others from {@code real}. */
    private static int ownedBy(int mask, int virtual, int real) {
        return virtual & mask | real & ~mask;
    }

    private void get(int seg, SegmentRegister s) {
        s.set(
                vmcs.readInt(SELECTORS[seg]),
                vmcs.readInt(BASES[seg]),
                vmcs.readInt(LIMITS[seg]),
                vmcs.readInt(RIGHTS[seg]));
    }

    /** Controls that never change, and the host state: where exits lead. */
    void fixed(int hostCr3, int cr4, int efer, MemoryStrategy memory) {
        realCr4 = cr4;
        realEfer = efer;
        VmxControl[] on = {
            VmxControl.EXTERNAL_INTERRUPT_EXITING,
            VmxControl.NMI_EXITING,
            VmxControl.HLT_EXITING,
            VmxControl.UNCONDITIONAL_IO_EXITING,
            VmxControl.RDPMC_EXITING,
            VmxControl.USE_TSC_OFFSETTING,
            VmxControl.ACKNOWLEDGE_INTERRUPT_ON_EXIT,
            VmxControl.SAVE_DEBUG_CONTROLS,
            VmxControl.LOAD_DEBUG_CONTROLS,
            VmxControl.LOAD_GUEST_EFER,
            VmxControl.LOAD_HOST_EFER
        };
        for (VmxControl control : on) {
            control.set(vmcs, true);
        }
        memory.nestedPointer().ifPresent(this::nest);
        if (memory.vpid() != 0) {
            vmcs.write(VPID, memory.vpid());
            VmxControl.ENABLE_VPID.set(vmcs, true);
        }
        vmcs.write(VMCS_LINK_POINTER, -1);
        vmcs.write(HOST_CR0, CR0_REAL & 0xffff_ffffL);
        vmcs.write(HOST_CR3, hostCr3);
        vmcs.write(HOST_CR4, cr4);
        vmcs.write(GUEST_EFER, efer);
        vmcs.write(HOST_EFER, efer);
        vmcs.write(HOST_CS_SELECTOR, 8);
        vmcs.write(HOST_SS_SELECTOR, 16);
        vmcs.write(HOST_TR_SELECTOR, 24);
    }

    /** The guest reaches {@code open} without an exit, and no other port: by bitmaps in the VMM's region. */
    void permit(BitSet open, VmmRegion region) {
        if (open == permitted || open.isEmpty() && permitted.isEmpty()) {
            return;
        }
        if (permitted.isEmpty()) {
            region.fill(VmmRegion.PORT_MAP, 2 * PORT_PAGE, 0xff);
            vmcs.write(IO_BITMAP_A, region.ma(VmmRegion.PORT_MAP));
            vmcs.write(IO_BITMAP_B, region.ma(VmmRegion.PORT_MAP + PORT_PAGE));
            VmxControl.USE_IO_BITMAPS.set(vmcs, true);
        }
        permitted.stream().forEach(port -> region.put8(VmmRegion.PORT_MAP + port / 8, 0xff));
        open.stream().forEach(port -> {
            int at = VmmRegion.PORT_MAP + port / 8;
            region.put8(at, region.get8(at) & ~(1 << (port & 7)));
        });
        permitted = open;
    }

    /** The second dimension of translation. */
    private void nest(long pointer) {
        vmcs.write(EPT_POINTER, pointer);
        VmxControl.ACTIVATE_SECONDARY_CONTROLS.set(vmcs, true);
        VmxControl.ENABLE_EPT.set(vmcs, true);
        VmxControl.UNRESTRICTED_GUEST.set(vmcs, unrestricted());
    }
}

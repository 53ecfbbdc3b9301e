package ringside.vmm.compression;

import static ringside.arch.Eflags.IF;
import static ringside.arch.Eflags.IOPL_SHIFT;
import static ringside.arch.Eflags.VM;

import ringside.arch.Control;
import ringside.arch.Reg;
import ringside.machine.cpu.Cpu;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.Ring0;
import ringside.vmm.spi.VmmRegion;
import ringside.vmm.vcpu.VirtualProcessor;

/** The way into the guest: the virtual state loaded into the processor as ring 0 can, and a real IRET at the end. */
final class Departure {
    private static final int BREAKPOINTS_ENABLED = 0xff;
    private static final int GENERAL_DETECT = 0x2000;
    private static final int FIXED_DR7 = 0x400;

    private final CompressedMachine vmm;
    private final VirtualProcessor guest;
    private final Cpu state;
    private final Ring0 ring0;
    private final VmmRegion region;
    private final RealSegments segments;
    private int world = MemoryStrategy.KERNEL;

    Departure(CompressedMachine vmm, RealSegments segments) {
        this.vmm = vmm;
        this.guest = vmm.guest;
        this.state = vmm.state;
        this.ring0 = vmm.ring0;
        this.region = vmm.region;
        this.segments = segments;
    }

    /** Everything but the data segments and the timer is loaded from {@code toGuest} and the virtual state. */
    void prepare() {
        enterWorld(vmm.world());
        mirrorControls();
    }

    /** The IRET. */
    void go(Frame toGuest) {
        int[] r = ring0.registers();
        System.arraycopy(state.r, 0, r, 0, r.length);
        int frame = toGuest.write(region);
        if (toGuest.paragraphs() != null || guest.bigStack()) {
            r[Reg.ESP] = frame;
        } else {
            keepHighHalf(frame);
        }
        ring0.iret();
    }

    /** IRET to a 16-bit stack leaves the high half of ESP alone: the VMM returns from a stack whose ESP has the guest's. */
    private void keepHighHalf(int frame) {
        int esp = state.r[Reg.ESP] & 0xffff0000 | frame & 0xffff;
        int base = frame - esp;
        int at = VmmRegion.GDT + world * VmmRegion.TABLE + VmmRegion.STACK_FIX;
        int high = base & 0xff000000 | 0x00cf9300 | base >>> 16 & 0xff;
        region.put64(at, base << 16 | 0xffff, high);
        ring0.load(Reg.SS, VmmRegion.STACK_FIX);
        ring0.registers()[Reg.ESP] = esp;
    }

    // ---- frames

    /** The frame for virtual-8086 mode: of a guest that uses it, or of one in real mode. */
    Frame paragraphs() {
        int[] data = {state.selector(Reg.ES), state.selector(Reg.DS), state.selector(Reg.FS), state.selector(Reg.GS)};
        int esp = state.r[Reg.ESP];
        return new Frame(0, state.eip, state.selector(Reg.CS), flags(3, true), esp, state.selector(Reg.SS), data);
    }

    /** The frame for {@code ring}. */
    Frame protectedMode(int ring) {
        int cs = state.selector(Reg.CS) & ~3 | ring;
        int ss = state.selector(Reg.SS) & ~3 | ring;
        return new Frame(0, state.eip, cs, flags(ring, false), state.r[Reg.ESP], ss, null);
    }

    private int flags(int ring, boolean paragraphs) {
        int owned = vmm.ownedFlags(ring, paragraphs);
        int real = paragraphs ? VM : vmm.settings.iopl() << IOPL_SHIFT;
        return state.eflags() & ~owned | real | owned & IF;
    }

    // ---- what else the processor runs with

    private void enterWorld(int next) {
        if (next != world) {
            world = next;
            vmm.boot.enterWorld(world, vmm.memory.root(world));
            ring0.lldt(VmmRegion.LOCAL);
        }
    }

    /** The bits of CR0 and CR4, and the debug registers, in which the guest's word counts. */
    private void mirrorControls() {
        // an inner ring's alignment is never checked, wherever the kernel really runs
        mirror(0, Control.CR0_AM, state.cpl == 3 ? state.cr0 : 0);
        mirror(4, Control.CR4_DE, state.cr4);
        int dr7 = breakpoints();
        if (dr7 != FIXED_DR7 || ring0.dr(7) != FIXED_DR7) {
            for (int i = 0; i < 4; i++) {
                ring0.dr(i, state.dr[i]);
            }
            ring0.dr(7, dr7);
        }
    }

    private void mirror(int register, int bit, int value) {
        if (((ring0.cr(register) ^ value) & bit) != 0) {
            ring0.cr(register, ring0.cr(register) ^ bit);
        }
    }

    /** The guest's DR7 without breakpoints inside the VMM's region and without general detect. */
    private int breakpoints() {
        int dr7 = state.dr[7] & ~GENERAL_DETECT;
        for (int i = 0; i < 4; i++) {
            if (VmmRegion.contains(state.dr[i])) {
                dr7 &= ~(3 << i * 2);
            }
        }
        return (dr7 & BREAKPOINTS_ENABLED) == 0 ? FIXED_DR7 : dr7;
    }
}

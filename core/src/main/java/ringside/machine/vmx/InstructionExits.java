package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.*;

import ringside.arch.Control;
import ringside.arch.Reg;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Prefix;
import ringside.machine.cpu.Cpu;

/** Which instructions exit, and their exit qualifications (SDM vol. 3, sections 25.1 and 27.2.1). */
final class InstructionExits {
    private static final int LMSW_BITS = Control.CR0_PE | Control.CR0_MP | Control.CR0_EM | Control.CR0_TS;
    private static final int HIGH_MSRS = 0xc0000000;

    private final Cpu cpu;
    private final VmxUnit unit;

    InstructionExits(Cpu cpu, VmxUnit unit) {
        this.cpu = cpu;
        this.unit = unit;
    }

    /** Notes the exit of {@code i} where the controls ask for it; false where they do not. */
    boolean exits(Insn i) {
        return switch (i.row.mnemonic()) {
            case "cpuid" -> exit(ExitReason.CPUID, 0, i);
            case "wbinvd" -> when(VmxControl.WBINVD_EXITING, ExitReason.WBINVD, 0, i);
            case "sgdt", "sidt", "lgdt", "lidt" -> descriptorTable(i, ExitReason.GDTR_IDTR_ACCESS);
            case "sldt", "str", "lldt", "ltr" -> descriptorTable(i, ExitReason.LDTR_TR_ACCESS);
            case "invd" -> exit(ExitReason.INVD, 0, i);
            case "vmcall" -> exit(ExitReason.VMCALL, 0, i);
            case "hlt" -> when(VmxControl.HLT_EXITING, ExitReason.HLT, 0, i);
            case "rdpmc" -> when(VmxControl.RDPMC_EXITING, ExitReason.RDPMC, 0, i);
            case "rdtsc" -> when(VmxControl.RDTSC_EXITING, ExitReason.RDTSC, 0, i);
            case "invlpg" -> invlpg(i);
            case "rdmsr" -> msr(i, 0, ExitReason.RDMSR);
            case "wrmsr" -> msr(i, 2048, ExitReason.WRMSR);
            case "mov" -> move(i);
            case "clts" -> clts(i);
            case "lmsw" -> lmsw(i);
            case "in" -> port(i, i.op0.bits(), i.op1, true);
            case "out" -> port(i, i.op1.bits(), i.op0, false);
            default -> stringPort(i);
        };
    }

    private boolean exit(ExitReason reason, long qualification, Insn i) {
        unit.exit(reason, qualification, i.length);
        return true;
    }

    private boolean when(VmxControl control, ExitReason reason, long qualification, Insn i) {
        return control.in(unit.vmcs()) && exit(reason, qualification, i);
    }

    private boolean invlpg(Insn i) {
        Operand.Mem m = (Operand.Mem) i.op0;
        int la = cpu.linear(m.seg(), m.offset(cpu));
        return when(VmxControl.INVLPG_EXITING, ExitReason.INVLPG, la & 0xffff_ffffL, i);
    }

    /** The qualification is the displacement of a memory operand (SDM vol. 3, table 27-1). */
    private boolean descriptorTable(Insn i, ExitReason reason) {
        long displacement = i.op0 instanceof Operand.Mem m ? m.disp() & 0xffff_ffffL : 0;
        return when(VmxControl.DESCRIPTOR_TABLE_EXITING, reason, displacement, i);
    }

    private boolean msr(Insn i, int writeOffset, ExitReason reason) {
        int index = cpu.r[Reg.ECX];
        boolean exits = !VmxControl.USE_MSR_BITMAPS.in(unit.vmcs()) || msrBit(index, writeOffset);
        return exits && exit(reason, 0, i);
    }

    private boolean msrBit(int index, int writeOffset) {
        boolean high = (index & 0xffffe000) == HIGH_MSRS;
        if (!high && (index & 0xffffe000) != 0) {
            return true;
        }
        int number = index & 0x1fff;
        int at = unit.vmcs().getInt(MSR_BITMAP) + writeOffset + (high ? 1024 : 0) + number / 8;
        return bit(at, number);
    }

    /** Where there is no memory, bits read as ones. */
    private boolean bit(int at, int number) {
        return !cpu.memory().contains(at, 1) || (cpu.memory().get8(at) >> (number & 7) & 1) != 0;
    }

    // ---- control and debug registers

    private boolean move(Insn i) {
        if (i.op0 instanceof Operand.Cr cr) {
            return writeCr(i, cr.index(), ((Operand.Gpr) i.op1).index());
        } else if (i.op1 instanceof Operand.Cr cr && cr.index() == 3) {
            long qualification = 3 | 1 << 4 | ((Operand.Gpr) i.op0).index() << 8;
            return when(VmxControl.CR3_STORE_EXITING, ExitReason.CR_ACCESS, qualification, i);
        } else if (i.op0 instanceof Operand.Dr dr) {
            return debug(i, dr.index(), (Operand.Gpr) i.op1, 0);
        } else if (i.op1 instanceof Operand.Dr dr) {
            return debug(i, dr.index(), (Operand.Gpr) i.op0, 1 << 4);
        }
        return false;
    }

    private boolean debug(Insn i, int index, Operand.Gpr register, int direction) {
        long qualification = index | direction | register.index() << 8;
        return when(VmxControl.MOV_DR_EXITING, ExitReason.DR_ACCESS, qualification, i);
    }

    private boolean writeCr(Insn i, int index, int register) {
        long qualification = index | register << 8;
        int value = cpu.r[register];
        return switch (index) {
            case 0 -> owned(i, value, CR0_MASK, CR0_SHADOW, -1, qualification);
            case 4 -> owned(i, value, CR4_MASK, CR4_SHADOW, -1, qualification);
            case 3 -> !isTarget(value) && when(VmxControl.CR3_LOAD_EXITING, ExitReason.CR_ACCESS, qualification, i);
            default -> false;
        };
    }

    /** Exits where the write would change an owned bit from what the guest believes it to be. */
    private boolean owned(Insn i, int value, VmcsField mask, VmcsField shadow, int within, long qualification) {
        Vmcs v = unit.vmcs();
        boolean changes = ((value ^ v.getInt(shadow)) & v.getInt(mask) & within) != 0;
        return changes && exit(ExitReason.CR_ACCESS, qualification, i);
    }

    private boolean isTarget(int cr3) {
        Vmcs v = unit.vmcs();
        VmcsField[] targets = {CR3_TARGET0, CR3_TARGET1, CR3_TARGET2, CR3_TARGET3};
        for (int k = 0; k < v.getInt(CR3_TARGET_COUNT); k++) {
            if (v.getInt(targets[k]) == cr3) {
                return true;
            }
        }
        return false;
    }

    private boolean clts(Insn i) {
        Vmcs v = unit.vmcs();
        boolean changes = (v.getInt(CR0_MASK) & v.getInt(CR0_SHADOW) & Control.CR0_TS) != 0;
        return changes && exit(ExitReason.CR_ACCESS, 2 << 4, i);
    }

    private boolean lmsw(Insn i) {
        int word = i.op0.read(cpu) & 0xffff;
        // LMSW cannot clear PE: a 0 there changes nothing
        int within = LMSW_BITS & ~((word & Control.CR0_PE) == 0 ? Control.CR0_PE : 0);
        long memory = i.op0 instanceof Operand.Mem ? 1 << 6 : 0;
        return owned(i, word, CR0_MASK, CR0_SHADOW, within, 3 << 4 | memory | (long) word << 16);
    }

    // ---- ports

    private boolean stringPort(Insn i) {
        String name = i.row.mnemonic();
        boolean in = name.startsWith("ins");
        if (in || name.startsWith("outs")) {
            int bits = name.endsWith("b") ? 8 : i.opSize;
            return portAccess(i, bits, cpu.r[Reg.EDX] & 0xffff, in, 1 << 4 | (repeats(i) ? 1 << 5 : 0));
        }
        return false;
    }

    private static boolean repeats(Insn i) {
        return i.has(Prefix.REP | Prefix.REPNE);
    }

    private boolean port(Insn i, int bits, Operand port, boolean in) {
        return portAccess(i, bits, port.read(cpu) & 0xffff, in, port instanceof Operand.Imm ? 1 << 6 : 0);
    }

    private boolean portAccess(Insn i, int bits, int port, boolean in, int form) {
        Vmcs v = unit.vmcs();
        boolean exits =
                VmxControl.USE_IO_BITMAPS.in(v) ? anyBit(v, port, bits / 8) : VmxControl.UNCONDITIONAL_IO_EXITING.in(v);
        return exits && exit(ExitReason.IO, bits / 8 - 1 | (in ? 1 << 3 : 0) | form | (long) port << 16, i);
    }

    /** An access that wraps past port FFFF always exits. */
    private boolean anyBit(Vmcs v, int port, int count) {
        for (int p = port; p < port + count; p++) {
            int at = v.getInt(p < 0x8000 ? IO_BITMAP_A : IO_BITMAP_B) + (p & 0x7fff) / 8;
            if (p > 0xffff || bit(at, p)) {
                return true;
            }
        }
        return false;
    }
}

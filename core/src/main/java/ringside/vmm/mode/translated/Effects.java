package ringside.vmm.mode.translated;

import java.util.SplittableRandom;
import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/**
 * What an instruction does beside its flags, found out from its body: it is carried out again and again on a processor of
 * its own, in ring 0, and whatever ever changed counts.
 *
 * @param written general registers, a bit each
 * @param writesMemory whether it writes memory
 * @param pushes whether it writes memory and lowers ESP
 */
record Effects(int written, boolean writesMemory, boolean pushes) {
    private static final int MEMORY = 0x10000, OPERAND = 0x100, TABLE = 0x8000, TRIALS = 16;
    private static final long FLAT_DATA = 0x00cf93000000ffffL;

    /** Carries instructions out; not for several threads. */
    static final class Laboratory {
        private final PhysicalMemory memory = new PhysicalMemory(MEMORY);
        private final Cpu cpu =
                new Cpu(CpuModel.ALL.getLast(), new SystemBus(memory, MEMORY), new PortBus(), new VirtualClock());
        private final SplittableRandom random = new SplittableRandom(1);
        private boolean wrote;

        Laboratory() {
            memory.watch((ma, length) -> wrote = true);
            for (int page = 0; page < MEMORY; page += PhysicalMemory.PAGE) {
                memory.markCode(page, true);
            }
        }

        /** What the instruction may change. */
        Effects of(Insn insn) {
            Insn near = withNearMemory(insn);
            int written = 0;
            boolean writesMemory = false;
            boolean pushes = false;
            for (int trial = 0; trial < TRIALS; trial++) {
                prepare(trial);
                int[] before = cpu.r.clone();
                wrote = false;
                carryOut(near);
                for (int n = 0; n < before.length; n++) {
                    written |= before[n] == cpu.r[n] ? 0 : 1 << n;
                }
                writesMemory |= wrote;
                pushes |= wrote && cpu.r[Reg.ESP] < before[Reg.ESP];
            }
            return new Effects(written, writesMemory, pushes);
        }

        private void carryOut(Insn insn) {
            try {
                cpu.next = cpu.eip + insn.length;
                insn.row.body().execute(cpu, insn);
            } catch (GuestFault fault) {
                // this trial shows nothing
            }
        }

        private void prepare(int trial) {
            cpu.reset();
            memory.put64(TABLE + 8, FLAT_DATA);
            memory.put32(OPERAND, random.nextInt());
            for (int n = 0; n < cpu.r.length; n++) {
                cpu.r[n] = 0x200 + random.nextInt(0x200);
            }
            if (trial % 4 == 1) {
                // a selector that is there, for instructions that look at descriptors
                java.util.Arrays.fill(cpu.r, 8);
                cpu.r[Reg.ESP] = 0x200;
                memory.put32(OPERAND, 8);
            } else if (trial % 4 == 3) {
                // operands that can be divided
                cpu.r[Reg.EDX] = 0;
                memory.put32(OPERAND, 3);
            }
            cpu.arithmeticFlags(random.nextInt());
            cpu.loadGdt(TABLE, 0xf);
            if (trial % 2 == 1) {
                cpu.cr(0, cpu.cr0 | Control.CR0_PE);
            }
        }

        private static Insn withNearMemory(Insn insn) {
            return new Insn(
                    insn.row,
                    insn.operands.stream().map(Laboratory::near).toList(),
                    insn.prefixes,
                    insn.opSize,
                    insn.addrSize,
                    insn.length);
        }

        private static Operand near(Operand operand) {
            return operand instanceof Operand.Mem mem
                    ? new Operand.Mem(mem.bits(), Reg.DS, -1, -1, 1, OPERAND, 32)
                    : operand;
        }
    }
}

package ringside.machine.board;

import java.util.List;
import ringside.arch.Control;
import ringside.arch.Reg;
import ringside.guest.EntryState;
import ringside.machine.cpu.Cpu;
import ringside.machine.state.SegmentRegister;

/** Puts a processor into a guest's entry state, hidden segment parts included, as a boot loader leaves it. */
final class Entry {
    private static final int CODE_32 = 0xc09b, DATA_32 = 0xc093;
    private static final int REAL_IDT_LIMIT = 0x3ff;

    private Entry() {}

    static void apply(EntryState entry, Cpu cpu) {
        cpu.reset();
        switch (entry) {
            case EntryState.Reset reset -> {} // nothing differs
            case EntryState.Real real -> real(real, cpu);
            case EntryState.Flat flat -> flat(flat, cpu);
        }
        cpu.modeChanged();
    }

    private static void real(EntryState.Real real, Cpu cpu) {
        registers(real, cpu);
        cpu.idtr.set(0, REAL_IDT_LIMIT);
        for (int segment : List.of(Reg.ES, Reg.DS)) {
            cpu.segments[segment].setReal(real.ds());
        }
        cpu.ss().setReal(real.ss());
        cpu.cs().setReal(real.cs());
    }

    private static void flat(EntryState.Flat flat, Cpu cpu) {
        registers(flat, cpu);
        cpu.cr0 |= Control.CR0_PE;
        for (SegmentRegister segment : cpu.segments) {
            segment.set(flat.dataSelector(), 0, -1, DATA_32);
        }
        cpu.cs().set(flat.codeSelector(), 0, -1, CODE_32);
        if (flat.gdtLimit() >= 0) {
            cpu.gdtr.set(flat.gdtBase(), flat.gdtLimit());
        }
        // a limit of 0 covers no gate: whatever comes before the guest has a table is a triple fault
        cpu.idtr.set(flat.idtBase(), Math.max(0, flat.idtLimit()));
    }

    private static void registers(EntryState entry, Cpu cpu) {
        for (int i = 0; i < cpu.r.length; i++) {
            cpu.r[i] = entry.registers().get(i);
        }
        cpu.r[Reg.ESP] = entry.esp();
        cpu.eip = entry.eip();
        cpu.next = entry.eip();
    }
}

package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.EXIT_MSR_STORE_ADDRESS;
import static ringside.machine.vmx.VmcsField.EXIT_MSR_STORE_COUNT;

import ringside.isa.GuestFault;
import ringside.machine.cpu.Cpu;

/** The MSR lists that entry and exit walk: 16 bytes an entry, index at 0, value at 8 (SDM vol. 3, table 24-12). */
final class MsrArea {
    private static final int ENTRY = 16;

    private MsrArea() {}

    /** Loads a list; returns 0, or the 1-based number of the entry that cannot be loaded. */
    static int load(Cpu cpu, Vmcs v, VmcsField count, VmcsField area) {
        for (int k = 0; k < v.getInt(count); k++) {
            int at = v.getInt(area) + k * ENTRY;
            try {
                if (!cpu.memory().contains(at, ENTRY)) {
                    return k + 1;
                }
                cpu.msr(cpu.memory().get32(at), cpu.memory().get64(at + 8));
            } catch (GuestFault fault) {
                return k + 1;
            }
        }
        return 0;
    }

    /** Stores the list of a VM exit; false where an MSR does not exist: the processor aborts. */
    static boolean store(Cpu cpu, Vmcs v) {
        for (int k = 0; k < v.getInt(EXIT_MSR_STORE_COUNT); k++) {
            int at = v.getInt(EXIT_MSR_STORE_ADDRESS) + k * ENTRY;
            try {
                if (!cpu.memory().contains(at, ENTRY)) {
                    return false;
                }
                cpu.memory().put64(at + 8, cpu.msr(cpu.memory().get32(at)));
            } catch (GuestFault fault) {
                return false;
            }
        }
        return true;
    }
}

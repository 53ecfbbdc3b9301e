package ringside.dsl;

import java.util.List;
import java.util.function.BiFunction;
import ringside.machine.state.StateVisitor;

/** The content of a scripted device's registers, and what an access of some width at some offset does to them. */
final class ScriptedRegisters {
    private final List<DeviceRegister> declared;
    private final int[] values;
    /** Calls a register's read or write block; a null value means read. */
    private final BiFunction<DeviceRegister, Integer, Integer> hook;

    ScriptedRegisters(List<DeviceRegister> declared, BiFunction<DeviceRegister, Integer, Integer> hook) {
        this.declared = declared;
        this.hook = hook;
        values = declared.stream().mapToInt(DeviceRegister::reset).toArray();
    }

    /** Whether a register lies at this offset. */
    boolean at(int offset) {
        return index(offset) >= 0;
    }

    private int index(int offset) {
        for (int i = 0; i < values.length; i++) {
            if (declared.get(i).covers(offset)) {
                return i;
            }
        }
        return -1;
    }

    int index(String name) {
        for (int i = 0; i < values.length; i++) {
            if (declared.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    int get(int index) {
        return values[index];
    }

    void set(int index, int value) {
        values[index] = value & declared.get(index).mask();
    }

    /** Reads {@code bits} from {@code offset} up; where no register lies, ones. */
    int read(int bits, int offset) {
        int value = 0;
        for (int done = 0; done < bits; ) {
            int index = index(offset + done / 8);
            if (index < 0) {
                value |= 0xff << done;
                done += 8;
                continue;
            }
            DeviceRegister register = declared.get(index);
            int skipped = (offset + done / 8 - register.offset()) * 8;
            int taken = Math.min(bits - done, register.bits() - skipped);
            int ones = taken == 32 ? -1 : (1 << taken) - 1;
            value |= (content(index) >>> skipped & ones) << done;
            done += taken;
        }
        return value;
    }

    private int content(int index) {
        DeviceRegister register = declared.get(index);
        if (register.access() == DeviceRegister.Access.WO) {
            return 0;
        }
        return register.read() == null ? values[index] : hook.apply(register, null) & register.mask();
    }

    /** Writes likewise; a part of a register leaves the rest of it. */
    void write(int bits, int offset, int value) {
        for (int done = 0; done < bits; ) {
            int index = index(offset + done / 8);
            if (index < 0) {
                done += 8;
                continue;
            }
            DeviceRegister register = declared.get(index);
            int skipped = (offset + done / 8 - register.offset()) * 8;
            int taken = Math.min(bits - done, register.bits() - skipped);
            int ones = (taken == 32 ? -1 : (1 << taken) - 1) << skipped;
            store(index, value >>> done << skipped & ones, ones);
            done += taken;
        }
    }

    private void store(int index, int value, int ones) {
        DeviceRegister register = declared.get(index);
        switch (register.access()) {
            case RO -> {
                return;
            }
            case W1C -> values[index] &= ~value;
            case RW, WO -> values[index] = values[index] & ~ones | value;
        }
        if (register.write() != null) {
            hook.apply(register, value);
        }
    }

    void visit(StateVisitor v) {
        v.ints("registers", values);
    }
}

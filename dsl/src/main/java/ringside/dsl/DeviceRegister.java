package ringside.dsl;

import groovy.lang.Closure;

/**
 * A register as a script declares it.
 *
 * @param offset from the first port, and from the first physical address, of the device
 * @param reset its content at power-on
 * @param about what it is for, in the reference
 * @param read gives what a read gets instead of the content, or null
 * @param write called with the value after it was stored, or null
 */
record DeviceRegister(
        String name, int offset, int bits, Access access, int reset, String about, Closure<?> read, Closure<?> write) {
    /** What a guest may do. */
    enum Access {
        /** Read and write. */
        RW,
        /** Read only: writes are lost. */
        RO,
        /** Write only: reads give zeros. */
        WO,
        /** Read; writing 1 clears a bit. */
        W1C;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    int end() {
        return offset + bits / 8 - 1;
    }

    boolean covers(int at) {
        return at >= offset && at <= end();
    }

    boolean overlaps(DeviceRegister other) {
        return offset <= other.end() && other.offset <= end();
    }

    int mask() {
        return bits == 32 ? -1 : (1 << bits) - 1;
    }
}

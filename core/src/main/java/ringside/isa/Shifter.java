package ringside.isa;

/**
 * Shifts and rotates: values in, value out, arithmetic flags left in the processor.
 *
 * <p>Counts are taken modulo 32 first, as every processor since the 80186 does; a count of 0 changes no flag. OF is
 * defined for a count of 1 only; for others it follows the same formula. Operands may carry anything above their width;
 * results come back zero-extended.
 */
public final class Shifter {
    private Shifter() {}

    public static int shl32(CpuPort p, int a, int count) {
        return shl(p, 32, a, count);
    }

    public static int shl(CpuPort p, int bits, int a, int count) {
        int n = count & 31;
        if (n == 0) {
            return zero(bits, a);
        }
        long wide = (a & 0xffffffffL >>> 32 - bits) << n;
        int result = zero(bits, (int) wide);
        int cf = (int) (wide >>> bits) & 1;
        return shifted(p, bits, result, cf, cf ^ top(bits, result));
    }

    public static int shr32(CpuPort p, int a, int count) {
        return shr(p, 32, a, count);
    }

    public static int shr(CpuPort p, int bits, int a, int count) {
        int n = count & 31;
        int value = zero(bits, a);
        if (n == 0) {
            return value;
        }
        int result = value >>> n;
        return shifted(p, bits, result, value >>> n - 1 & 1, n == 1 ? top(bits, value) : 0);
    }

    public static int sar32(CpuPort p, int a, int count) {
        return sar(p, 32, a, count);
    }

    public static int sar(CpuPort p, int bits, int a, int count) {
        int n = count & 31;
        if (n == 0) {
            return zero(bits, a);
        }
        int value = Alu.sign(bits, a);
        return shifted(p, bits, zero(bits, value >> n), value >> n - 1 & 1, 0);
    }

    public static int rol(CpuPort p, int bits, int a, int count) {
        int value = zero(bits, a);
        if ((count & 31) == 0) {
            return value;
        }
        int n = count & bits - 1;
        int result = n == 0 ? value : zero(bits, value << n | value >>> bits - n);
        int cf = result & 1;
        p.carryAndOverflow(cf, cf ^ top(bits, result));
        return result;
    }

    public static int ror(CpuPort p, int bits, int a, int count) {
        int value = zero(bits, a);
        if ((count & 31) == 0) {
            return value;
        }
        int n = count & bits - 1;
        int result = n == 0 ? value : zero(bits, value >>> n | value << bits - n);
        p.carryAndOverflow(top(bits, result), topTwoDiffer(bits, result));
        return result;
    }

    /** Rotates through CF: modulo 9, 17 or 33. A whole turn sets OF anew, as the 80286 does. */
    public static int rcl(CpuPort p, int bits, int a, int count) {
        int n = count & 31;
        return n == 0 ? zero(bits, a) : throughCarry(p, bits, a, n % (bits + 1), false);
    }

    /** As {@link #rcl}, to the right. */
    public static int rcr(CpuPort p, int bits, int a, int count) {
        int n = count & 31;
        return n == 0 ? zero(bits, a) : throughCarry(p, bits, a, bits + 1 - n % (bits + 1), true);
    }

    /** Rotates CF:a left by {@code n}; the two directions define OF differently. */
    private static int throughCarry(CpuPort p, int bits, int a, int n, boolean right) {
        long ring = (p.cf() ? 1L : 0) << bits | a & 0xffffffffL >>> 32 - bits;
        long turned = ring << n | ring >>> bits + 1 - n;
        int result = zero(bits, (int) turned);
        int cf = (int) (turned >>> bits) & 1;
        p.carryAndOverflow(cf, right ? topTwoDiffer(bits, result) : cf ^ top(bits, result));
        return result;
    }

    /** SHLD: {@code a} shifted left, filled from the top of {@code b}; 16-bit counts above 16 are undefined. */
    public static int shld(CpuPort p, int bits, int a, int b, int count) {
        int n = count & 31;
        if (n == 0) {
            return zero(bits, a);
        }
        long value = a & 0xffffffffL >>> 32 - bits;
        long fill = b & 0xffffffffL >>> 32 - bits;
        long wide = bits == 32 ? value << 32 | fill : value << 32 | fill << 16 | value;
        int top = bits == 32 ? 64 : 48;
        int result = zero(bits, (int) (wide >>> top - bits - n));
        int cf = (int) (wide >>> top - n) & 1;
        return shifted(p, bits, result, cf, top(bits, result) ^ top(bits, a));
    }

    /** SHRD: {@code a} shifted right, filled from the bottom of {@code b}; 16-bit counts above 16 are undefined. */
    public static int shrd(CpuPort p, int bits, int a, int b, int count) {
        int n = count & 31;
        if (n == 0) {
            return zero(bits, a);
        }
        long value = a & 0xffffffffL >>> 32 - bits;
        long fill = b & 0xffffffffL >>> 32 - bits;
        long wide = bits == 32 ? fill << 32 | value : value << 32 | fill << 16 | value;
        int result = zero(bits, (int) (wide >>> n));
        int cf = (int) (wide >>> n - 1) & 1;
        return shifted(p, bits, result, cf, top(bits, result) ^ top(bits, a));
    }

    private static int shifted(CpuPort p, int bits, int result, int cf, int of) {
        p.flags(Alu.sign(bits, result), cf << 31 | (cf ^ of) << 30);
        return result;
    }

    private static int top(int bits, int value) {
        return value >>> bits - 1 & 1;
    }

    private static int topTwoDiffer(int bits, int value) {
        return (value >>> bits - 1 ^ value >>> bits - 2) & 1;
    }

    private static int zero(int bits, int value) {
        return value & -1 >>> 32 - bits;
    }
}

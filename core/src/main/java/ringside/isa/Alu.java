package ringside.isa;

/**
 * What the integer instructions compute: values in, value out, arithmetic flags left in the processor.
 *
 * <p>The one home of these rules: bodies, an engine's fast paths and a compiler's slow paths call the same methods.
 * Operands may carry anything above their width; results come back zero-extended. {@code bits} is 8, 16 or 32.
 */
public final class Alu {
    private Alu() {}

    // ---- addition and subtraction; see CpuPort.flags for the carry vectors

    public static int add32(CpuPort p, int a, int b) {
        int sum = a + b;
        p.flags(sum, a & b | (a | b) & ~sum);
        return sum;
    }

    public static int add(CpuPort p, int bits, int a, int b) {
        int sum = a + b;
        return settle(p, bits, sum, a & b | (a | b) & ~sum);
    }

    public static int adc32(CpuPort p, int a, int b) {
        int sum = a + b + (p.cf() ? 1 : 0);
        p.flags(sum, a & b | (a | b) & ~sum);
        return sum;
    }

    public static int adc(CpuPort p, int bits, int a, int b) {
        int sum = a + b + (p.cf() ? 1 : 0);
        return settle(p, bits, sum, a & b | (a | b) & ~sum);
    }

    public static int sub32(CpuPort p, int a, int b) {
        int difference = a - b;
        p.flags(difference, ~a & b | ~(a ^ b) & difference);
        return difference;
    }

    public static int sub(CpuPort p, int bits, int a, int b) {
        int difference = a - b;
        return settle(p, bits, difference, ~a & b | ~(a ^ b) & difference);
    }

    public static int sbb32(CpuPort p, int a, int b) {
        int difference = a - b - (p.cf() ? 1 : 0);
        p.flags(difference, ~a & b | ~(a ^ b) & difference);
        return difference;
    }

    public static int sbb(CpuPort p, int bits, int a, int b) {
        int difference = a - b - (p.cf() ? 1 : 0);
        return settle(p, bits, difference, ~a & b | ~(a ^ b) & difference);
    }

    /** CMP: the flags of a subtraction. */
    public static void cmp32(CpuPort p, int a, int b) {
        sub32(p, a, b);
    }

    /** CMP at any width. */
    public static void cmp(CpuPort p, int bits, int a, int b) {
        sub(p, bits, a, b);
    }

    public static int neg(CpuPort p, int bits, int a) {
        return sub(p, bits, 0, a);
    }

    public static int inc32(CpuPort p, int a) {
        return inc(p, 32, a);
    }

    /** Adds one; CF stays as it was. */
    public static int inc(CpuPort p, int bits, int a) {
        boolean carry = p.cf();
        int result = add(p, bits, a, 1);
        p.carry(carry);
        return result;
    }

    public static int dec32(CpuPort p, int a) {
        return dec(p, 32, a);
    }

    /** Subtracts one; CF stays as it was. */
    public static int dec(CpuPort p, int bits, int a) {
        boolean carry = p.cf();
        int result = sub(p, bits, a, 1);
        p.carry(carry);
        return result;
    }

    // ---- logic: CF = OF = 0; AF, which the manual leaves open, is 0

    public static int and32(CpuPort p, int a, int b) {
        return logic32(p, a & b);
    }

    public static int and(CpuPort p, int bits, int a, int b) {
        return settle(p, bits, a & b, 0);
    }

    public static int or32(CpuPort p, int a, int b) {
        return logic32(p, a | b);
    }

    public static int or(CpuPort p, int bits, int a, int b) {
        return settle(p, bits, a | b, 0);
    }

    public static int xor32(CpuPort p, int a, int b) {
        return logic32(p, a ^ b);
    }

    public static int xor(CpuPort p, int bits, int a, int b) {
        return settle(p, bits, a ^ b, 0);
    }

    /** TEST: the flags of AND. */
    public static void test32(CpuPort p, int a, int b) {
        p.flags(a & b, 0);
    }

    /** TEST at any width. */
    public static void test(CpuPort p, int bits, int a, int b) {
        settle(p, bits, a & b, 0);
    }

    private static int logic32(CpuPort p, int result) {
        p.flags(result, 0);
        return result;
    }

    // ---- multiplication: CF = OF = the upper half matters; the other flags, left open, follow the lower half

    /** MUL: the 2 * {@code bits} wide product. */
    public static long mul(CpuPort p, int bits, int a, int b) {
        long product = zero(bits, a) * zero(bits, b);
        settle(p, bits, (int) product, product >>> bits != 0 ? 0x80000000 >>> 32 - bits : 0);
        return product;
    }

    /** IMUL with both halves: the 2 * {@code bits} wide product. */
    public static long imul(CpuPort p, int bits, int a, int b) {
        long product = (long) sign(bits, a) * sign(bits, b);
        boolean wide = product != sign(bits, (int) product);
        settle(p, bits, (int) product, wide ? 0x80000000 >>> 32 - bits : 0);
        return product;
    }

    // ---- what the rest shares

    /** Sets flags from {@code result} and the carry vector, both {@code bits} wide; returns it zero-extended. */
    static int settle(CpuPort p, int bits, int result, int carries) {
        int shift = 32 - bits;
        p.flags(result << shift >> shift, carries << shift | carries & 8);
        return result & -1 >>> shift;
    }

    /** Sign-extends the lower {@code bits} of {@code value}. */
    public static int sign(int bits, int value) {
        return value << 32 - bits >> 32 - bits;
    }

    /** Zero-extends the lower {@code bits} of {@code value}. */
    public static long zero(int bits, int value) {
        return value & 0xffffffffL >>> 32 - bits;
    }
}

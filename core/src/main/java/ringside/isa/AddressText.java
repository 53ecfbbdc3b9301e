package ringside.isa;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ringside.arch.Reg;
import ringside.error.RingsideException;

/** The inside of an address's brackets: base, scaled index and displacement in any order. */
final class AddressText {
    private static final Pattern TERM = Pattern.compile("\\s*([+-]?)\\s*([\\w]+)\\s*(?:\\*\\s*(\\w+))?\\s*");

    private final String text;
    private int base = -1;
    private int index = -1;
    private int scale = 1;
    private int disp;
    private int registerBits;

    private AddressText(String text) {
        this.text = text;
    }

    /**
     * The memory operand {@code [text]}.
     *
     * @param seg the override, or -1 for the default
     * @param saidBits the address size said in the brackets, or 0
     * @param usualBits the address size where nothing says it
     */
    static Operand.Mem parse(String text, int bits, int seg, int saidBits, int usualBits) {
        AddressText a = new AddressText(text);
        a.terms();
        int addressBits = a.registerBits != 0 ? a.registerBits : saidBits != 0 ? saidBits : usualBits;
        a.arrange(addressBits);
        int effective = seg >= 0 ? seg : Operand.Mem.defaultSegment(a.base);
        int disp = addressBits == 16 ? (short) a.disp : a.disp;
        return new Operand.Mem(bits, effective, a.base, a.index, a.scale, disp, addressBits);
    }

    private void terms() {
        Matcher m = TERM.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!m.find() || m.start() != at || at > 0 && m.group(1).isEmpty()) {
                throw wrong("an address is a sum of a base, an index times 1, 2, 4 or 8, and a number");
            }
            term(m.group(1).equals("-"), m.group(2), m.group(3));
            at = m.end();
        }
    }

    private void term(boolean negative, String first, String second) {
        Integer left = IntelSyntax.number(first);
        Integer right = second == null ? Integer.valueOf(1) : IntelSyntax.number(second);
        if (left != null && right != null) {
            disp += (negative ? -left : left) * right;
            return;
        }
        String name = left == null ? first : second;
        Integer factor = left == null ? right : left;
        if (!(Registers.named(name) instanceof Operand.Gpr gpr) || gpr.bits() == 8 || negative || factor == null) {
            throw wrong("'" + name + "' cannot stand in an address");
        }
        if (registerBits != 0 && registerBits != gpr.bits()) {
            throw wrong("16-bit and 32-bit registers do not mix in an address");
        }
        registerBits = gpr.bits();
        register(gpr.index(), second == null ? 0 : factor);
    }

    /** Takes a register; {@code times} 0 means that no factor was written. */
    private void register(int number, int times) {
        if (times == 0 && base < 0) {
            base = number;
        } else if (index < 0) {
            index = number;
            scale = Math.max(times, 1);
        } else if (times == 0 && scale == 1 && base < 0) {
            base = number;
        } else {
            throw wrong("an address has one base and one index");
        }
    }

    /** Puts base and index where the encodings want them. */
    private void arrange(int addressBits) {
        boolean swap =
                addressBits == 16 ? (base == Reg.ESI || base == Reg.EDI) && index >= 0 : index == Reg.ESP && scale == 1;
        if (swap) {
            int other = base;
            base = index;
            index = other;
        }
    }

    private RingsideException wrong(String remedy) {
        return new RingsideException("cannot read the address [" + text.strip() + "]", "", remedy);
    }
}

package ringside.dsl.assembly;

import java.util.LinkedHashMap;
import java.util.Map;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.isa.Operand;

/** Takes an address expression apart into base, index, scale and displacement, as {@code nasm} does. */
final class Address {
    private final Map<Operand.Gpr, Long> registers = new LinkedHashMap<>();
    private Expr disp = new Expr.Const(0);

    private Address() {}

    /** The memory operand at {@code expr}; {@code bits} 0 and {@code seg} -1 where not written. */
    static Arg.Mem of(int bits, int seg, Expr expr) {
        Address address = new Address();
        address.add(expr, 1);
        address.registers.values().removeIf(factor -> factor == 0);
        return address.memory(bits, seg);
    }

    private void add(Expr expr, long factor) {
        if (!Arithmetic.hasRegister(expr)) {
            disp = Arithmetic.fold("+", disp, factor == 1 ? expr : Arithmetic.fold("*", expr, new Expr.Const(factor)));
            return;
        }
        switch (expr) {
            case Expr.Register register -> registers.merge(general(register), factor, Long::sum);
            case Expr.Op op
            when op.operator().equals("+") -> {
                add(op.left(), factor);
                add(op.right(), factor);
            }
            case Expr.Op op
            when op.operator().equals("-") -> {
                add(op.left(), factor);
                add(op.right(), -factor);
            }
            case Expr.Op op
            when op.operator().equals("*") && op.right() instanceof Expr.Const c -> add(op.left(), factor * c.value());
            case Expr.Op op
            when op.operator().equals("*") && op.left() instanceof Expr.Const c -> add(op.right(), factor * c.value());
            default ->
                throw new RingsideException(
                        "an address cannot be computed so",
                        "",
                        "a register can be added, or multiplied by 2, 4 or 8: [ebx + ecx*4 + 8]");
        }
    }

    private static Operand.Gpr general(Expr.Register register) {
        if (register.operand() instanceof Operand.Gpr gpr && gpr.bits() > 8) {
            return gpr;
        }
        String remedy = register.operand() instanceof Operand.Seg
                ? "a segment stands before a colon: [" + register + ":ebx]"
                : "use a 32-bit register, or bx, bp, si and di";
        throw new RingsideException("register " + register + " cannot be part of an address", "", remedy);
    }

    private Arg.Mem memory(int bits, int seg) {
        if (registers.isEmpty()) {
            return new Arg.Mem(bits, seg, -1, -1, 1, disp, 0, false);
        }
        int width = registers.keySet().iterator().next().bits();
        for (Map.Entry<Operand.Gpr, Long> entry : registers.entrySet()) {
            if (entry.getKey().bits() != width) {
                throw new RingsideException(
                        "16- and 32-bit registers are mixed in one address", "", "use registers of one width");
            }
            if (entry.getValue() < 0) {
                throw new RingsideException(
                        "register " + entry.getKey() + " is subtracted in an address",
                        "",
                        "negate it first: neg " + entry.getKey());
            }
        }
        if (registers.size() > 2) {
            throw new RingsideException(
                    "an address adds up at most two registers", "", "compute the rest with lea or add first");
        }
        return width == 16 ? word(bits, seg) : dword(bits, seg);
    }

    private Arg.Mem dword(int bits, int seg) {
        int[] register =
                registers.keySet().stream().mapToInt(Operand.Gpr::index).toArray();
        long[] factor = registers.values().stream().mapToLong(f -> f).toArray();
        if (register.length == 1) {
            return single(bits, seg, register[0], factor[0]);
        }
        int base = factor[0] == 1 && !(factor[1] == 1 && register[1] == Reg.ESP) ? 0 : 1;
        int index = 1 - base;
        if (factor[base] != 1 || !isScale(factor[index])) {
            throw scale(factor[base] == 1 ? factor[index] : factor[base]);
        }
        return mem(bits, seg, register[base], register[index], factor[index]);
    }

    private Arg.Mem single(int bits, int seg, int register, long factor) {
        if (factor == 1) {
            return mem(bits, seg, register, -1, 1);
        }
        boolean split = factor == 2 || factor == 3 || factor == 5 || factor == 9;
        if (!split && !isScale(factor)) {
            throw scale(factor);
        }
        return split ? mem(bits, seg, register, register, factor - 1) : mem(bits, seg, -1, register, factor);
    }

    private Arg.Mem mem(int bits, int seg, int base, int index, long scale) {
        if (index == Reg.ESP) {
            throw new RingsideException(
                    "esp cannot be multiplied in an address", "", "copy it to another register first");
        }
        return new Arg.Mem(bits, seg, base, index, (int) scale, disp, 32, false);
    }

    private static boolean isScale(long factor) {
        return factor == 1 || factor == 2 || factor == 4 || factor == 8;
    }

    private static RingsideException scale(long factor) {
        return new RingsideException(
                "a register is multiplied by " + factor + " in an address",
                "",
                "one register can be multiplied, by 2, 4 or 8");
    }

    private Arg.Mem word(int bits, int seg) {
        int base = -1;
        int index = -1;
        for (Map.Entry<Operand.Gpr, Long> entry : registers.entrySet()) {
            int register = entry.getKey().index();
            boolean isBase = register == Reg.EBX || register == Reg.EBP;
            boolean isIndex = register == Reg.ESI || register == Reg.EDI;
            if (entry.getValue() != 1 || !isBase && !isIndex || isBase && base >= 0 || isIndex && index >= 0) {
                throw new RingsideException(
                        "no 16-bit address has these registers",
                        "",
                        "write [bx], [bp], [si], [di] or a sum of bx or bp with si or di");
            }
            base = isBase ? register : base;
            index = isIndex ? register : index;
        }
        return base < 0
                ? new Arg.Mem(bits, seg, index, -1, 1, disp, 16, false)
                : new Arg.Mem(bits, seg, base, index, 1, disp, 16, false);
    }
}

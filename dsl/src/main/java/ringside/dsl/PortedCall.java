package ringside.dsl;

import java.util.List;
import ringside.arch.Reg;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Item;
import ringside.dsl.assembly.Operands;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;
import ringside.isa.Operand;
import ringside.vmm.mode.paravirtual.Hypercall;
import ringside.vmm.mode.paravirtual.Hypercalls;

/**
 * A hypercall as a statement makes it: arguments by way of the stack into their registers, the trap, EAX as it comes back
 * or as it was; all else is kept.
 *
 * @param arguments operands of the script, or {@link Words} that the call is given the VA of
 */
record PortedCall(Hypercall call, List<Object> arguments) {
    private static final String[] REGISTERS = {"ebx", "ecx", "edx", "esi", "edi"};
    private static final int ELEMENT = 32, SAVED_EAX = 28;

    /** Words that lie on the stack while the call is carried out. */
    record Words(List<Object> values) {
        int bytes() {
            return 4 * values.size();
        }
    }

    /** How the trap is reached: by its stub, or with the number in EAX and INT. */
    enum Trap {
        STUB,
        INT;

        void write(Snippet code, int number) {
            if (this == STUB) {
                code.lines("call " + Ported.stub(number));
            } else {
                code.lines("mov eax, {0}\nint {1}", number, Hypercalls.VECTOR);
            }
        }
    }

    /** The call alone. */
    List<Item> alone(ScriptContext context, SourceLine at, Trap trap, boolean result) {
        Snippet code = new Snippet(context, at).lines("pushfd\npushad");
        int words = pushWords(code);
        int depth = 0;
        int behind = words;
        for (int i = arguments.size() - 1; i >= 0; i--) {
            behind -= arguments.get(i) instanceof Words w ? w.bytes() : 0;
            push(code, arguments.get(i), depth + behind);
            depth += 4;
        }
        for (int i = 0; i < arguments.size(); i++) {
            code.lines("pop " + REGISTERS[i]);
        }
        trap.write(code, call.number());
        if (words > 0) {
            code.lines("add esp, {0}", words);
        }
        if (result) {
            code.lines("mov dword[esp + {0}], eax", SAVED_EAX);
        }
        return code.lines("popad\npopfd").items();
    }

    /** All of {@code calls} with one trap; their results are lost. */
    static List<Item> together(ScriptContext context, SourceLine at, List<PortedCall> calls) {
        Snippet code = new Snippet(context, at).lines("pushfd\npushad");
        int words = 0;
        for (int i = calls.size() - 1; i >= 0; i--) {
            words += calls.get(i).pushWords(code);
        }
        int depth = 0;
        int behind = words;
        for (int i = calls.size() - 1; i >= 0; i--) {
            PortedCall call = calls.get(i);
            code.lines("push dword 0\npush dword 0");
            depth += 8;
            for (int n = Hypercall.MOST_ARGUMENTS - 1; n >= 0; n--) {
                Object argument = n < call.arguments.size() ? call.arguments.get(n) : (Object) 0;
                behind -= argument instanceof Words w ? w.bytes() : 0;
                push(code, argument, depth + behind);
                depth += 4;
            }
            push(code, call.call.number(), 0);
            depth += 4;
        }
        code.lines("mov ebx, esp\nmov ecx, {0}", calls.size());
        Trap.STUB.write(code, Ported.number("multicall"));
        return code.lines("add esp, {0}\npopad\npopfd", calls.size() * ELEMENT + words)
                .items();
    }

    /** The words of all arguments, those of the first argument lowest; how many bytes they take. */
    private int pushWords(Snippet code) {
        int bytes = 0;
        for (int i = arguments.size() - 1; i >= 0; i--) {
            if (arguments.get(i) instanceof Words words) {
                for (int n = words.values.size() - 1; n >= 0; n--) {
                    push(code, words.values.get(n), 0);
                }
                bytes += words.bytes();
            }
        }
        return bytes;
    }

    /** @param distance from ESP to the words, where {@code argument} is their VA */
    private static void push(Snippet code, Object argument, int distance) {
        switch (argument) {
            case Words words -> code.lines("push esp\nadd dword[esp], {0}", distance);
            case Address address -> address.push(code);
            default -> code.lines("push {0}", wide(argument));
        }
    }

    /** The VA of a memory operand. */
    record Address(Arg.Mem memory) {
        private void push(Snippet code) {
            code.lines("push eax\npush eax\nlea eax, {0}\nmov dword[esp + 4], eax\npop eax", memory.withBits(0));
        }
    }

    /** An operand of 32 bits that does not rest on ESP, which moves while arguments are collected. */
    static Arg wide(Object operand) {
        Arg arg = Operands.of(operand);
        boolean stack = switch (arg) {
            case Arg.Reg reg -> reg.operand() instanceof Operand.Gpr gpr && gpr.index() == Reg.ESP && gpr.bits() == 32;
            case Arg.Mem mem -> mem.base() == Reg.ESP;
            default -> false;
        };
        boolean fits = switch (arg) {
            case Arg.Reg reg -> reg.operand() instanceof Operand.Gpr gpr && gpr.bits() == 32;
            case Arg.Mem mem -> (mem.bits() == 0 || mem.bits() == 32) && mem.addressBits() != 16;
            case Arg.Value value -> true;
            case Arg.Far far -> false;
        };
        if (stack || !fits) {
            throw new RingsideException(
                    stack ? "an argument rests on ESP" : "an argument has not 32 bits",
                    "",
                    stack
                            ? "arguments travel on the stack: put it into another register first"
                            : "it is a 32-bit register, dword memory, a number or a label");
        }
        return switch (arg) {
            case Arg.Reg reg -> reg;
            default -> Operands.sized("dword", arg);
        };
    }
}

package ringside.dsl;

import java.util.ArrayList;
import java.util.List;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Item;
import ringside.dsl.assembly.Operands;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;
import ringside.vmm.mode.paravirtual.Hypercalls;

/**
 * A statement that has a form for a kernel of ring 0 and another for a ported one.
 *
 * @param name the word
 * @param usage how it is written
 * @param doc what it does, in a sentence
 */
record Operation(String name, String usage, int least, int most, String doc, Maker maker) {
    /** Writes both forms. */
    interface Maker {
        Forms forms(Use use);
    }

    /** Code for ring 0, and for a ported kernel a call, or code where {@code call} is null. */
    record Forms(List<Item> unported, PortedCall call, List<Item> ported) {}

    /** One use of an operation in a script. */
    record Use(ScriptContext context, SourceLine at, Object[] operands) {
        Snippet code(String lines, Object... arguments) {
            return new Snippet(context, at).lines(lines, arguments);
        }

        /** Forms that are code both. */
        Forms forms(Snippet unported, Snippet ported) {
            return new Forms(unported.items(), null, ported.items());
        }

        /** A ported form that is a hypercall. */
        Forms forms(Snippet unported, String call, Object... arguments) {
            PortedCall made = new PortedCall(Hypercalls.ALL.get(Ported.number(call)), List.of(arguments));
            return new Forms(unported.items(), made, List.of());
        }

        GuestBlock guest() {
            return context.guest;
        }

        Object operand(int index) {
            return operands[index];
        }

        /** The operand as something of 32 bits. */
        Arg wide(int index) {
            return PortedCall.wide(operands[index]);
        }

        boolean isRegister(int index) {
            return wide(index) instanceof Arg.Reg;
        }

        /** A number that is known now. */
        int number(int index, String what, int least, int most) {
            boolean known = Operands.of(operands[index]) instanceof Arg.Value value
                    && value.expr() instanceof Expr.Const constant
                    && constant.value() >= least
                    && constant.value() <= most;
            if (!known) {
                throw new RingsideException(
                        operands[index] + " is no " + what, "", "it is a number from " + least + " to " + most);
            }
            return (int) ((Expr.Const) Expr.of(operands[index])).value();
        }
    }

    /** Adds it to the section, or to the batch that is being collected. */
    void emit(ScriptContext context, SourceLine at, Object[] operands) {
        if (operands.length < least || operands.length > most) {
            throw new RingsideException(
                    "'" + name + "' takes " + count() + " operands, not " + operands.length, "", "write " + usage);
        }
        if (context.section(name).codeBits() != 32) {
            throw new RingsideException(
                    "'" + name + "' is for 32-bit kernels", "", "in 16-bit code write instructions");
        }
        Forms forms = maker.forms(new Use(context, at, operands));
        if (context.batch != null) {
            context.batch.add(this, forms);
        } else {
            List<Item> ported = forms.call() == null
                    ? forms.ported()
                    : forms.call().alone(context, at, PortedCall.Trap.STUB, false);
            context.section(name).add(new Item.Choice(at, forms.unported(), ported));
        }
    }

    private String count() {
        return least == most ? least == 0 ? "no" : "" + least : least + " to " + most;
    }

    /** What a {@code multicall} block collects. */
    static final class Batch {
        private final List<Item> unported = new ArrayList<>();
        private final List<PortedCall> calls = new ArrayList<>();

        void add(Operation operation, Forms forms) {
            if (forms.call() == null) {
                throw new RingsideException(
                        "'" + operation.name + "' is no hypercall and cannot be part of a multicall",
                        "",
                        "write it before or after the block");
            }
            add(forms.unported(), forms.call());
        }

        void add(List<Item> form, PortedCall call) {
            if (!call.call().batchable()) {
                throw new RingsideException(
                        "hypercall '" + call.call().name() + "' cannot be part of a multicall",
                        "",
                        "it does not simply come back to its caller: write it alone");
            }
            unported.addAll(form);
            calls.add(call);
        }

        List<Item> unported() {
            return unported;
        }

        List<PortedCall> calls() {
            return calls;
        }
    }
}

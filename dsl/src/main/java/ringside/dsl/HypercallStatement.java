package ringside.dsl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import ringside.dsl.assembly.Item;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;
import ringside.vmm.DeviceModels;
import ringside.vmm.mode.paravirtual.Hypercall;
import ringside.vmm.mode.paravirtual.Interface;
import ringside.vmm.spi.GuestCall;

/** {@code hypercall 'log', message, 14} in a kernel: the result in EAX, everything else as it was. */
final class HypercallStatement {
    static final String WORD = "hypercall";

    private HypercallStatement() {}

    static void emit(ScriptContext context, SourceLine at, Object[] operands) {
        if (operands.length == 0 || !(operands[0] instanceof CharSequence)) {
            throw new RingsideException("a hypercall begins with its name", "", "write hypercall 'log', message, 14");
        }
        Hypercall call = named(context, operands[0].toString());
        List<Object> arguments = Arrays.asList(operands).subList(1, operands.length);
        if (arguments.size() != call.arguments().size()) {
            throw new RingsideException(
                    "hypercall '" + call.name() + "' takes " + call.arguments().size() + " arguments, not "
                            + arguments.size(),
                    "",
                    "it is " + call.signature());
        }
        PortedCall made = new PortedCall(call, arguments);
        List<Item> unported = made.alone(context, at, PortedCall.Trap.INT, true);
        if (context.batch != null) {
            context.batch.add(unported, made);
        } else {
            List<Item> ported = made.alone(context, at, PortedCall.Trap.STUB, true);
            context.section(WORD).add(new Item.Choice(at, unported, ported));
        }
    }

    private static Hypercall named(ScriptContext context, String name) {
        List<GuestCall> added = new ArrayList<>(DeviceModels.hypercalls());
        added.addAll(context.hypercalls);
        Interface calls = new Interface(added);
        if (name.equals("iret")) {
            throw new RingsideException("hypercall 'iret' does not come back", "", "write returnFromInterrupt");
        }
        return calls.named(name).orElseThrow(() -> {
            TreeSet<String> known = new TreeSet<>();
            calls.all().forEach(call -> known.add(call.name()));
            return new RingsideException(
                    "unknown hypercall '" + name + "'",
                    "",
                    NearMiss.hint(
                            name,
                            known,
                            "a script's own is declared before the guest: hypercall(40, '" + name + "', ...) { ... }"));
        });
    }
}

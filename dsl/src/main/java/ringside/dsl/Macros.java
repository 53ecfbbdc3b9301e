package ringside.dsl;

import java.util.Set;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;
import ringside.isa.Operand;

/** Statements that stand for several instructions every kernel needs. */
final class Macros {
    static final Set<String> NAMES = Set.of("enterUser", "endOfInterrupt");

    private Macros() {}

    static void emit(ScriptContext context, SourceLine at, String name, Object[] operands) {
        if (name.equals("enterUser")) {
            enterUser(context, at, operands);
        } else {
            endOfInterrupt(context, at, operands);
        }
    }

    /**
     * To ring 3: flat data segments, then IRET to a label with the user stack and these flags; the user block with none set
     * where nothing is said. Spoils EAX.
     */
    private static void enterUser(ScriptContext context, SourceLine at, Object[] operands) {
        if (operands.length > 2) {
            throw new RingsideException(
                    "'enterUser' takes at most a label and flags", "", "write enterUser main, or enterUser main, IF");
        }
        Object flags = operands.length == 2 ? Emitter.binary("|", operands[1], Eflags.ALWAYS_ONE) : Eflags.ALWAYS_ONE;
        Object target = operands.length > 0 ? operands[0] : new Expr.Symbol("user");
        Object ax = register(new Operand.Gpr(16, Reg.EAX));
        put(context, at, "mov", ax, SystemTables.USER_DATA);
        for (int seg : new int[] {Reg.DS, Reg.ES, Reg.FS, Reg.GS}) {
            put(context, at, "mov", register(new Operand.Seg(seg)), ax);
        }
        put(context, at, "push", Emitter.sized("dword", SystemTables.USER_DATA));
        put(context, at, "push", Emitter.sized("dword", SystemTables.USER_STACK));
        put(context, at, "push", Emitter.sized("dword", flags));
        put(context, at, "push", Emitter.sized("dword", SystemTables.USER_CODE));
        put(context, at, "push", Emitter.sized("dword", target));
        put(context, at, "iretd");
    }

    /** End of interrupt to the first 8259, or to both for a line of the second; spoils AL. */
    private static void endOfInterrupt(ScriptContext context, SourceLine at, Object[] operands) {
        if (operands.length > 1) {
            throw new RingsideException("'endOfInterrupt' takes at most one operand", "", "it is the line, 0 to 15");
        }
        Object al = register(new Operand.Gpr(8, Reg.EAX));
        put(context, at, "mov", al, 0x20);
        if (operands.length == 1 && operands[0] instanceof Integer line && line >= 8) {
            put(context, at, "out", 0xa0, al);
        }
        put(context, at, "out", 0x20, al);
    }

    /** What runs before a kernel that asked for a task or for paging; its instructions are the guest's own. */
    static void prologue(ScriptContext context, boolean task, boolean paging) {
        SourceLine at = context.line(0);
        Object eax = register(new Operand.Gpr(32, Reg.EAX));
        Object ax = register(new Operand.Gpr(16, Reg.EAX));
        if (task) {
            put(context, at, "mov", ax, SystemTables.TASK);
            put(context, at, "ltr", ax);
        }
        if (paging) {
            put(context, at, "mov", eax, SystemTables.PAGE_DIRECTORY);
            put(context, at, "mov", register(new Operand.Cr(3)), eax);
            put(context, at, "mov", eax, register(new Operand.Cr(0)));
            put(context, at, "or", eax, Control.CR0_PG);
            put(context, at, "mov", register(new Operand.Cr(0)), eax);
        }
        put(context, at, "xor", eax, eax);
        Expr kernel = new Expr.Symbol("kernel");
        // with paging a far jump, as a kernel makes one: CS is read anew through the page tables
        put(context, at, "jmp", paging ? new Arg.Far(0, Expr.of(SystemTables.KERNEL_CODE), kernel) : kernel);
    }

    private static Object register(Operand operand) {
        return new Expr.Register(operand);
    }

    private static void put(ScriptContext context, SourceLine at, String mnemonic, Object... operands) {
        Statements.emit(context, at, mnemonic, operands);
    }
}

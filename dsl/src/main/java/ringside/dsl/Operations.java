package ringside.dsl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.dsl.Operation.Forms;
import ringside.dsl.Operation.Use;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Operands;
import ringside.error.RingsideException;

/**
 * What a kernel asks of the processor and a user program could not do: instructions in ring 0, and in a ported kernel
 * hypercalls or stores to the page that it shares with its VMM. Neither changes a register or a flag unless it says so.
 */
final class Operations {
    private static final int PIT_HZ = 1193182, MASTER = 0x21, SLAVE = 0xa1;
    private static final int TSS_ESP0 = 4, GATE = 0x8e00;

    /** In the order of the guide. */
    static final List<Operation> ALL = List.of(
            op(
                    "disableInterrupts",
                    "",
                    0,
                    "Keeps interrupts away: CLI.",
                    use -> use.forms(use.code("cli"), use.code("mov " + Ported.INTERRUPTS + ", 0"))),
            op(
                    "enableInterrupts",
                    "",
                    0,
                    "Lets interrupts in: STI.",
                    use -> use.forms(use.code("sti"), use.code("call pv$enable"))),
            op(
                    "saveFlags",
                    "",
                    0,
                    "Pushes EFLAGS, with the interrupt flag as the kernel set it: PUSHFD.",
                    use -> use.forms(use.code("pushfd"), use.code("pushfd\ncall pv$save"))),
            op(
                    "restoreFlags",
                    "",
                    0,
                    "Pops what saveFlags pushed: POPFD.",
                    use -> use.forms(use.code("popfd"), use.code("call pv$restore\npopfd"))),
            op(
                    "waitForInterrupt",
                    "",
                    0,
                    "Lets interrupts in, sleeps until one was served, keeps them away again.",
                    use -> use.forms(
                            use.code("sti\nhlt\ncli"),
                            new Snippet(use.context(), use.at())
                                    .lines("pushfd\npushad\nmov ebx, 1\ncall " + Ported.stub(Ported.number("sched_op")))
                                    .lines("mov " + Ported.INTERRUPTS + ", 0\npopad\npopfd"))),
            op(
                    "halt",
                    "",
                    0,
                    "Stops for good: the run ends.",
                    use -> use.forms(use.code("cli\nhlt"), "sched_op", 3, 0)),
            op(
                    "returnFromInterrupt",
                    "",
                    0,
                    "Goes back to what was interrupted: IRETD.",
                    use -> use.forms(use.code("iretd"), use.code("jmp pv$return"))),
            new Operation(
                    "enterUser",
                    "enterUser main, or enterUser main, IF",
                    0,
                    2,
                    "Goes to ring 3: the user block, or a label, with these flags; spoils EAX.",
                    Operations::enterUser),
            op(
                    "setKernelStack",
                    "stack",
                    1,
                    "The stack for interrupts from ring 3; needs tss.",
                    Operations::setKernelStack),
            new Operation(
                    "loadTrapGate",
                    "loadTrapGate 0x80, handler, 3",
                    2,
                    3,
                    "Changes the handler of a vector, which INT n of rings up to the DPL reaches.",
                    Operations::loadTrapGate),
            op(
                    "faultVa",
                    "eax",
                    1,
                    "The VA of the last page fault into a register: CR2.",
                    use -> use.forms(
                            use.code("mov {0}, cr2", register(use)),
                            use.code("mov {0}, " + Ported.FAULT_VA, register(use)))),
            op(
                    "loadPageTable",
                    "directory",
                    1,
                    "Loads CR3 with the PA of a page directory.",
                    use -> use.forms(through(use, 0, "mov cr3, {0}"), "load_page_table", use.operand(0))),
            op(
                    "setPte",
                    "0x400000, 0x201000 | 7",
                    2,
                    "Writes the PTE of a VA below 16 MiB in the tables of 'paging true', or the entry itself: setPte"
                            + " [entry], value.",
                    Operations::setPte),
            op("flushPage", "0x400000", 1, "Forgets the translation of a VA: INVLPG.", Operations::flushPage),
            op(
                    "flushTlb",
                    "",
                    0,
                    "Forgets every translation that is not global: reloads CR3.",
                    use -> use.forms(use.code("push eax\nmov eax, cr3\nmov cr3, eax\npop eax"), "flush_all")),
            op(
                    "setTaskSwitched",
                    "",
                    0,
                    "The next floating-point instruction is #NM: sets CR0.TS.",
                    use -> use.forms(
                            keepingFlags(use, "mov eax, cr0\nor eax, {0}\nmov cr0, eax", Control.CR0_TS),
                            "fpu_taskswitch",
                            1)),
            op(
                    "clearTaskSwitched",
                    "",
                    0,
                    "Lets floating-point instructions pass: CLTS.",
                    use -> use.forms(use.code("clts"), "fpu_taskswitch", 0)),
            op("loadDebugRegister", "0, counter", 2, "Writes DR0 to DR3, DR6 or DR7.", Operations::loadDebugRegister),
            op(
                    "enableLine",
                    "5",
                    1,
                    "Lets an interrupt line reach its handler: vector 20 and up, through the 8259.",
                    Operations::enableLine),
            op("startTimer", "100", 1, "Interrupts on line 0, so many a second.", Operations::startTimer),
            new Operation(
                    "endOfInterrupt",
                    "endOfInterrupt, or endOfInterrupt 12",
                    0,
                    1,
                    "Tells the interrupt controller that the handler of a line is done; spoils AL.",
                    Operations::endOfInterrupt));

    private static final Set<String> STATEMENTS = statements();

    private Operations() {}

    private static Set<String> statements() {
        Set<String> words = names();
        words.add(HypercallStatement.WORD);
        return words;
    }

    private static Operation op(String name, String operands, int count, String doc, Operation.Maker maker) {
        return new Operation(name, (name + " " + operands).strip(), count, count, doc, maker);
    }

    static Optional<Operation> named(String name) {
        return ALL.stream().filter(operation -> operation.name().equals(name)).findFirst();
    }

    /** Whether the word begins a statement of kernel code. */
    static boolean isStatement(String word) {
        return STATEMENTS.contains(word);
    }

    static Set<String> names() {
        return ALL.stream().map(Operation::name).collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- operands

    /** {@code line} on the operand if it is a register, else on EAX that holds it. */
    private static Snippet through(Use use, int index, String line) {
        Arg operand = use.wide(index);
        return operand instanceof Arg.Reg
                ? use.code(line, operand)
                : use.code("push eax\nmov eax, {0}", operand).lines(line + "\npop eax", register("eax"));
    }

    private static Snippet keepingFlags(Use use, String lines, Object... operands) {
        return keepingFlags(use.code(""), lines, operands);
    }

    /**
     * {@code lines}, which may use EAX, with EAX and the arithmetic flags as they were afterwards. Without PUSHF and POPF,
     * for those are sensitive and an operation is to do nothing beside what it is for.
     */
    private static Snippet keepingFlags(Snippet code, String lines, Object... operands) {
        return code.lines("push eax\nlahf\nseto al\npush eax")
                .lines(lines, operands)
                .lines("pop eax\nadd al, 0x7f\nsahf\npop eax");
    }

    private static Object register(String name) {
        return SymbolWords.of(name);
    }

    private static Arg register(Use use) {
        if (!(use.isRegister(0))) {
            throw new RingsideException("the operand is no register", "", "write faultVa eax");
        }
        return use.wide(0);
    }

    // ---- rings

    private static Forms enterUser(Use use) {
        Object flags = use.operands().length == 2
                ? Emitter.binary("|", use.operand(1), Eflags.ALWAYS_ONE)
                : (Object) Eflags.ALWAYS_ONE;
        Object target = use.operands().length > 0 ? use.operand(0) : new Expr.Symbol("user");
        return use.forms(
                frame(use, flags, target).lines("iretd"),
                frame(use, flags, target).lines("jmp pv$return"));
    }

    private static Snippet frame(Use use, Object flags, Object target) {
        Snippet code = use.code("mov ax, {0}\nmov es, ax\nmov ds, ax\nmov fs, ax\nmov gs, ax", SystemTables.USER_DATA);
        code.lines("push dword {0}\npush dword {1}", SystemTables.USER_DATA, SystemTables.USER_STACK);
        return code.lines("push dword {0}\npush dword {1}", flags, SystemTables.USER_CODE)
                .lines("push dword {0}", target);
    }

    private static Forms setKernelStack(Use use) {
        Object esp0 = Emitter.mem("dword", "", SystemTables.TSS + TSS_ESP0);
        Arg stack = use.wide(0);
        Snippet unported = stack instanceof Arg.Mem
                ? use.code("push eax\nmov eax, {0}\nmov {1}, eax\npop eax", stack, esp0)
                : use.code("mov {1}, {0}", stack, esp0);
        return use.forms(unported, "stack_switch", Ported.KERNEL_DATA, use.operand(0));
    }

    private static Forms loadTrapGate(Use use) {
        int vector = use.number(0, "vector", 0, 255);
        int dpl = use.operands().length == 3 ? use.number(2, "DPL", 0, 3) : 0;
        use.guest().reserveGate(vector);
        Object handler = use.operand(1);
        Object low = Emitter.binary("|", SystemTables.KERNEL_CODE << 16, Emitter.binary("&", handler, 0xffff));
        Object high = Emitter.binary("|", Emitter.binary("&", handler, 0xffff0000L), GATE | dpl << 13);
        Object entry = Emitter.mem("dword", "", SystemTables.IDT + vector * 8);
        Object rest = Emitter.mem("dword", "", SystemTables.IDT + vector * 8 + 4);
        PortedCall.Words trap = new PortedCall.Words(List.of(Ported.trapWord(vector, dpl, true), handler));
        return use.forms(
                use.code(
                        "mov {0}, {1}\nmov {2}, {3}",
                        entry, Emitter.sized("dword", low), rest, Emitter.sized("dword", high)),
                "set_trap_table",
                trap,
                1);
    }

    // ---- memory

    private static Forms setPte(Use use) {
        Arg first = Operands.of(use.operand(0));
        Arg value = use.wide(1);
        if (first instanceof Arg.Mem) {
            Arg.Mem entry = (Arg.Mem) use.wide(0);
            PortedCall.Words update = new PortedCall.Words(List.of(new PortedCall.Address(entry), use.operand(1)));
            return use.forms(store(use, entry, value), "mmu_update", update, 1);
        }
        Snippet unported;
        if (first instanceof Arg.Value) {
            Object index = Emitter.binary("*", Emitter.binary(">>>", Expr.of(use.operand(0)), 12), 4);
            unported =
                    store(use, Emitter.mem("dword", "", Emitter.binary("+", index, SystemTables.PAGE_TABLES)), value);
        } else {
            unported = keepingFlags(
                    use.code("push dword {0}\npush {1}", value, use.wide(0)),
                    "mov eax, dword[esp + 8]\nshr eax, 12\npush dword[esp + 12]\npop dword[eax*4 + {0}]",
                    SystemTables.PAGE_TABLES);
            unported.lines("lea esp, [esp + 8]");
        }
        return use.forms(unported, "update_va_mapping", use.operand(0), use.operand(1), 0);
    }

    private static Snippet store(Use use, Object entry, Arg value) {
        return value instanceof Arg.Mem
                ? use.code("push {1}\npop {0}", entry, value)
                : use.code("mov {0}, {1}", entry, value);
    }

    private static Forms flushPage(Use use) {
        Arg page = use.wide(0);
        Snippet unported = switch (page) {
            case Arg.Mem memory -> use.code("push eax\nmov eax, {0}\ninvlpg [eax]\npop eax", memory);
            case Arg.Reg register -> use.code("invlpg [{0}]", new Expr.Register(register.operand()));
            default -> use.code("invlpg [{0}]", Expr.of(use.operand(0)));
        };
        return use.forms(unported, "flush_page", use.operand(0));
    }

    private static Forms loadDebugRegister(Use use) {
        int index = use.number(0, "debug register", 0, 7);
        return use.forms(through(use, 1, "mov dr" + index + ", {0}"), "set_debug_register", index, use.operand(1));
    }

    // ---- interrupt lines

    private static Forms enableLine(Use use) {
        int line = use.number(0, "interrupt line", 0, 15);
        use.guest().usesLine(line);
        return use.forms(
                unmask(use, line),
                bind(use, "mov ebx, {0}\ncall " + Ported.stub(Ported.number("bind_irq")), line)
                        .lines("popad\npopfd"));
    }

    private static Snippet unmask(Use use, int line) {
        int port = line < 8 ? MASTER : SLAVE;
        return keepingFlags(use, "in al, {0}\nand al, {1}\nout {0}, al", port, ~(1 << (line & 7)) & 0xff);
    }

    /** The channel that {@code call} gives is opened, its handler that of the line. */
    private static Snippet bind(Use use, String call, int line) {
        return use.code("pushfd\npushad\n" + call, line)
                .lines("mov edx, dword[ss:pv$handlers + {0}]\nmov dword[ss:pv$channels + eax*4], edx", line * 4)
                .lines("mov ebx, eax\ncall " + Ported.stub(Ported.number("unmask_event")));
    }

    private static Forms startTimer(Use use) {
        int hz = use.number(0, "frequency", 19, 100_000);
        use.guest().usesLine(0);
        int divisor = PIT_HZ / hz;
        Snippet unported = unmask(use, 0)
                .lines("push eax\nmov al, 0x34\nout 0x43, al\nmov al, {0}\nout 0x40, al", divisor & 0xff)
                .lines("mov al, {0}\nout 0x40, al\npop eax", divisor >> 8);
        Snippet ported = bind(use, "call " + Ported.stub(Ported.number("bind_timer")), 0)
                .lines(
                        "mov ebx, {0}\ncall " + Ported.stub(Ported.number("set_timer")) + "\npopad\npopfd",
                        1_000_000 / hz);
        return use.forms(unported, ported);
    }

    /** End of interrupt to the first 8259, or to both for a line of the second. */
    private static Forms endOfInterrupt(Use use) {
        boolean second = use.operands().length == 1 && use.number(0, "interrupt line", 0, 15) >= 8;
        return use.forms(
                use.code("mov al, 0x20" + (second ? "\nout 0xa0, al" : "") + "\nout 0x20, al"),
                use.code("mov al, 0x20"));
    }

    /** The 8259 pair as a kernel sets it up: lines at vectors 20 to 2F, all but the cascade masked; spoils AL. */
    static void controllers(Snippet code) {
        int[][] writes = {
            {0x20, 0x11}, {0x21, 0x20}, {0x21, 4}, {0x21, 1}, {0x21, 0xfb},
            {0xa0, 0x11}, {0xa1, 0x28}, {0xa1, 2}, {0xa1, 1}, {0xa1, 0xff}
        };
        for (int[] write : writes) {
            code.lines("mov al, {0}\nout {1}, al", write[1], write[0]);
        }
    }

    /** The rows of a table for the guide: word, what it does. */
    static List<String> reference() {
        List<String> rows = new ArrayList<>();
        ALL.forEach(
                operation -> rows.add("| `" + operation.usage().replace("|", "\\|") + "` | " + operation.doc() + " |"));
        return rows;
    }
}

package ringside.dsl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Section;
import ringside.guest.SourceLine;
import ringside.vmm.mode.paravirtual.HypercallPage;
import ringside.vmm.mode.paravirtual.Hypercalls;
import ringside.vmm.mode.paravirtual.Interface;
import ringside.vmm.mode.paravirtual.PortedImage;
import ringside.vmm.mode.paravirtual.SharedPage;

/**
 * What a scripted guest has in its ported form beside the code of its script: a start that registers its tables with the
 * VMM, and routines that its privileged operations call. They change no register and no flag.
 */
final class Ported {
    /** Pages of conventional memory above the kernel's stack. */
    static final int SHARED = 0x91000, STUBS = 0x92000, RUNTIME = 0x93000;

    static final int KERNEL_CODE = 0x09, KERNEL_DATA = 0x11;

    /** Where the words of the shared page are, as an operand writes them. */
    static final String INTERRUPTS = word(SharedPage.INTERRUPTS),
            DUE = word(SharedPage.UPCALL_PENDING),
            PENDING = word(SharedPage.PENDING),
            MASK = word(SharedPage.MASK),
            FAULT_VA = word(SharedPage.FAULT_VA);

    static final String START = "pv$start", FAST = "pv$fast";

    private Ported() {}

    /** The handlers of the guest's start and what it has, for {@link #start}. */
    record Tables(int gdtEntries, int gates, int kernelStack, int fastVector, boolean paging, boolean lines) {
        /** Whether the native form of the guest begins with instructions of Ringside's too. */
        boolean prepared() {
            return kernelStack != -1 || paging || lines;
        }
    }

    /** SS is the kernel's own, whatever ring 3 left in DS. */
    private static String word(int offset) {
        return "dword[ss:0x" + Integer.toHexString(SHARED + offset) + "]";
    }

    /** The address of a call's stub, as a branch writes it. */
    static String stub(int number) {
        return "0x" + Integer.toHexString(STUBS + number * HypercallPage.STUB_BYTES);
    }

    static int number(String name) {
        return Hypercalls.ALL.stream()
                .filter(call -> call.name().equals(name))
                .findFirst()
                .orElseThrow()
                .number();
    }

    /** What runs before a ported kernel: its tables are made known; then it begins with registers of zero. */
    static Section start(ScriptContext context, Map<String, SourceLine> labels, Tables tables) {
        Section section = new Section("ported start", SystemTables.PROLOGUE, 32, labels);
        Snippet code = new Snippet(context, context.line(0), section);
        code.lines("pv$start:").lines("mov eax, {0}\nmov ebx, {1}", number("hypercall_page"), STUBS);
        code.lines("int {0}", Hypercalls.VECTOR).lines("test eax, eax\njs pv$refused");
        call(code, "set_gdt", SystemTables.GDT, tables.gdtEntries());
        call(code, "set_shared_page", SHARED);
        if (tables.gates() > 0) {
            call(code, "set_trap_table", SystemTables.IDT, tables.gates());
        }
        if (tables.kernelStack() != -1) {
            call(code, "stack_switch", KERNEL_DATA, tables.kernelStack());
        }
        if (tables.fastVector() != 0) {
            // a VMM that has no fast traps refuses, and carries each one out itself
            code.lines("mov ebx, {0}\ncall " + stub(number("set_fast_trap")), tables.fastVector());
        }
        if (tables.lines()) {
            call(code, "set_callbacks", KERNEL_CODE, new Expr.Symbol("pv$event"), 0, 0);
        }
        if (tables.paging()) {
            call(code, "load_page_table", SystemTables.PAGE_DIRECTORY);
        }
        code.lines("""
            xor ebx, ebx
            xor ecx, ecx
            xor edx, edx
            xor esi, esi
            xor eax, eax
            """);
        if (!tables.prepared()) {
            code.lines("push dword 2\npopfd"); // EFLAGS of a processor that executed nothing yet
        }
        code.lines("jmp kernel\npv$refused:\nud2");
        return section;
    }

    private static final String[] REGISTERS = {"ebx", "ecx", "edx", "esi", "edi"};

    private static void call(Snippet code, String name, Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            code.lines("mov " + REGISTERS[i] + ", {0}", arguments[i]);
        }
        code.lines("call " + stub(number(name)) + "\ntest eax, eax\njs pv$refused");
    }

    /** The signature, then the routines; {@code handlers} has the label for each interrupt line that has one, {@code fastHandler} is that of the fast trap. */
    static Section runtime(
            ScriptContext context,
            Map<String, SourceLine> labels,
            SortedMap<Integer, String> handlers,
            String fastHandler,
            boolean fastShutsOut) {
        Section section = new Section("ported routines", RUNTIME, 32, labels);
        Snippet code = new Snippet(context, context.line(0), section);
        for (int word : PortedImage.signature()) {
            code.lines("dd {0}", word);
        }
        List<Object> table = new ArrayList<>();
        for (int line = 0; line < 16; line++) {
            String handler = handlers.get(line);
            table.add(handler == null ? (Object) 0 : new Expr.Symbol(handler));
        }
        code.lines("pv$handlers:");
        table.forEach(handler -> code.lines("dd {0}", handler));
        code.lines("pv$channels:\nresd 32");
        code.lines(FLAGS).lines(RETURN).lines(EVENT);
        if (!fastHandler.isEmpty()) {
            code.lines(FAST_ENTRY).lines(fastShutsOut ? "mov " + INTERRUPTS + ", 0" : "");
            code.lines("popfd\njmp " + fastHandler);
        }
        return section;
    }

    /** Virtual interrupt flag: on, delivering what is due; into the image on the stack; from the image on the stack. */
    private static final String FLAGS = """
        pv$enable:
        mov INTERRUPTS, 1
        pv$deliver:
        pushfd
        cmp DUE, 0
        je pv$delivered
        push eax
        call DELIVER
        pop eax
        pv$delivered:
        popfd
        ret
        pv$save:
        pushfd
        and dword[esp + 8], 0xffffcdff
        cmp INTERRUPTS, 0
        je pv$saved
        or dword[esp + 8], 0x200
        pv$saved:
        popfd
        ret
        pv$restore:
        pushfd
        test dword[esp + 8], 0x200
        jnz pv$restored
        mov INTERRUPTS, 0
        popfd
        ret
        pv$restored:
        popfd
        jmp pv$enable
        """.replace("INTERRUPTS", INTERRUPTS)
            .replace("DUE", DUE)
            .replace("DELIVER", stub(number("deliver_events")));

    /** A return whose frame has IF set and that nothing waits for needs no VMM. */
    private static final String RETURN =
            """
            pv$return:
            test dword[esp + 8], 0x200
            jz pv$slow
            mov INTERRUPTS, 1
            cmp DUE, 0
            jne pv$slow
            iretd
            pv$slow:
            jmp IRET
            """.replace("INTERRUPTS", INTERRUPTS).replace("DUE", DUE).replace("IRET", stub(number("iret")));

    /** A fast trap's frame has the real interrupt flag, which is always set: the kernel's own takes its place. */
    private static final String FAST_ENTRY = """
        pv$fast:
        pushfd
        cmp INTERRUPTS, 0
        jne pv$open
        and dword[ss:esp + 12], 0xfffffdff
        pv$open:
        """.replace("INTERRUPTS", INTERRUPTS);

    /** An upcall: the lowest pending channel's handler gets the frame; if more are pending, they come after it. */
    private static final String EVENT =
            """
            pv$event:
            push eax
            push eax
            push edx
            mov DUE, 0
            mov eax, MASK
            not eax
            and eax, PENDING
            bsf edx, eax
            jz pv$spurious
            lock btr PENDING, edx
            btr eax, edx
            test eax, eax
            jz pv$only
            mov DUE, 1
            pv$only:
            mov eax, dword[ss:pv$channels + edx*4]
            mov dword[esp + 8], eax
            pop edx
            pop eax
            ret
            pv$spurious:
            pop edx
            pop eax
            pop eax
            jmp pv$return
            """.replace("PENDING", PENDING).replace("MASK", MASK).replace("DUE", DUE);

    /** The words of a trap-table entry: vector, ring and masking, CS; the handler's EIP comes next. */
    static int trapWord(int vector, int dpl, boolean masks) {
        return KERNEL_CODE << 16 | (dpl | (masks ? Interface.MASKS_EVENTS : 0)) << 8 | vector;
    }
}

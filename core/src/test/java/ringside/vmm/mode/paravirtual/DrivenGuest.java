package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.STACK;

import java.util.List;
import java.util.function.UnaryOperator;
import ringside.machine.cpu.Stop;
import ringside.vmm.Modes;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/**
 * A ported kernel that does one thing after the other as a test asks: a hypercall, a load or a store. Page faults are the
 * result of what met them, and it lives on.
 *
 * <p>It starts with a directory and a table that maps the first 4 MiB onto themselves, all of it for writing.
 */
final class DrivenGuest {
    static final int DIRECTORY = 0x200000, LOW = 0x201000;
    /** Pages from here on are free. */
    static final int POOL = 0x202000;
    /** Where elements that calls are given lie. */
    static final int ELEMENTS = PortedProgram.DATA + 0x100;

    /** The first table's page of descriptors, where the VMM found room. */
    static final int FIRST_GDT = 0x9e000;

    private static final int MAIL = PortedProgram.DATA, RESULT = 24, ACTION = 28, FAULT = 32;
    private static final int NO_FAULT = -1, KERNEL_CODE = 9, WRITABLE = 3;
    private static final int DEVICE = 40;
    private static final long ENOUGH = 1000;

    private final VirtualMachine machine;
    private final int ready;
    private final int callAction;
    private final int storeAction;
    private final int loadAction;
    private final int handler;

    private DrivenGuest(PortedProgram program, UnaryOperator<VmSpec> machineOf) {
        ready = program.here();
        program.bytes(0xff, 0x25).word(MAIL + ACTION); // jmp [action]
        callAction = program.here();
        int[] registers = {0, 3, 1, 2, 6, 7};
        for (int i = 0; i < registers.length; i++) {
            program.bytes(0x8b, 0x05 | registers[i] << 3).word(MAIL + 4 * i);
        }
        again(program.bytes(0xcd, Hypercalls.VECTOR, 0xa3).word(MAIL + RESULT));
        storeAction = program.here();
        program.bytes(0x8b, 0x1d).word(MAIL + 4).bytes(0x8b, 0x0d).word(MAIL + 8);
        again(program.bytes(0x89, 0x0b)); // mov [ebx], ecx
        loadAction = program.here();
        program.bytes(0x8b, 0x1d).word(MAIL + 4).bytes(0x8b, 0x03); // mov eax, [ebx]
        again(program.bytes(0xa3).word(MAIL + RESULT));
        handler = program.here();
        program.bytes(0x58, 0xa3).word(MAIL + FAULT).bytes(0xbc).word(STACK); // pop eax; mov esp, STACK
        again(program);
        machine = Modes.create("paravirtual", machineOf.apply(program.spec()));
        machine.probe(ready);
        run();
    }

    private void again(PortedProgram program) {
        program.bytes(0xe9).word(ready - program.here() - 4);
    }

    private static PortedProgram program(String memory, Layout layout) {
        int[] table = new int[1024];
        for (int i = 0; i < table.length; i++) {
            table[i] = i << 12 | WRITABLE;
        }
        return new PortedProgram()
                .memory(memory, layout)
                .added(device())
                .data(LOW, table)
                .data(DIRECTORY, LOW | 7);
    }

    /** A device that writes memory by PA, whoever's table lies there. */
    private static GuestCall device() {
        List<Argument> arguments =
                List.of(Argument.of("pa", Argument.Kind.VALUE), Argument.of("word", Argument.Kind.VALUE));
        GuestCall.Handler write = (vm, a) -> {
            vm.board().bus().write(32, a[0], a[1]);
            return 0;
        };
        return new GuestCall(DEVICE, "device", arguments, write, "here");
    }

    /** A guest alone on its machine, paging on. */
    static DrivenGuest paged(Layout layout) {
        return unpaged(layout).startPaging();
    }

    static DrivenGuest unpaged(Layout layout) {
        return new DrivenGuest(program("direct", layout), spec -> spec);
    }

    /** What a guest of a shared machine is made from. */
    static VmSpec spec(String memory, Layout layout) {
        return program(memory, layout).spec();
    }

    /** A guest on a machine with others, paging on. */
    static DrivenGuest on(MachineMemory shared, String memory, Layout layout) {
        return new DrivenGuest(
                        program(memory, layout), spec -> spec.on(spec.machine().on(shared)))
                .startPaging();
    }

    /** A guest whose machine has more than usual, paging on. */
    static DrivenGuest on(UnaryOperator<VmSpec> machineOf) {
        return new DrivenGuest(program("direct", Layout.CONTIGUOUS), machineOf).startPaging();
    }

    private DrivenGuest startPaging() {
        put(ELEMENTS, KERNEL_CODE << 16 | 0x0e, handler);
        assertThat(call("set_trap_table", ELEMENTS, 1)).isZero();
        assertThat(call("load_page_table", DIRECTORY)).isZero();
        return this;
    }

    VirtualMachine machine() {
        return machine;
    }

    private void run() {
        assertThat(machine.run(ENOUGH)).isEqualTo(new Stop.Probe(ready));
    }

    /** Writes words into memory that is no table, from outside while the guest stands still. */
    void put(int pa, int... words) {
        for (int i = 0; i < words.length; i++) {
            machine.board().bus().write(32, pa + 4 * i, words[i]);
        }
    }

    /** A word of the guest's memory; an entry of a table with a PA. */
    int word(int pa) {
        return machine.board().bus().tableEntry(pa);
    }

    /** Makes a hypercall; returns what it returned. */
    int call(String name, int... arguments) {
        return call(PortedProgram.number(name), arguments);
    }

    int call(int number, int... arguments) {
        put(MAIL, number);
        put(MAIL + 4, arguments);
        perform(callAction);
        return word(MAIL + RESULT);
    }

    /** Lets the kernel write four bytes; whether it could. */
    boolean store(int va, int value) {
        put(MAIL + 4, va, value);
        return perform(storeAction);
    }

    /** Lets the kernel read four bytes; whether it could. */
    boolean load(int va) {
        put(MAIL + 4, va);
        return perform(loadAction);
    }

    /** What {@link #load} read. */
    int loaded() {
        return word(MAIL + RESULT);
    }

    private boolean perform(int action) {
        put(MAIL + ACTION, action, NO_FAULT);
        run();
        return word(MAIL + FAULT) == NO_FAULT;
    }

    // ---- calls that tests make often

    /** A device of the guest's writes a word, while the VMM is in control. */
    void device(int pa, int value) {
        assertThat(call(DEVICE, pa, value)).isZero();
    }

    /** One entry by {@code mmu_update}, and everything flushed; what the update returned. */
    int update(int pa, int entry) {
        put(ELEMENTS, pa, entry);
        int result = call("mmu_update", ELEMENTS, 1);
        call("flush_all");
        return result;
    }

    /** The kernel's own mapping of a page of the first 4 MiB, writable or not. */
    int remap(int page, boolean writable) {
        return update(LOW + (page >>> 12) * 4, page | (writable ? WRITABLE : 1));
    }
}

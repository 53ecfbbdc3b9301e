package ringside.lab.generate;

import static ringside.lab.generate.Places.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import ringside.arch.Reg;
import ringside.guest.EntryState;
import ringside.guest.LoadSegment;

/**
 * What a random program stands in: descriptor tables, handlers, page tables, a second task for the double fault.
 *
 * <p>Whatever a piece does, faults included, the next one follows. A handler notes vector, error code, EIP and CS, makes
 * the segments flat again and resumes with the next piece; a double fault comes by a task gate, so that it survives a
 * broken stack. The timer's handler notes where it interrupted and returns.
 */
final class Scaffold {
    private Scaffold() {}

    static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Everything but the pieces. */
    static List<LoadSegment> segments(boolean paging, SplittableRandom random) {
        List<LoadSegment> all = new ArrayList<>();
        all.add(new LoadSegment("gdt", GDT, gdt()));
        all.add(new LoadSegment("idt", IDT, idt()));
        all.add(new LoadSegment("stubs", STUBS, stubs()));
        all.add(code("common", COMMON, common()));
        all.add(code("timer", TIMER, timer()));
        all.add(code("enter user", ENTER, enterUser()));
        all.add(code("gate", GATE, new Code(GATE).raw(0x41, 0xcb)));
        all.add(code("double fault", DOUBLE_FAULT, doubleFault()));
        all.add(code("prologue", PROLOGUE, prologue(paging)));
        all.add(code("returning", BACK, new Code(BACK).raw(0x42, 0xcf)));
        all.add(new LoadSegment("pointers", LOG_POINTER, buffer(16).putInt(LOG).array()));
        all.add(new LoadSegment("tss", TSS, tss(0, 0, 0)));
        all.add(new LoadSegment("second tss", SECOND_TSS, tss(DOUBLE_FAULT, FAULT_STACK, CODE)));
        all.add(new LoadSegment("ldt", LDT, ldt()));
        if (paging) {
            all.add(new LoadSegment(
                    "directory", DIRECTORY, buffer(4).putInt(TABLE | 7).array()));
            all.add(new LoadSegment("table", TABLE, table()));
        }
        all.add(new LoadSegment("low data", LOW_DATA, noise(random)));
        all.add(new LoadSegment("data", DATA, noise(random)));
        return all;
    }

    static EntryState entry(List<Integer> registers) {
        return new EntryState.Flat(CODE, PROLOGUE, KERNEL_DATA, STACK, GDT, GDT_LIMIT, IDT, 0x7ff, registers);
    }

    private static LoadSegment code(String name, int pa, Code code) {
        return new LoadSegment(name, pa, code.bytes());
    }

    private static byte[] noise(SplittableRandom random) {
        byte[] bytes = new byte[DATA_SIZE];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] gdt() {
        ByteBuffer table = buffer(GDT_LIMIT + 1);
        for (long descriptor : DESCRIPTORS) {
            table.putLong(descriptor);
        }
        return table.array();
    }

    private static byte[] ldt() {
        return buffer(LDT_LIMIT + 1)
                .putLong(0x00cff3000000ffffL)
                .putLong(0x00cf93000000ffffL)
                .putLong(0x00cffb000000ffffL)
                .putLong(0x00cfb2000000ffffL)
                .array();
    }

    private static byte[] idt() {
        ByteBuffer table = buffer(0x800);
        for (int vector = 0; vector < 256; vector++) {
            int handler = vector == TIMER_VECTOR || vector == TIMER_VECTOR + PIN_LINE
                    ? TIMER
                    : vector == RETURNING ? BACK : STUBS + vector * 16;
            boolean open = vector == OPEN || vector == RETURNING || vector == CALL || vector == 3 || vector == 4;
            if (vector == 8) {
                table.putInt(FAULT_TASK << 16).putInt(0x8500);
            } else {
                table.putInt(CODE << 16 | handler).putInt(open ? 0xee00 : 0x8e00);
            }
        }
        return table.array();
    }

    /** PUSH vector; JMP common. */
    private static byte[] stubs() {
        Code code = new Code(STUBS);
        for (int vector = 0; vector < 256; vector++) {
            code.push(vector).jump(COMMON).raw(new byte[6]);
        }
        return code.bytes();
    }

    private static Code common() {
        Code code = new Code(COMMON).segment(Reg.DS, KERNEL_DATA).segment(Reg.ES, KERNEL_DATA);
        code.raw(0xfc, 0x8b, 0x3d).dword(LOG_POINTER);
        for (int i = 0; i < 4; i++) {
            code.raw(0x58, 0x89, 0x47, i * 4);
        }
        return resume(code);
    }

    /** EDI past what was noted; the segments flat, the stack empty, on with the next piece. */
    private static Code resume(Code code) {
        code.raw(0x83, 0xc7, 16, 0x89, 0x3d).dword(LOG_POINTER);
        return code.segment(Reg.SS, KERNEL_DATA)
                .mov(Reg.ESP, STACK)
                .raw(0xff, 0x25)
                .dword(RESUME);
    }

    /** Notes vector, EIP, CS and EFLAGS of the frame, ends the interrupt and returns. */
    private static Code timer() {
        Code code = new Code(TIMER).raw(0x50, 0x57, 0x1e).segment(Reg.DS, KERNEL_DATA);
        code.raw(0x8b, 0x3d).dword(LOG_POINTER).raw(0xc7, 0x07).dword(TIMER_VECTOR);
        for (int i = 1; i < 4; i++) {
            code.raw(0x8b, 0x44, 0x24, 8 + i * 4, 0x89, 0x47, i * 4);
        }
        code.raw(0x83, 0xc7, 16, 0x89, 0x3d).dword(LOG_POINTER);
        return code.out(0x20, 0x20).raw(0x1f, 0x5f, 0x58, 0xcf);
    }

    /** IRET to user code at [USER_EIP] with [USER_FLAGS]. */
    private static Code enterUser() {
        Code code = new Code(ENTER);
        code.push(USER_DATA).push(USER_STACK);
        code.raw(0xff, 0x35).dword(USER_FLAGS).push(USER_CODE).raw(0xff, 0x35).dword(USER_EIP);
        return code.segment(Reg.DS, USER_DATA).segment(Reg.ES, USER_DATA).raw(0xcf);
    }

    /** In the second task: notes the event, leaves the task for the first without a return, which would resume it. */
    private static Code doubleFault() {
        Code code = new Code(DOUBLE_FAULT);
        code.storeByte(GDT + TASK + 5, 0x89).mov(Reg.EAX, TASK).raw(0x0f, 0x00, 0xd8);
        code.storeByte(GDT + FAULT_TASK + 5, 0x89).mov(Reg.EAX, LOCAL).raw(0x0f, 0x00, 0xd0);
        code.push(2).raw(0x9d, 0x8b, 0x3d).dword(LOG_POINTER).raw(0xc7, 0x07).dword(8);
        return resume(code);
    }

    private static Code prologue(boolean paging) {
        Code code = new Code(PROLOGUE).mov(Reg.EAX, TASK).raw(0x0f, 0x00, 0xd8);
        code.mov(Reg.EAX, LOCAL).raw(0x0f, 0x00, 0xd0);
        code.out(0x20, 0x11).out(0x21, TIMER_VECTOR).out(0x21, 4).out(0x21, 1);
        code.out(0xa0, 0x11).out(0xa1, 0x38).out(0xa1, 2).out(0xa1, 1);
        code.out(0x21, ~(1 | 1 << PIN_LINE) & 0xff).out(0xa1, 0xff);
        if (paging) {
            code.mov(Reg.EAX, DIRECTORY)
                    .raw(0x0f, 0x22, 0xd8, 0x0f, 0x20, 0xc0, 0x0d)
                    .dword(0x80000000);
            code.raw(0x0f, 0x22, 0xc0);
        }
        return code.jump(SLOTS);
    }

    /** Ring 0's stack; for the second task also where it starts. */
    private static byte[] tss(int eip, int esp, int cs) {
        ByteBuffer task = buffer(104).putInt(4, STACK).putInt(8, KERNEL_DATA);
        if (cs != 0) {
            task.putInt(0x20, eip).putInt(0x24, 2).putInt(0x38, esp).putInt(0x4c, cs);
            for (int at : new int[] {0x48, 0x50, 0x54, 0x58, 0x5c}) {
                task.putInt(at, KERNEL_DATA);
            }
            task.putInt(0x1c, DIRECTORY);
        }
        return task.putShort(0x66, (short) 104).array();
    }

    /** The first 4 MiB onto themselves; user code, its stack, data and the changing pages are the user's. */
    private static byte[] table() {
        ByteBuffer table = buffer(0x1000);
        for (int page = 0; page < 1024; page++) {
            int pa = page << 12;
            boolean user = pa >= USER_SLOTS && pa < STACK - 0x8000 || pa >= USER_STACK - 0x4000 && pa < USER_STACK;
            table.putInt(pa | (user ? 7 : 3));
        }
        return table.array();
    }
}

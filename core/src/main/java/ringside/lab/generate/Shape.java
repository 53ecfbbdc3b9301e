package ringside.lab.generate;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.isa.Attribute;
import ringside.isa.Flow;
import ringside.isa.Row;
import ringside.isa.Sensitivity;
import ringside.isa.table.InstructionTable;

/** Kinds of code that a random program is made of. */
public enum Shape {
    /** Any instruction that goes on to the next, from the instruction table. */
    ROW(40) {
        @Override
        void emit(Draw d) {
            List<Row> rows = d.user() ? ANYWHERE : IN_KERNELS;
            d.row(rows.get(d.random().nextInt(rows.size())), 32);
        }
    },
    /** The same in a 16-bit code segment, entered and left by far jumps. */
    SIXTEEN_BITS(4) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            code.raw(0xea).dword(code.here() + 6 - Places.SLOTS).word(Places.CODE_16);
            Code inner = new Code(code.here());
            new Draw(inner, d.random(), false, d.paging())
                    .row(IN_KERNELS.get(d.random().nextInt(IN_KERNELS.size())), 16);
            rebuilt(inner, code);
            code.raw(0x66, 0xea).dword(code.here() + 8).word(Places.CODE);
        }

        @Override
        boolean allows(boolean user) {
            return !user;
        }

        /** The preparing MOVs are 32-bit code: in 16-bit code they take a prefix. */
        private void rebuilt(Code inner, Code code) {
            byte[] bytes = inner.bytes();
            int at = 0;
            int drawnAt = inner.drawn().getFirst() - (inner.here() - bytes.length);
            while (at < drawnAt) {
                code.raw(0x66);
                for (int i = 0; i < 5; i++) {
                    code.raw(bytes[at++]);
                }
            }
            code.draw();
            while (at < bytes.length) {
                code.raw(bytes[at++]);
            }
        }
    },
    /** A selector into a segment register, then an access through it. */
    SEGMENT(9) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            int seg = d.pick(Reg.DS, Reg.ES, Reg.FS, Reg.FS, Reg.GS, Reg.GS, Reg.SS);
            switch (d.random().nextInt(3)) {
                case 0 -> code.mov(Reg.EAX, d.selector()).draw(0x8e, 0xc0 | seg << 3);
                case 1 -> code.push(d.selector()).draw(POP[seg]);
                default -> {
                    int at = d.data();
                    code.store(at, 0)
                            .store(at + 4, d.selector())
                            .draw(FAR_LOAD[seg])
                            .raw(0x1d)
                            .dword(at);
                }
            }
            if (seg != Reg.SS) {
                code.draw(PREFIX[seg], 0x8a, 0x0d)
                        .dword(d.chance(70) ? d.data() : d.random().nextInt());
            }
            if (seg == Reg.SS || d.chance(70)) {
                code.segment(seg, d.user() ? Places.USER_DATA : Places.KERNEL_DATA);
            }
        }
    },
    /** LAR, LSL, VERR and VERW of any selector. */
    INSPECTION(5) {
        @Override
        void emit(Draw d) {
            Code code = d.code().mov(Reg.EAX, d.selector());
            switch (d.random().nextInt(4)) {
                case 0 -> code.draw(0x0f, 0x02, 0xd8);
                case 1 -> code.draw(0x0f, 0x03, 0xd8);
                case 2 -> code.draw(0x0f, 0x00, 0xe0);
                default -> code.draw(0x0f, 0x00, 0xe8);
            }
            code.raw(0x0f, 0x94, 0xc1);
        }
    },
    /** What reads or writes EFLAGS as a whole, and CLI and STI. */
    FLAGS(8) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            int[] prefix = d.chance(25) ? new int[] {0x66} : new int[0];
            switch (d.random().nextInt(d.user() ? 3 : 5)) {
                case 0 -> code.draw(prefix).raw(0x9c).raw(0x58);
                case 1, 2 -> {
                    code.push(
                            d.random().nextInt() & UNRULY | (d.chance(50) ? Eflags.IF : 0) | (d.chance(6) ? RARE : 0));
                    code.draw(prefix).raw(0x9d).draw(0x9c).raw(0x58);
                    if (d.chance(80)) {
                        code.push(Eflags.ALWAYS_ONE).raw(0x9d);
                    }
                }
                case 3 -> code.draw(0xfa).raw(0x40);
                default -> code.draw(0xfb).raw(0x40).raw(0x40);
            }
        }
    },
    /** Reads of what a VMM keeps to itself. */
    READ(5) {
        @Override
        void emit(Draw d) {
            Code code = d.code().mov(Reg.EBX, d.data());
            switch (d.random().nextInt(d.user() ? 8 : 12)) {
                case 0 -> code.draw(0x0f, 0x01, 0x03);
                case 1 -> code.draw(0x0f, 0x01, 0x0b);
                case 2 -> code.draw(0x0f, 0x00, d.pick(0xc0, 0x03));
                case 3 -> code.draw(0x0f, 0x00, d.pick(0xc8, 0x0b));
                case 4 -> code.draw(0x0f, 0x01, d.pick(0xe0, 0x23));
                case 5 -> code.mov(Reg.EAX, d.random().nextInt(3)).draw(0x0f, 0xa2);
                case 6 -> code.draw(0x0f, 0x31);
                case 7 -> code.draw(0x8c, 0xc0 | d.random().nextInt(6) << 3);
                case 8 -> code.draw(0x0f, 0x20, 0xc0 | d.pick(0, 2, 3, 4) << 3);
                case 9 -> code.draw(0x0f, 0x21, 0xc0 | d.pick(0, 1, 2, 3, 6, 7) << 3);
                case 10 -> code.mov(Reg.ECX, d.pick(0x10, 0x174, 0x175, 0x176)).draw(0x0f, 0x32);
                default -> code.draw(0xb0, 0x20, 0xe6, 0x20);
            }
        }
    },
    /** Writes of control, debug and table registers that leave the machine running. */
    CONTROL(7) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            int at = d.data();
            switch (d.random().nextInt(12)) {
                case 0 ->
                    code.store(at, d.pick(Places.GDT_LIMIT, 0xcf) | Places.GDT << 16)
                            .store(at + 4, 0)
                            .draw(0x0f, 0x01, 0x15)
                            .dword(at);
                case 1 ->
                    code.store(at, 0x7ff | Places.IDT << 16)
                            .store(at + 4, 0)
                            .draw(0x0f, 0x01, 0x1d)
                            .dword(at);
                case 2 ->
                    code.mov(Reg.EAX, d.pick(Places.LOCAL, Places.LOCAL, 0, d.selector()))
                            .draw(0x0f, 0x00, 0xd0);
                case 3 -> code.mov(Reg.EAX, d.selector()).draw(0x0f, 0x00, 0xd8);
                case 4 ->
                    code.raw(0x0f, 0x20, 0xc0, 0x0d)
                            .dword(0x8)
                            .raw(0x35)
                            .dword(d.pick(0xa, 0x2, 0x40000, 0x10000))
                            .draw(0x0f, 0x22, 0xc0);
                case 5 -> code.draw(0x0f, 0x06);
                case 6 -> code.mov(Reg.EAX, d.pick(1, 9, 0xb, 0xe)).draw(0x0f, 0x01, 0xf0);
                case 7 -> code.raw(0x0f, 0x20, 0xd8).draw(0x0f, 0x22, 0xd8);
                case 8 ->
                    code.raw(0x0f, 0x20, 0xe0, 0x35)
                            .dword(d.pick(4, 8, 0x80, 0x100))
                            .draw(0x0f, 0x22, 0xe0);
                case 9 ->
                    code.draw(0x0f, 0x01, 0x3d).dword(Places.PAGES + d.random().nextInt(Places.PAGE_COUNT << 12));
                case 10 ->
                    code.mov(Reg.ECX, d.pick(0x174, 0x175, 0x176))
                            .mov(Reg.EDX, 0)
                            .mov(Reg.EAX, d.pick(0, Places.CODE, Places.STACK))
                            .draw(0x0f, 0x30);
                default -> {
                    code.mov(Reg.EAX, at).raw(0x0f, 0x23, 0xc0 | d.random().nextInt(4) << 3);
                    code.mov(Reg.EAX, d.chance(40) ? 0x000d0001 : 0x400).draw(0x0f, 0x23, 0xf8);
                    code.raw(0xa2).dword(at).mov(Reg.EAX, 0x400).raw(0x0f, 0x23, 0xf8);
                }
            }
        }

        @Override
        boolean allows(boolean user) {
            return !user;
        }
    },
    /** Software interrupts: to gates open and closed, to a handler that returns, and those with opcodes of their own. */
    INTERRUPT(6) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            switch (d.random().nextInt(8)) {
                case 0 -> code.draw(0xcd, Places.OPEN);
                case 1 -> code.draw(0xcd, d.pick(Places.CLOSED, 13, 14));
                case 2, 3, 4 -> code.draw(0xcd, Places.RETURNING);
                case 5 -> code.draw(0xcc);
                case 6 -> code.raw(0x04, d.random().nextInt(0x100)).draw(0xce);
                default -> code.draw(0x0f, 0x0b);
            }
        }
    },
    /** Near jumps, calls, returns and loops, direct and through registers and memory. */
    FLOW(8) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            int skip = d.random().nextInt(4);
            switch (d.random().nextInt(8)) {
                case 0 -> code.draw(0x70 | d.random().nextInt(16), skip).raw(new byte[skip]);
                case 1 -> code.draw(0xeb, skip).raw(new byte[skip]);
                case 2 -> code.draw(0xe8).dword(2).raw(0xeb, 1).draw(0xc3);
                case 3 ->
                    code.mov(Reg.EBX, code.here() + 7 + skip).draw(0xff, 0xe3).raw(new byte[skip]);
                case 4 ->
                    code.mov(Reg.EBX, code.here() + 7 + skip).draw(0xff, 0xd3).raw(new byte[skip]);
                case 5 -> {
                    int at = d.data();
                    code.store(at, code.here() + 16 + skip)
                            .draw(0xff, d.pick(0x15, 0x25))
                            .dword(at)
                            .raw(new byte[skip]);
                }
                case 6 -> code.push(code.here() + 8 + skip).draw(0xc2).word(4).raw(new byte[skip]);
                default -> code.mov(Reg.ECX, d.random().nextInt(1, 6)).raw(0x40).draw(0xe2, 0xfd);
            }
        }
    },
    /** Far jumps, calls and returns, IRET within the ring, call gates. */
    FAR(8) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            int selector = d.codeSelector();
            switch (d.random().nextInt(d.user() ? 5 : 6)) {
                case 0 -> code.draw(0xea).dword(code.here() + 6).word(selector);
                case 1 ->
                    code.draw(0x9a)
                            .dword(code.here() + 9)
                            .word(selector)
                            .raw(0xeb, 1)
                            .draw(0xcb);
                case 2 -> code.push(selector).push(code.here() + 6).draw(0xcb);
                case 3 -> code.draw(0x9a).dword(0).word(d.pick(Places.GATE_3, Places.GATE_3 | 3, Places.GATE_0));
                case 4 -> code.raw(0x9c).push(selector).push(code.here() + 6).draw(0xcf);
                default ->
                    code.push(Eflags.ALWAYS_ONE | (d.chance(30) ? Eflags.IF : 0))
                            .push(selector)
                            .push(code.here() + 6)
                            .draw(0xcf);
            }
        }
    },
    /** Code that changes an instruction it has executed, and executes it again. */
    SELF_MODIFYING(4) {
        @Override
        void emit(Draw d) {
            Code code = d.code().mov(Reg.ECX, 3);
            int target = code.here();
            int opcode = d.pick(0x48, 0x40, 0x43, 0xf9, 0x27);
            code.draw(d.pick(0x40, 0x48, 0xf8));
            if (d.chance(50)) {
                code.draw().storeByte(target, opcode);
            } else {
                code.mov(Reg.EDI, target).raw(0xb0, opcode).draw(0xaa);
            }
            code.draw(0xe2, target - code.here() - 2);
        }
    },
    /** A page-table entry changed, then used. */
    PAGE(7) {
        @Override
        void emit(Draw d) {
            Code code = d.code();
            int page = d.random().nextInt(Places.PAGE_COUNT);
            int la = Places.PAGES + (page << 12);
            if (!d.user()) {
                int frame = Places.PAGES + (d.random().nextInt(Places.PAGE_COUNT) << 12);
                int rights = d.chance(80) ? 1 | d.random().nextInt(4) << 1 : 0;
                code.store(Places.TABLE + (la >>> 12) * 4, frame | rights);
                code.draw(0x0f, 0x01, 0x3d).dword(la);
            }
            int at = la + d.random().nextInt(0x1000 - 3);
            switch (d.random().nextInt(3)) {
                case 0 -> code.draw(0xa1).dword(at);
                case 1 -> code.draw(0xa3).dword(at);
                default -> code.draw(0xff, 0x05).dword(at);
            }
        }
    },
    /** A descriptor changed, then loaded. */
    DESCRIPTOR(4) {
        @Override
        void emit(Draw d) {
            int selector = d.pick(Places.CHANGING);
            int type = d.random().nextInt(16) | 0x10 | d.random().nextInt(4) << 5 | (d.chance(85) ? 0x80 : 0);
            d.code()
                    .draw()
                    .storeByte(Places.GDT + selector + 5, type)
                    .mov(Reg.EAX, selector | d.random().nextInt(4))
                    .draw(0x8e, d.pick(0xe0, 0xe8));
        }

        @Override
        boolean allows(boolean user) {
            return !user;
        }
    },
    /** The timer set to interrupt soon, and perhaps waited for. */
    TIMER(5) {
        @Override
        void emit(Draw d) {
            Code code = d.code()
                    .out(0x43, 0x30)
                    .out(0x40, d.random().nextInt(1, 4))
                    .raw(0xb0, 0)
                    .draw(0xe6, 0x40);
            if (d.chance(60)) {
                code.draw(0xfb).raw(0x40);
                if (d.chance(50)) {
                    code.draw(0xf4);
                } else {
                    code.mov(Reg.ECX, d.random().nextInt(20, 80)).draw(0xe2, 0xfe);
                }
            }
        }

        @Override
        boolean allows(boolean user) {
            return !user;
        }
    };

    private static final int UNRULY = Eflags.ARITHMETIC
            | Eflags.DF
            | Eflags.IOPL
            | Eflags.AC
            | Eflags.ID
            | Eflags.VM
            | Eflags.RF
            | Eflags.ALWAYS_ONE;
    private static final int RARE = Eflags.TF | Eflags.NT;
    private static final int[] POP_FS = {0x0f, 0xa1}, POP_GS = {0x0f, 0xa9};
    private static final int[][] POP = {{0x07}, {}, {0x17}, {0x1f}, POP_FS, POP_GS};
    private static final int[][] FAR_LOAD = {{0xc4}, {}, {0x0f, 0xb2}, {0xc5}, {0x0f, 0xb4}, {0x0f, 0xb5}};
    private static final int[] PREFIX = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};

    private static final List<Row> ANYWHERE = InstructionTable.ROWS.stream()
            .filter(row -> !row.is(Attribute.FLOATING) && !row.is(Attribute.ALIAS))
            .filter(row ->
                    Set.of(Flow.NEXT, Flow.SERIALIZE, Flow.FAULT, Flow.HALT).contains(row.flow()))
            .toList();

    /** In ring 0 what would change the machine under the program is left to shapes of its own. */
    private static final List<Row> IN_KERNELS = ANYWHERE.stream()
            .filter(row -> row.kind() != Sensitivity.PRIVILEGED && row.flow() != Flow.FAULT)
            .filter(row ->
                    !Set.of("pop", "mov", "les", "lds", "lss", "lfs", "lgs").contains(row.mnemonic())
                            || row.kind() == Sensitivity.INNOCUOUS)
            .filter(row -> !row.mnemonic().startsWith("popf"))
            .toList();

    private static final int TOTAL =
            java.util.Arrays.stream(values()).mapToInt(shape -> shape.weight).sum();

    private final int weight;

    Shape(int weight) {
        this.weight = weight;
    }

    /** Writes one piece of this kind. */
    abstract void emit(Draw d);

    /** Whether user code can be of this kind. */
    boolean allows(boolean user) {
        return true;
    }

    /** One at random, by weight, that suits the ring. */
    static Shape draw(SplittableRandom random, boolean user) {
        while (true) {
            int at = random.nextInt(TOTAL);
            for (Shape shape : values()) {
                at -= shape.weight;
                if (at < 0) {
                    if (shape.allows(user)) {
                        return shape;
                    }
                    break;
                }
            }
        }
    }
}

package ringside.oracle.processor;

import java.util.List;
import java.util.Random;
import java.util.Set;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.isa.Attribute;
import ringside.isa.Decoder;
import ringside.isa.Encoding;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.OperandCode;
import ringside.isa.Prefix;
import ringside.isa.Row;
import ringside.isa.Sensitivity;
import ringside.isa.table.InstructionTable;

/**
 * Draws cases over all rows: random prefixes, operands, registers and flags, most memory operands steered into the
 * window and often onto a page boundary.
 */
final class CaseGenerator {
    /** A row with what is asked of it for each case. */
    private record Form(Row row, Encoding encoding, boolean memoryOnly, boolean string) {
        static Form of(Row row) {
            Encoding encoding = Encoding.of(row);
            boolean memory = encoding.operands().stream().anyMatch(c -> c.place == OperandCode.Place.RM_MEMORY);
            return new Form(row, encoding, memory, row.is(Attribute.REP) || row.is(Attribute.REPZ));
        }
    }

    private static final List<Form> FORMS = InstructionTable.ROWS.stream()
            .filter(row -> !Omissions.omits(row))
            .map(Form::of)
            .toList();

    private static final Set<String> BIT_OFFSETS = Set.of("bt", "bts", "btr", "btc");

    private static final int[] VALUES = {
        0,
        1,
        2,
        -1,
        -2,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fffffff,
        0x80000000,
        0x80000001,
        9,
        10,
        0x99,
        0x9a,
        31,
        32,
        33
    };

    private static final int[] SELECTORS = {0, 3, 0x23, 0x2b, 0x28, 0x20, 0x10, 0x18, 0x0b, 0x1b, 0x27, 0x2f};
    private static final int[] SEGMENTS = {0x2b, 0x2b, 0x2b, 0x2b, 0x2b, 0x2b, 0x2b, 0x2b, 0x2b, 0x2b, 0x23, 0};
    private static final int[] OVERRIDES = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    private static final int[] FREE_FLAGS = {Eflags.CF, Eflags.PF, Eflags.AF, Eflags.ZF, Eflags.SF, Eflags.DF, Eflags.OF
    };

    private final Random random;
    private final int base;

    CaseGenerator(long seed, int base) {
        this.random = new Random(seed);
        this.base = base;
    }

    /** How many rows are drawn from. */
    static int rows() {
        return FORMS.size();
    }

    /** The next case; draws until one is not omitted. */
    ProcessorCase next() {
        while (true) {
            Form form = FORMS.get(random.nextInt(FORMS.size()));
            byte[] code = bytes(form);
            Insn insn = Decoder.decode(code, 0, 32);
            if (insn.row == form.row && !Omissions.omits(insn)) {
                ProcessorCase drawn = state(insn, code);
                if (!OpenFlags.resultToo(insn, drawn.registers())) {
                    return drawn;
                }
            }
        }
    }

    // ---- bytes

    private byte[] bytes(Form form) {
        Encoding encoding = form.encoding;
        byte[] code = new byte[ProcessorCase.CODE];
        int at = prefixes(form, code);
        if (encoding.mandatory() > 0) {
            code[at++] = (byte) encoding.mandatory();
        }
        if (encoding.twoByte()) {
            code[at++] = 0x0f;
        }
        code[at++] = (byte) (encoding.opcode() | (encoding.plusRegister() ? random.nextInt(8) : 0));
        if (encoding.modRm() >= 0) {
            code[at++] = (byte) encoding.modRm();
        } else if (encoding.hasModRm()) {
            int mod = form.memoryOnly || random.nextInt(3) > 0 ? random.nextInt(3) : 3;
            int reg = encoding.digit() >= 0 ? encoding.digit() : random.nextInt(8);
            code[at++] = (byte) (mod << 6 | reg << 3 | random.nextInt(8));
        }
        boolean edges = random.nextInt(4) == 0;
        while (at < code.length) {
            code[at++] = (byte) (edges ? VALUES[random.nextInt(9)] : random.nextInt());
        }
        return code;
    }

    private int prefixes(Form form, byte[] code) {
        int at = 0;
        if (random.nextInt(4) == 0) {
            code[at++] = 0x66;
        }
        if (random.nextInt(7) == 0) {
            code[at++] = 0x67;
        }
        if (random.nextInt(10) == 0) {
            code[at++] = (byte) OVERRIDES[random.nextInt(6)];
        }
        if (random.nextInt(form.row.is(Attribute.LOCKABLE) ? 10 : 60) == 0) {
            code[at++] = (byte) 0xf0;
        }
        if (form.encoding.mandatory() <= 0 && random.nextInt(form.string ? 2 : 50) == 0) {
            code[at++] = (byte) (0xf2 + random.nextInt(2));
        }
        return at;
    }

    // ---- state

    private ProcessorCase state(Insn insn, byte[] code) {
        int[] registers = registers(insn);
        int[] segments = new int[4];
        for (int i = 0; i < 4; i++) {
            segments[i] = SEGMENTS[random.nextInt(SEGMENTS.length)];
        }
        if (Omissions.unordered(insn)) {
            oneFaultAtMost(insn, code, registers, segments);
        }
        int target = steer(insn, code, registers);
        int[] patches = {patch(target), patch(registers[Reg.ESP])};
        long[] contents = {contents(), contents()};
        if (random.nextInt(4) == 0) {
            patches[1] = patch(target + 8);
        }
        if (insn.row.mnemonic().startsWith("iret")) {
            returnFrame(insn, registers, patches, contents);
        }
        boolean step = insn.row.flow() != Flow.NEXT || random.nextInt(8) > 0;
        int flags = Eflags.ALWAYS_ONE | Eflags.IF | (step ? Eflags.TF : 0) | (random.nextInt(8) == 0 ? Eflags.AC : 0);
        for (int flag : FREE_FLAGS) {
            flags |= random.nextBoolean() ? flag : 0;
        }
        // what follows: a NOP, which a MOV SS lets through, and HLT, which ends a case that is not single-stepped
        code[insn.length] = (byte) 0x90;
        for (int i = insn.length + 1; i < code.length; i++) {
            code[i] = (byte) 0xf4;
        }
        int open = OpenFlags.after(insn, registers);
        return new ProcessorCase(insn, registers, flags, place(insn), segments, patches, code, contents, open);
    }

    private int[] registers(Insn insn) {
        int[] registers = new int[8];
        for (int i = 0; i < 8; i++) {
            registers[i] = value();
        }
        registers[Reg.ESP] = target();
        if (random.nextInt(3) > 0
                || insn.row.manual().equals("ENTER")
                || insn.row.manual().equals("LEAVE")) {
            // an offset that wraps past FFFFFFFF may or may not be a limit violation
            registers[Reg.EBP] = target();
        }
        if (insn.row.is(Attribute.REP)
                || insn.row.is(Attribute.REPZ)
                || insn.row.mnemonic().equals("xlatb")) {
            registers[Reg.ESI] = target();
            registers[Reg.EDI] = target();
            registers[Reg.EBX] = target();
            registers[Reg.ECX] = random.nextInt(10) > 0 ? random.nextInt(24) : value();
            if (insn.row.kind() == Sensitivity.IOPL_SENSITIVE && insn.has(Prefix.REP | Prefix.REPNE)) {
                // with a count of 0 some processors check the port's permission, the manual's loop does not
                registers[Reg.ECX] |= 1;
            }
        }
        if (BIT_OFFSETS.contains(insn.row.mnemonic()) && insn.op1 instanceof Operand.Gpr offset) {
            registers[offset.index()] = random.nextInt(0x4000) - 0x2000;
        }
        return registers;
    }

    private int value() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> random.nextInt();
            case 2 -> VALUES[random.nextInt(VALUES.length)];
            case 3 -> random.nextInt(256) << random.nextInt(25);
            case 4 -> target();
            default -> random.nextInt(8) == 0 ? SELECTORS[random.nextInt(SELECTORS.length)] : random.nextInt(64);
        };
    }

    /** An address worth going to: in the window, or across one of its edges. */
    private int target() {
        int near = random.nextInt(16) - 8;
        return base
                + switch (random.nextInt(10)) {
                    case 0 -> near;
                    case 1 -> 0x1000 + near;
                    case 2 -> 0x2000 + near;
                    case 3 -> 0x3000 + near;
                    case 4, 5 -> random.nextInt(0x3000);
                    case 6 -> random.nextInt(0x800) * 4;
                    default -> random.nextInt(0x2000);
                };
    }

    /** Makes the memory operand, where there is one, lead to a target; returns where it leads. */
    private int steer(Insn insn, byte[] code, int[] registers) {
        int target = target();
        Operand.Mem m = null;
        for (Operand operand : insn.operands) {
            m = operand instanceof Operand.Mem memory ? memory : m;
        }
        if (m == null) {
            return target;
        }
        int mask = m.addressBits() == 16 ? 0xffff : -1;
        if (m.base() < 0 && m.index() < 0) {
            displace(insn, code, target, m.addressBits());
        } else if (m.base() == m.index() || m.base() < 0) {
            int times = m.scale() + (m.base() < 0 ? 0 : 1);
            registers[m.index()] = Integer.divideUnsigned(target - m.disp() & mask, times);
        } else {
            int index = m.index() < 0 ? 0 : registers[m.index()] * m.scale();
            int value = target - m.disp() - index;
            registers[m.base()] = registers[m.base()] & ~mask | value & mask;
        }
        return target;
    }

    /** Rewrites the displacement, which stands before the immediates. */
    private static void displace(Insn insn, byte[] code, int target, int addressBits) {
        int at = insn.length - addressBits / 8;
        for (Operand operand : insn.operands) {
            at -= operand instanceof Operand.Imm imm && !insn.row.operands().contains("1") ? imm.bits() / 8 : 0;
        }
        for (int i = 0; i < addressBits / 8; i++) {
            code[at + i] = (byte) (target >> 8 * i);
        }
    }

    /** The offset of a patch at {@code la}, kept within the writable pages. */
    private int patch(int la) {
        return Math.clamp((long) la - base, 0, 0x2000 - 8);
    }

    private long contents() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> (long) value() << 32 | SELECTORS[random.nextInt(SELECTORS.length)];
            default -> (long) value() << 32 | value() & 0xffffffffL;
        };
    }

    /** EIP, CS and EFLAGS of an IRET to the same ring, with a selector that is often right. */
    private void returnFrame(Insn insn, int[] registers, int[] patches, long[] contents) {
        int cs = random.nextInt(4) > 0 ? 0x23 : SELECTORS[random.nextInt(SELECTORS.length)];
        patches[0] = patch(registers[Reg.ESP]);
        patches[1] = patch(registers[Reg.ESP] + 8);
        if (insn.opSize == 32) {
            contents[0] = (long) cs << 32 | value() & 0xffffffffL;
        } else {
            contents[0] = random.nextLong(0x10000) << 32 | (long) cs << 16 | random.nextInt(0x10000);
        }
    }

    /** See {@link Omissions#UNORDERED}. */
    private void oneFaultAtMost(Insn insn, byte[] code, int[] registers, int[] segments) {
        registers[Reg.ESP] = interior();
        if (insn.row.encoding().startsWith("CA")) {
            // some processors look at the stack beyond the released bytes first
            code[insn.length - 1] = 0;
            code[insn.length - 2] &= 0x7c;
        }
        if (random.nextBoolean()) {
            registers[Reg.EDI] = interior();
            segments[1] = 0x2b;
        } else {
            registers[Reg.ESI] = interior();
            java.util.Arrays.fill(segments, 0x2b);
        }
    }

    /** An aligned address with a few hundred accessible bytes on either side. */
    private int interior() {
        return base + 0x400 + random.nextInt(0x200) * 4;
    }

    private int place(Insn insn) {
        int page = base + 0x4000;
        // UD0 and UD1 have a ModRM byte for some processors only
        if (random.nextInt(64) == 0 && !insn.has(Prefix.LOCK) && insn.row.flow() != Flow.FAULT) {
            return page + 0x1000 - 1 - random.nextInt(insn.length);
        }
        return page + random.nextInt(0x1000 - ProcessorCase.CODE);
    }
}

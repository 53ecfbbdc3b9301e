package ringside.lab.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import ringside.arch.Reg;
import ringside.isa.InsnGenerator;
import ringside.isa.Operand;
import ringside.isa.Row;

/**
 * One piece being drawn: where its code goes, its source of chance, and where it will run.
 *
 * @param paging whether the program runs with paging on
 */
record Draw(Code code, SplittableRandom random, boolean user, boolean paging) {
    private static final int[] SAFE_PORTS = {0x80, 0xe9, 0x42, 0x61, 0x70, 0x71, 0xeb};

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    int pick(int... values) {
        return values[random.nextInt(values.length)];
    }

    /** An address where random data lies. */
    int data() {
        return Places.DATA + random.nextInt(Places.DATA_SIZE - 0x100);
    }

    /** A register other than ESP. */
    int register() {
        return pick(Reg.EAX, Reg.ECX, Reg.EDX, Reg.EBX, Reg.EBP, Reg.ESI, Reg.EDI);
    }

    /** A selector: of any descriptor there is, with any RPL; now and then of the LDT, null or beyond the table. */
    int selector() {
        int rpl = user ? pick(3, 3, 3, random.nextInt(4)) : pick(0, 0, 1, random.nextInt(4));
        return switch (random.nextInt(12)) {
            case 0 -> rpl;
            case 1 -> 0x200 | rpl;
            case 2, 3 -> random.nextInt(4) * 8 | 4 | rpl;
            case 4, 5, 6 -> (user ? Places.USER_DATA & ~3 : Places.KERNEL_DATA) | rpl;
            default -> random.nextInt(Places.LAST / 8 + 1) * 8 | rpl;
        };
    }

    /** A code segment selector for the ring the piece is in, mostly a good one. */
    int codeSelector() {
        int good = user ? Places.USER_CODE : Places.CODE;
        return chance(60) ? good : pick(Places.CODES);
    }

    // ---- rows of the instruction table

    /** Draws an instruction of {@code row}, mostly with operands that lead to data. */
    void row(Row row, int codeBits) {
        InsnGenerator.Draft draft = new InsnGenerator(random).draft(row, codeBits);
        boolean tame = chance(90);
        code.mov(Reg.ECX, random.nextInt(40));
        if (tame) {
            draft = new InsnGenerator.Draft(
                    draft.mnemonic(), draft.prefixes(), operands(row, draft.operands()), draft.codeBits());
            implicit(row);
        }
        prepare(draft.operands());
        code.draw(draft);
    }

    private List<Operand> operands(Row row, List<Operand> drawn) {
        List<Operand> tame = new ArrayList<>();
        for (Operand operand : drawn) {
            tame.add(
                    switch (operand) {
                        case Operand.Mem mem -> memory(mem);
                        case Operand.Imm imm
                        when row.mnemonic().equals("in") || row.mnemonic().equals("out") ->
                            new Operand.Imm(imm.bits(), pick(SAFE_PORTS));
                        default -> operand;
                    });
        }
        return tame;
    }

    private Operand memory(Operand.Mem mem) {
        boolean absolute = mem.base() < 0 && mem.index() < 0;
        boolean wide = mem.addressBits() == 32;
        int at = wide ? data() : Places.LOW_DATA + random.nextInt(Places.DATA_SIZE - 0x100);
        int displacement = absolute ? wide ? at : (short) at : random.nextInt(64);
        int seg = chance(85) ? Operand.Mem.defaultSegment(mem.base()) : mem.seg();
        return new Operand.Mem(mem.bits(), seg, mem.base(), mem.index(), mem.scale(), displacement, mem.addressBits());
    }

    /** Registers that memory operands are made of: base to data, index small. */
    private void prepare(List<Operand> operands) {
        for (Operand operand : operands) {
            if (operand instanceof Operand.Mem mem) {
                if (mem.index() >= 0 && mem.index() != Reg.ESP && mem.index() != mem.base()) {
                    code.mov(mem.index(), random.nextInt(16));
                }
                if (mem.base() >= 0 && mem.base() != Reg.ESP) {
                    code.mov(mem.base(), data());
                }
            }
        }
    }

    /** What instructions take from registers without naming them. */
    private void implicit(Row row) {
        switch (row.mnemonic().replaceAll("[{<].*", "")) {
            case "movs", "movsb", "cmps", "cmpsb", "stos", "stosb", "lods", "lodsb", "scas", "scasb" -> strings();
            case "ins", "insb", "outs", "outsb" -> {
                strings();
                code.mov(Reg.EDX, pick(SAFE_PORTS));
            }
            case "in", "out" -> code.mov(Reg.EDX, pick(SAFE_PORTS));
            case "div", "idiv" ->
                code.mov(Reg.EDX, 0).mov(Reg.EAX, random.nextInt(0x100)).mov(Reg.EBX, 0x1234567);
            case "xlatb" -> code.mov(Reg.EBX, data());
            case "leave" -> code.mov(Reg.EBP, Places.STACK - 0x40);
            case "rdmsr", "wrmsr" -> code.mov(Reg.ECX, pick(0x10, 0x174, 0x175, 0x176));
            default -> {}
        }
    }

    private void strings() {
        code.mov(Reg.ESI, data()).mov(Reg.EDI, data());
    }
}

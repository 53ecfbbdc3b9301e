package ringside.isa;

import static ringside.isa.OperandCode.Place.*;
import static ringside.isa.OperandCode.Register.*;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ringside.arch.Reg;

/**
 * The words a row may use for its operands: SDM vol. 2, appendix A.2, with a few of our own where the manual uses a
 * footnote.
 *
 * <p>First letter: {@code E} register or memory by ModRM, {@code R} register by ModRM.rm, {@code M} memory by ModRM,
 * {@code G S C D} register by ModRM.reg (general, segment, control, debug), {@code Z} register by the opcode's low
 * bits ({@code +r}), {@code I} immediate, {@code J} relative branch, {@code O} memory by absolute offset, {@code A} far
 * pointer, {@code P Q N} MMX (reg, rm, rm register only), {@code V W U} SSE (same), {@code ST STi} x87.
 * Then the width: {@code b} 8, {@code w} 16, {@code d} 32, {@code q} 64, {@code t} 80, {@code dq} 128, {@code v} or
 * {@code z} 16 or 32 by operand size.
 *
 * <p>What is peculiar:
 * <ul>
 *   <li>{@code Ib} zero-extended byte; {@code Ibs} byte sign-extended to the operand size (83 /n, 6A, 6B);
 *       {@code Iv} is another spelling of {@code Iz}; an immediate's value is zero-extended from the operand size.
 *   <li>{@code RvMw}: a register of operand size, but always 16 bits of memory (MOV r/m,Sreg, SLDT, STR, SMSW).
 *       {@code RdMw}: the same with a 32-bit register (PINSRW).
 *   <li>{@code M}, {@code Ma} (BOUND's pair), {@code Mp} (far pointer 16:v), {@code Ms} (6-byte table register):
 *       {@link Operand.Mem} with {@code bits} 0; the body knows what to load.
 *   <li>{@code Sw} as first operand refuses CS; numbers 6 and 7, CR1 and CR5-7 are invalid.
 *   <li>{@code Rd} beside {@code Cd} or {@code Dd} ignores ModRM.mod.
 *   <li>{@code AL AX eAX CL DX ES CS SS DS FS GS ST 1} are operands that a programmer writes and no byte encodes;
 *       {@code eAX} is AX or EAX, {@code DX} 16 bits, {@code 1} an immediate.
 *   <li>{@code Xb Xv Yb Yv Fv} say what a string instruction or PUSHF touches and make no {@link Operand}: use an
 *       empty operand list or these, as you like; {@link Insn#dataSegment} and {@code addrSize} say the rest.
 * </ul>
 */
public enum OperandCode {
    EB("Eb", RM, GPR, 8, 8),
    EW("Ew", RM, GPR, 16, 16),
    ED("Ed", RM, GPR, 32, 32),
    EV("Ev", RM, GPR, -1, -1),
    RV_MW("RvMw", RM, GPR, -1, 16),
    RD_MW("RdMw", RM, GPR, 32, 16),
    RW("Rw", RM_REGISTER, GPR, 16, 0),
    RD("Rd", RM_REGISTER, GPR, 32, 0),
    RV("Rv", RM_REGISTER, GPR, -1, 0),
    M("M", RM_MEMORY, NONE, 0, 0),
    MA("Ma", RM_MEMORY, NONE, 0, 0),
    MP("Mp", RM_MEMORY, NONE, 0, 0),
    MS("Ms", RM_MEMORY, NONE, 0, 0),
    MB("Mb", RM_MEMORY, NONE, 0, 8),
    MW("Mw", RM_MEMORY, NONE, 0, 16),
    MD("Md", RM_MEMORY, NONE, 0, 32),
    MV("Mv", RM_MEMORY, NONE, 0, -1),
    MQ("Mq", RM_MEMORY, NONE, 0, 64),
    MT("Mt", RM_MEMORY, NONE, 0, 80),
    MDQ("Mdq", RM_MEMORY, NONE, 0, 128),
    GB("Gb", REG, GPR, 8, 0),
    GW("Gw", REG, GPR, 16, 0),
    GD("Gd", REG, GPR, 32, 0),
    GV("Gv", REG, GPR, -1, 0),
    SW("Sw", REG, SEG, 16, 0),
    CD("Cd", REG, CR, 32, 0),
    DD("Dd", REG, DR, 32, 0),
    ZB("Zb", OPCODE, GPR, 8, 0),
    ZW("Zw", OPCODE, GPR, 16, 0),
    ZD("Zd", OPCODE, GPR, 32, 0),
    ZV("Zv", OPCODE, GPR, -1, 0),
    IB("Ib", IMMEDIATE, NONE, 8, 0),
    IBS("Ibs", IMMEDIATE_SIGNED, NONE, 8, 0),
    IW("Iw", IMMEDIATE, NONE, 16, 0),
    IZ("Iz", IMMEDIATE, NONE, -1, 0),
    JB("Jb", RELATIVE, NONE, 8, 0),
    JZ("Jz", RELATIVE, NONE, -1, 0),
    OB("Ob", OFFSET, NONE, 0, 8),
    OV("Ov", OFFSET, NONE, 0, -1),
    AP("Ap", FAR_POINTER, NONE, -1, 0),
    AL("AL", Reg.EAX, GPR, 8),
    AX("AX", Reg.EAX, GPR, 16),
    EAX("eAX", Reg.EAX, GPR, -1),
    CL("CL", Reg.ECX, GPR, 8),
    DX("DX", Reg.EDX, GPR, 16),
    ONE("1", 1, NONE, 8),
    ST("ST", 0, X87, 80),
    ES("ES", Reg.ES, SEG, 16),
    CS("CS", Reg.CS, SEG, 16),
    SS("SS", Reg.SS, SEG, 16),
    DS("DS", Reg.DS, SEG, 16),
    FS("FS", Reg.FS, SEG, 16),
    GS("GS", Reg.GS, SEG, 16),
    STI("STi", OPCODE, X87, 80, 0),
    PQ("Pq", REG, MMX, 64, 0),
    QQ("Qq", RM, MMX, 64, 64),
    QD("Qd", RM, MMX, 64, 32),
    NQ("Nq", RM_REGISTER, MMX, 64, 0),
    VDQ("Vdq", REG, SSE, 128, 0),
    WDQ("Wdq", RM, SSE, 128, 128),
    WQ("Wq", RM, SSE, 128, 64),
    WD("Wd", RM, SSE, 128, 32),
    UDQ("Udq", RM_REGISTER, SSE, 128, 0),
    IMPLIED("", FIXED, NONE, 0, 0);

    /** Where an operand stands in the bytes of an instruction. */
    public enum Place {
        RM,
        RM_REGISTER,
        RM_MEMORY,
        REG,
        OPCODE,
        IMMEDIATE,
        IMMEDIATE_SIGNED,
        RELATIVE,
        OFFSET,
        FAR_POINTER,
        FIXED
    }

    /** The file of registers an operand is chosen from. */
    public enum Register {
        NONE,
        GPR,
        SEG,
        CR,
        DR,
        X87,
        MMX,
        SSE
    }

    private static final Map<String, OperandCode> BY_WORD = words();

    /** As rows spell it. */
    public final String word;

    public final Place place;
    public final Register register;
    /** Width of the register or immediate; -1 by operand size. */
    public final int width;
    /** Width of the memory; -1 by operand size. */
    public final int memoryWidth;
    /** The register number of a {@link Place#FIXED} operand. */
    public final int fixed;

    OperandCode(String word, Place place, Register register, int width, int memoryWidth) {
        this(word, place, register, width, memoryWidth, 0);
    }

    OperandCode(String word, int fixed, Register register, int width) {
        this(word, FIXED, register, width, 0, fixed);
    }

    OperandCode(String word, Place place, Register register, int width, int memoryWidth, int fixed) {
        this.word = word;
        this.place = place;
        this.register = register;
        this.width = width;
        this.memoryWidth = memoryWidth;
        this.fixed = fixed;
    }

    /** The code spelled {@code word}; an unknown one is a defect of the row. */
    public static OperandCode of(String word) {
        OperandCode code = BY_WORD.get(word);
        if (code == null) {
            throw new IllegalArgumentException("unknown operand code '" + word + "'");
        }
        return code;
    }

    /** Whether ModRM can name a register for it. */
    public boolean acceptsRegister() {
        return place != RM_MEMORY;
    }

    /** Whether ModRM can name memory for it. */
    public boolean acceptsMemory() {
        return place == RM || place == RM_MEMORY;
    }

    public boolean usesModRm() {
        return acceptsMemory() || place == RM_REGISTER || place == REG;
    }

    /** Whether its meaning depends on the operand size. */
    public boolean sized() {
        return width == -1 || memoryWidth == -1 || this == IBS || this == MA || this == MP;
    }

    /** The code as an assembler programmer says it, such as {@code r/m32} or {@code imm8}. */
    public String spelled() {
        String size = width < 0 ? "16/32" : width == 0 ? "" : "" + width;
        String memory = memoryWidth < 0 ? "16/32" : memoryWidth == 0 ? "" : "" + memoryWidth;
        return switch (place) {
            case RM ->
                switch (register) {
                    case GPR -> size.equals(memory) ? "r/m" + size : "r" + size + "/m" + memory;
                    default -> registerWord() + "/m" + memory;
                };
            case RM_MEMORY -> "m" + memory;
            case RM_REGISTER, REG, OPCODE -> register == GPR ? "r" + size : registerWord();
            case IMMEDIATE, IMMEDIATE_SIGNED -> "imm" + size;
            case RELATIVE -> "label";
            case OFFSET -> "[offset]";
            case FAR_POINTER -> "selector:offset";
            case FIXED -> this == EAX ? "ax/eax" : word.toLowerCase(java.util.Locale.ROOT);
        };
    }

    private String registerWord() {
        return switch (register) {
            case SEG -> "sreg";
            case CR -> "cr";
            case DR -> "dr";
            case X87 -> "st";
            case MMX -> "mm";
            default -> "xmm";
        };
    }

    private static Map<String, OperandCode> words() {
        Map<String, OperandCode> map = Stream.of(values()).collect(Collectors.toMap(c -> c.word, Function.identity()));
        map.put("Iv", IZ);
        map.put("Jv", JZ);
        Stream.of("Xb", "Xv", "Yb", "Yv", "Fv").forEach(word -> map.put(word, IMPLIED));
        return Map.copyOf(map);
    }
}

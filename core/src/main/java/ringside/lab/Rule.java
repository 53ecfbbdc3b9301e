package ringside.lab;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import ringside.arch.Reg;
import ringside.isa.Insn;
import ringside.isa.Operand;

/**
 * Why an instruction does something else in an outer ring than in ring 0, and does not tell the VMM.
 *
 * <p>Documentation of results, never an input to a mode: no VMM asks this table what to do.
 *
 * @param mnemonics the rows it speaks of
 * @param when narrows them by their operands
 * @param change the virtual value it explains, or empty for any: {@code virtual IOPL}
 * @param ring the kernel's real ring it speaks of, or 0 for any
 * @param why with {@code {ring}} for the real CPL and {@code {iopl}} for the real IOPL
 * @param manual section of SDM vol. 2
 */
record Rule(List<String> mnemonics, Predicate<Insn> when, String change, int ring, String why, String manual) {
    private static final String AUTHORS = "Robin & Irvine 2000; SDM vol. 2, ";
    private static final Predicate<Insn> ALWAYS = insn -> true;
    private static final Predicate<Insn> FAR = insn -> insn.row.flow() == ringside.isa.Flow.FAR;

    /** First match counts. */
    static final List<Rule> ALL = List.of(
            rule(
                    "popf",
                    ALWAYS,
                    "virtual IF",
                    "CPL {ring} > IOPL {iopl}: POPF drops the change of IF and does not trap, so the VMM never hears of it",
                    "POPF"),
            rule(
                    "popf",
                    ALWAYS,
                    "virtual IOPL",
                    "CPL {ring} > 0: POPF drops the change of IOPL and does not trap, so the VMM never hears of it",
                    "POPF"),
            rule(
                    "popf",
                    ALWAYS,
                    "",
                    "POPF acts on the real IF and IOPL, as far as CPL {ring} lets it, and does not trap",
                    "POPF"),
            rule(
                    "pushf",
                    ALWAYS,
                    "",
                    "PUSHF stores the real IF, which is 1, and the real IOPL {iopl}; it does not trap",
                    "PUSHF"),
            rule("sgdt", ALWAYS, "", "SGDT faults at no CPL: it stores base and limit of the VMM's GDT", "SGDT"),
            rule("sidt", ALWAYS, "", "SIDT faults at no CPL: it stores base and limit of the VMM's IDT", "SIDT"),
            rule("sldt", ALWAYS, "", "SLDT faults at no CPL: it stores the VMM's LDT selector", "SLDT"),
            rule("str", ALWAYS, "", "STR faults at no CPL: it stores the VMM's TR selector", "STR"),
            rule("smsw", ALWAYS, "", "SMSW faults at no CPL: it stores the real CR0", "SMSW"),
            rule(
                    "lar",
                    ALWAYS,
                    "",
                    "LAR reads the shadow descriptor: DPL {ring} for 0, A and P as the VMM filled them, no gates",
                    "LAR"),
            rule("lsl", ALWAYS, "", "LSL reads the shadow descriptor, whose limit ends below the VMM's region", "LSL"),
            rule("verr verw", ALWAYS, "", "the check is made with the real CPL {ring} and the shadow's DPL", "VERR"),
            rule("mov", reads(Reg.CS, Reg.SS), "", "the stored selector has the real RPL {ring}", "MOV"),
            rule(
                    "mov",
                    writesSegment(),
                    "",
                    "the load is checked with the real CPL {ring} and the shadow's DPL",
                    "MOV"),
            rule("push", reads(Reg.CS, Reg.SS), "", "the pushed selector has the real RPL {ring}", "PUSH"),
            rule(
                    "pop",
                    writesSegment(),
                    "",
                    "the load is checked with the real CPL {ring} and the shadow's DPL",
                    "POP"),
            rule(
                    "lds les lfs lgs lss",
                    ALWAYS,
                    "",
                    "the load is checked with the real CPL {ring} and the shadow's DPL",
                    "LDS"),
            rule("call", FAR, "", "the pushed CS has the real RPL {ring}; privilege is judged on the real CPL", "CALL"),
            rule("jmp", FAR, "", "privilege is judged on the real CPL {ring}", "JMP"),
            rule("retf", FAR, "", "privilege and stack switch are judged on the real CPL {ring}", "RET"),
            new Rule(
                    List.of("iret", "retf"),
                    ALWAYS,
                    "ss",
                    3,
                    "CPL 3 to ring 3 is a return within the ring: SS:ESP are not popped, and nothing traps",
                    "IRET"),
            rule(
                    "iret",
                    ALWAYS,
                    "virtual IF",
                    "CPL {ring} > IOPL {iopl}: IRET drops IF of its frame and does not trap, so the VMM never hears of it",
                    "IRET"),
            rule(
                    "iret",
                    ALWAYS,
                    "",
                    "IRET judges privilege on the real CPL {ring} and drops IF and IOPL of its frame without a trap",
                    "IRET"),
            rule(
                    "int",
                    ALWAYS,
                    "",
                    "the VMM's gate has DPL 0: INT n faults at CPL {ring}, and the fault was reflected",
                    "INT n"));

    private static Rule rule(String mnemonics, Predicate<Insn> when, String change, String why, String manual) {
        return new Rule(Arrays.asList(mnemonics.split(" ")), when, change, 0, why, manual);
    }

    private static Predicate<Insn> reads(int... segments) {
        return insn -> insn.operands.stream()
                .skip(insn.operands.size() - 1L)
                .anyMatch(operand -> operand instanceof Operand.Seg seg
                        && Arrays.stream(segments).anyMatch(one -> one == seg.index()));
    }

    private static Predicate<Insn> writesSegment() {
        return insn -> insn.op0 instanceof Operand.Seg;
    }

    /** The instruction's name whatever its operand size: {@code popf} for POPFD. */
    static String word(Insn insn) {
        return insn.row.mnemonic().replaceAll("[{<].*?[}>]", "").replace(" far", "");
    }

    /** The rule that explains {@code changes} after {@code insn}, with the guest kernel in real ring {@code ring}. */
    static Optional<Rule> find(Insn insn, List<Difference> changes, int ring) {
        return ALL.stream()
                .filter(rule -> rule.mnemonics.contains(word(insn)) && rule.when.test(insn))
                .filter(rule -> rule.ring == 0 || rule.ring == ring)
                .filter(rule -> rule.change.isEmpty()
                        || changes.stream().anyMatch(change -> change.name().equals(rule.change)))
                .findFirst();
    }

    /** The rule in words, for a kernel in real ring {@code ring}. */
    String why(int ring, int iopl) {
        return why.replace("{ring}", Integer.toString(ring)).replace("{iopl}", Integer.toString(iopl));
    }

    String source() {
        return AUTHORS + manual;
    }
}

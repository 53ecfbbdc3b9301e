package ringside.oracle.processor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import ringside.isa.Attribute;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Prefix;
import ringside.isa.Row;

/** What the comparison with the host's processor leaves out, each with its reason. */
final class Omissions {
    /** @param reason why the host cannot be the judge */
    record Omission(String reason, Predicate<Row> of) {}

    /** Rows that are never drawn. */
    static final List<Omission> ROWS = List.of(
            named("the host has its own identity and time", "cpuid", "rdtsc", "rdpmc"),
            named("UMIP of the host, or its kernel's imitation, answers", "sgdt", "sidt", "sldt", "str", "smsw"),
            named("enters the host's kernel, or is #UD on AMD in long mode", "sysenter", "sysexit"),
            named("the host's own hypervisor would hear it", "vmcall"),
            new Omission(
                    "x87, MMX and SSE do not execute yet",
                    row -> row.is(Attribute.FLOATING) || row.mnemonic().equals("fwait")));

    /**
     * Instructions whose several accesses the manual does not order, so that which of two faults wins is open, as is what
     * was loaded or stored by then: their stack, or all but one of their operands, never faults.
     */
    static final List<String> UNORDERED = List.of("popa{w|d|}", "iret{w|d|}", "retf", "call far", "cmpsb", "cmps{w|d}");

    /** Instructions that are drawn and then dropped. */
    static final Map<String, Predicate<Insn>> INSTRUCTIONS = instructions();

    private Omissions() {}

    private static Omission named(String reason, String... mnemonics) {
        List<String> names = List.of(mnemonics);
        return new Omission(reason, row -> names.contains(row.mnemonic()));
    }

    static boolean omits(Row row) {
        return ROWS.stream().anyMatch(omission -> omission.of().test(row));
    }

    static boolean omits(Insn insn) {
        return INSTRUCTIONS.values().stream().anyMatch(test -> test.test(insn));
    }

    /** See {@link #UNORDERED}; a direct far call counts. */
    static boolean unordered(Insn insn) {
        return UNORDERED.contains(insn.row.mnemonic()) || insn.row.operands().contains("Ap");
    }

    private static Map<String, Predicate<Insn>> instructions() {
        Map<String, Predicate<Insn>> map = new LinkedHashMap<>();
        map.put("int 80h is the host's system call", i -> i.row.mnemonic().equals("int") && i.op0.read(null) == 0x80);
        map.put(
                "F2 and F3 select later extensions in the 0F map (TZCNT, LZCNT, BND...)",
                i -> i.has(Prefix.REP | Prefix.REPNE) && i.row.encoding().startsWith("0F"));
        map.put(
                "LOCK MOV CR0 is CR8 on AMD",
                i -> i.has(Prefix.LOCK) && i.operands.stream().anyMatch(o -> o instanceof Operand.Cr));
        map.put(
                "F2 and F3 before LOOPcc replace its condition on some processors",
                i -> i.has(Prefix.REP | Prefix.REPNE) && i.row.mnemonic().startsWith("loop"));
        map.put(
                "INT1: the hosting hypervisor reports the wrong EIP",
                i -> i.row.mnemonic().equals("int1"));
        map.put(
                "LAR leaves bits 16-19 of a 32-bit destination open",
                i -> i.row.mnemonic().equals("lar") && i.opSize == 32);
        return map;
    }
}

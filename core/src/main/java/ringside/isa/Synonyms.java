package ringside.isa;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Other names and abbreviated operand lists that assembler programmers use. */
final class Synonyms {
    /** Synonym to the name that the rows use. */
    static final Map<String, String> NAMES = names();

    private Synonyms() {}

    static String canonical(String mnemonic) {
        return NAMES.getOrDefault(mnemonic, mnemonic);
    }

    /** {@code operands} with what a programmer may leave out put in, or the same list where there is nothing to add. */
    static List<Operand> abbreviated(String name, List<Operand> operands) {
        return switch (name) {
            case "imul" ->
                operands.size() == 2 && operands.get(1) instanceof Operand.Imm
                        ? List.of(operands.get(0), operands.get(0), operands.get(1))
                        : operands;
            case "aam", "aad" -> operands.isEmpty() ? List.of(new Operand.Imm(8, 10)) : operands;
            default -> name.startsWith("f") ? abbreviatedX87(name, operands) : operands;
        };
    }

    /** {@code fadd st1} is {@code fadd st0, st1}; {@code faddp} is {@code faddp st1, st0}; {@code fxch} is {@code fxch st1}. */
    private static List<Operand> abbreviatedX87(String name, List<Operand> operands) {
        Operand st0 = new Operand.St(0);
        Operand st1 = new Operand.St(1);
        boolean pops = name.endsWith("p") && !name.startsWith("fcom") && !name.startsWith("fucom");
        if (operands.isEmpty()) {
            boolean one = name.startsWith("fcom") || name.startsWith("fucom") || name.equals("fxch");
            return one && !name.contains("omi") ? List.of(st1) : pops ? List.of(st1, st0) : List.of(st0, st1);
        }
        boolean single = operands.size() == 1 && operands.getFirst() instanceof Operand.St;
        return !single ? operands : pops ? List.of(operands.getFirst(), st0) : List.of(st0, operands.getFirst());
    }

    private static Map<String, String> names() {
        Map<String, String> map = new TreeMap<>();
        for (int cc = 0; cc < 16; cc++) {
            for (String synonym : Condition.synonyms(cc)) {
                for (String stem : List.of("j", "set", "cmov")) {
                    map.put(stem + synonym, stem + Condition.NAMES.get(cc));
                }
            }
        }
        map.put("sal", "shl");
        map.put("retn", "ret");
        map.put("xlat", "xlatb");
        map.put("loopz", "loope");
        map.put("loopnz", "loopne");
        map.put("wait", "fwait");
        map.put("icebp", "int1");
        map.put("int01", "int1");
        map.put("int03", "int3");
        map.put("ud2a", "ud2");
        return map;
    }
}

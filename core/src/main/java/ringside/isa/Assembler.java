package ringside.isa;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.isa.Opcodes.Form;
import ringside.isa.table.InstructionTable;

/**
 * Mnemonic and operands to bytes, by the table's rows: the shortest encoding, as {@code nasm -O} chooses it.
 *
 * <p>Sizes come from registers, from a memory operand's or immediate's {@code bits} (0: not said), from the mnemonic
 * ({@code movsd}) or from {@link Prefix#OPERAND_SIZE} among the prefixes, which means "not the code's default size".
 * Prefixes that the operands make necessary need not be given. What the encodings cannot express is a
 * {@link RingsideException} that lists the forms that exist.
 */
public final class Assembler {
    /** How far a branch to a label may be made to reach. */
    public enum Reach {
        SHORTEST,
        SHORT,
        NEAR
    }

    /** Operand order does not matter: nasm takes both and encodes what exists. */
    private static final Set<String> COMMUTATIVE = Set.of("xchg", "test");

    private static final Map<String, List<Form>> FORMS = index();

    private Assembler() {}

    /** Every name this assembler knows, synonyms included, sorted. */
    public static Set<String> mnemonics() {
        Set<String> names = new TreeSet<>(FORMS.keySet());
        names.addAll(Synonyms.NAMES.keySet());
        return names;
    }

    /** Whether {@code mnemonic} (lower case) is an instruction. */
    public static boolean knows(String mnemonic) {
        return FORMS.containsKey(Synonyms.canonical(mnemonic));
    }

    /** Whether {@code mnemonic} has a form that takes a label. */
    public static boolean isBranch(String mnemonic) {
        return FORMS.getOrDefault(Synonyms.canonical(mnemonic), List.of()).stream()
                .anyMatch(f -> f.encoding.operands().stream().anyMatch(c -> c.place == OperandCode.Place.RELATIVE));
    }

    /** The operand forms of {@code mnemonic}, as a user reads them; empty for an unknown one. */
    public static List<String> forms(String mnemonic) {
        return FORMS.getOrDefault(Synonyms.canonical(mnemonic), List.of()).stream()
                .map(f ->
                        f.encoding.operands().stream().map(OperandCode::spelled).collect(Collectors.joining(", ")))
                .map(text -> text.isEmpty() ? "no operands" : text)
                .distinct()
                .toList();
    }

    /**
     * The shortest bytes for an instruction.
     *
     * @param prefixes {@link Prefix} bits that the programmer wrote
     * @param codeBits 16 or 32, by CS.D
     */
    public static byte[] assemble(String mnemonic, int prefixes, List<Operand> operands, int codeBits) {
        String name = Synonyms.canonical(mnemonic);
        List<Form> forms = FORMS.get(name);
        if (forms == null) {
            throw unknown(mnemonic);
        }
        byte[] best = shortest(name, forms, prefixes, operands, codeBits);
        if (COMMUTATIVE.contains(name) && operands.size() == 2) {
            byte[] other = shortest(name, forms, prefixes, operands.reversed(), codeBits);
            best = best == null || other != null && other.length < best.length ? other : best;
        }
        List<Operand> full = best == null ? Synonyms.abbreviated(name, operands) : operands;
        if (best == null && full != operands) {
            best = shortest(name, forms, prefixes, full, codeBits);
        }
        if (best == null) {
            throw noForm(mnemonic, operands);
        }
        return best;
    }

    /** A branch at {@code eip} to {@code target}, both offsets in the code segment. */
    public static byte[] assembleBranch(String mnemonic, int prefixes, int eip, int target, int codeBits, Reach reach) {
        int opSize = (prefixes & Prefix.OPERAND_SIZE) != 0 ? 48 - codeBits : codeBits;
        boolean canShort = hasForm(mnemonic, OperandCode.JB);
        boolean canNear = hasForm(mnemonic, OperandCode.JZ);
        if (canShort && reach != Reach.NEAR || !canNear) {
            int length = assemble(mnemonic, prefixes, List.of(new Operand.Rel(8, 0)), codeBits).length;
            int distance = distance(target - eip - length, opSize);
            if (distance == (byte) distance) {
                return assemble(mnemonic, prefixes, List.of(new Operand.Rel(8, distance)), codeBits);
            }
            if (reach == Reach.SHORT || !canNear) {
                throw new RingsideException(
                        "'" + mnemonic + "' reaches -128 to 127 bytes, the target is " + distance + " away",
                        "",
                        canNear ? "leave out 'short'" : "jump over a near 'jmp', or move the target closer");
            }
        }
        int length = assemble(mnemonic, prefixes, List.of(new Operand.Rel(opSize, 0)), codeBits).length;
        int distance = distance(target - eip - length, opSize);
        return assemble(mnemonic, prefixes, List.of(new Operand.Rel(opSize, distance)), codeBits);
    }

    private static int distance(int difference, int opSize) {
        return opSize == 16 ? (short) difference : difference;
    }

    private static boolean hasForm(String mnemonic, OperandCode code) {
        return FORMS.getOrDefault(Synonyms.canonical(mnemonic), List.of()).stream()
                .anyMatch(f -> f.encoding.operands().equals(List.of(code)));
    }

    // ---- choosing a form

    private static byte[] shortest(String name, List<Form> forms, int prefixes, List<Operand> operands, int codeBits) {
        byte[] best = null;
        Set<Integer> memoryWidths = new TreeSet<>();
        for (Form form : forms) {
            for (int opSize : new int[] {codeBits, 48 - codeBits}) {
                Match match = Match.of(form, name, prefixes, operands, codeBits, opSize);
                if (match == null) {
                    continue;
                }
                byte[] bytes = match.encode();
                if (bytes == null) {
                    continue;
                }
                if (match.openMemoryWidth() >= 0) {
                    memoryWidths.add(match.openMemoryWidth());
                }
                if (best == null || bytes.length < best.length || bytes.length == best.length && match.signExtends()) {
                    best = bytes;
                }
            }
        }
        if (memoryWidths.size() > 1) {
            throw new RingsideException(
                    "the size of the memory operand of '" + name + "' is not said",
                    "",
                    "write " + memoryWidths.stream().map(Disassembler::sizeWord).collect(Collectors.joining(" or "))
                            + " before the bracket");
        }
        return best;
    }

    private static Map<String, List<Form>> index() {
        Map<String, List<Form>> map = new LinkedHashMap<>();
        for (Row row : InstructionTable.ROWS) {
            if (!row.is(Attribute.ALIAS)) {
                Form form = new Form(row);
                for (String name : new Mnemonic(row.mnemonic()).names()) {
                    map.computeIfAbsent(name, n -> new ArrayList<>()).add(form);
                }
            }
        }
        return map;
    }

    // ---- what to tell the user

    private static RingsideException unknown(String mnemonic) {
        return new RingsideException(
                "unknown instruction '" + mnemonic + "'", "", NearMiss.hint(mnemonic, mnemonics(), ""));
    }

    private static RingsideException noForm(String mnemonic, List<Operand> operands) {
        String given = operands.isEmpty()
                ? "no operands"
                : operands.stream().map(Disassembler::operandText).collect(Collectors.joining(", "));
        return new RingsideException(
                "'" + mnemonic + "' does not take " + given,
                "",
                "its forms are: " + String.join(" | ", forms(mnemonic)));
    }
}

package ringside.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.isa.table.InstructionTable;

/** For every row, random operands: our bytes are nasm's, or decode to the same instruction. */
class AssemblerAgainstNasmTest {
    private static final int DRAFTS_PER_ROW = 70;

    /** What nasm does not encode, by row mnemonic, with the reason. */
    private static final Map<String, String> NOT_BY_NASM = Map.of(
            "bswap", "undefined with 16 bits: nasm has the 32-bit form alone",
            "movzx", "nasm has no 16-bit source for a 16-bit destination",
            "movsx", "nasm has no 16-bit source for a 16-bit destination");

    /** Our text where nasm wants another spelling: it gives these memory operands no size. */
    private static final Pattern UNSIZED =
            Pattern.compile("(punpckl(bw|wd|dq)|pmuludq|psubq|pshuf[wd]|pshuf[hl]w|clflush|cmpsd) .*", Pattern.DOTALL);

    @BeforeAll
    static void nasm_is_installed() {
        Oracle.need("nasm");
    }

    private record Case(Row row, InsnGenerator.Draft draft, byte[] bytes, Insn insn) {
        /** The line for nasm: branches relative to {@code $}, scaled indexes as we encode them. */
        String line() {
            String text = Disassembler.text(insn, 0);
            if (insn.op0 instanceof Operand.Rel rel) {
                int distance = insn.length + rel.displacement();
                text = text.replaceFirst("0x[0-9a-f]+$", distance < 0 ? "\\$-" + -(long) distance : "\\$+" + distance);
            }
            text = text.replaceFirst("\\[([c-gs]s:)?(e..\\*[12])([^+]|\\+0x|-)", "[$1nosplit $2$3");
            return UNSIZED.matcher(text).matches() ? text.replaceFirst("\\b(byte|[dqo]?word) \\[", "[") : text;
        }

        String describe(Oracle.Assembled nasm) {
            return line() + "   ours " + HexFormat.of().formatHex(bytes) + "   nasm "
                    + (nasm.error() != null ? nasm.error() : HexFormat.of().formatHex(nasm.slot()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void bytes_of_every_row_are_those_of_nasm(int codeBits) throws Exception {
        List<Case> cases = drafts(codeBits);
        List<Oracle.Assembled> byNasm =
                Oracle.nasm(cases.stream().map(Case::line).toList(), codeBits);
        int same = 0;
        int equivalent = 0;
        int refused = 0;
        List<String> wrong = new ArrayList<>();
        for (int n = 0; n < cases.size(); n++) {
            Case c = cases.get(n);
            Oracle.Assembled nasm = byNasm.get(n);
            if (nasm.error() != null) {
                refused++;
                if (!NOT_BY_NASM.containsKey(c.row.mnemonic())) {
                    wrong.add(c.describe(nasm));
                }
            } else if (sameBytes(c.bytes, nasm.slot())) {
                same++;
            } else if (sameInstruction(c, nasm.slot())) {
                equivalent++;
            } else {
                wrong.add(c.describe(nasm));
            }
        }
        System.out.printf(
                "nasm, %d-bit code: %d instructions: %d same bytes, %d other bytes for the same instruction, "
                        + "%d not encoded by nasm, %d wrong%n",
                codeBits, cases.size(), same, equivalent, refused, wrong.size());
        assertThat(cases).hasSizeGreaterThan(50_000);
        assertThat(wrong.stream().limit(60)).isEmpty();
    }

    private static List<Case> drafts(int codeBits) {
        InsnGenerator generator = new InsnGenerator(new SplittableRandom(codeBits));
        List<Case> cases = new ArrayList<>();
        for (Row row : InstructionTable.ROWS) {
            for (int n = 0; n < DRAFTS_PER_ROW && !row.is(Attribute.ALIAS); n++) {
                InsnGenerator.Draft draft = generator.draft(row, codeBits);
                byte[] bytes = draft.assemble();
                Insn insn = Decoder.decode(bytes, 0, codeBits);
                cases.add(new Case(row, draft, bytes, insn));
            }
        }
        return cases;
    }

    private static boolean sameBytes(byte[] ours, byte[] slot) {
        return Arrays.equals(Arrays.copyOf(slot, ours.length), ours) && filled(slot, ours.length);
    }

    private static boolean filled(byte[] slot, int from) {
        for (int k = from; k < slot.length; k++) {
            if (slot[k] != (byte) 0x90) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameInstruction(Case c, byte[] slot) {
        Insn other = Decoder.decode(slot, 0, c.draft.codeBits());
        boolean swapped = c.insn.row.mnemonic().equals("xchg")
                && other.operands.reversed().equals(c.insn.operands);
        return filled(slot, other.length)
                && other.mnemonic().equals(c.insn.mnemonic())
                && (swapped || other.operands.equals(c.insn.operands));
    }

    @Test
    void every_draft_decodes_to_the_instruction_that_was_asked_for() {
        Map<String, String> wrong = new TreeMap<>();
        int count = 0;
        for (int codeBits : new int[] {16, 32}) {
            for (Case c : drafts(codeBits)) {
                count++;
                boolean same = c.insn.mnemonic().equals(c.draft.mnemonic())
                        && c.insn.operands.equals(c.draft.operands())
                        && c.insn.length == c.bytes.length;
                if (!same && !sameByAnotherRow(c)) {
                    wrong.put(c.row.toString(), c.draft + " became " + Disassembler.text(c.insn, 0));
                }
            }
        }
        System.out.println("assemble, decode: " + count + " instructions, " + wrong.size() + " rows wrong");
        assertThat(wrong).isEmpty();
    }

    /** A shorter row for the same thing: the text reads alike though an immediate is encoded in fewer bits. */
    private static boolean sameByAnotherRow(Case c) {
        boolean noExchange =
                c.insn.row.mnemonic().equals("nop") && c.row.mnemonic().equals("xchg");
        boolean otherImmediate = c.insn.mnemonic().equals(c.draft.mnemonic())
                && c.insn.operands.size() == c.draft.operands().size()
                && sameValues(c.insn.operands, c.draft.operands());
        boolean exchanged = c.insn.row.mnemonic().equals("xchg")
                && c.insn.operands.equals(c.draft.operands().reversed());
        return noExchange || otherImmediate || exchanged;
    }

    private static boolean sameValues(List<Operand> a, List<Operand> b) {
        for (int k = 0; k < a.size(); k++) {
            boolean same = a.get(k) instanceof Operand.Imm x && b.get(k) instanceof Operand.Imm y
                    ? x.value() == y.value()
                    : a.get(k).equals(b.get(k));
            if (!same) {
                return false;
            }
        }
        return true;
    }
}

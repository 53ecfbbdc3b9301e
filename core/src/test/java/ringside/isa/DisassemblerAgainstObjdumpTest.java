package ringside.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.isa.table.InstructionTable;

/** For every row, random operands: our disassembly says what objdump's says, length included. */
class DisassemblerAgainstObjdumpTest {
    private static final int DRAFTS_PER_ROW = 70;

    /** Where objdump errs, by row mnemonic, with the reason. */
    private static final Map<String, String> WRONG_IN_OBJDUMP = Map.of(
            "salc", "not in Intel's manual; every IA-32 processor has it",
            "nop", "90 with an operand-size prefix is shown as the exchange of a register with itself");

    @BeforeAll
    static void objdump_is_installed() {
        Oracle.need("objdump");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void text_of_every_row_is_that_of_objdump(int codeBits) throws Exception {
        InsnGenerator generator = new InsnGenerator(new SplittableRandom(7 + codeBits));
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        TreeMap<Integer, Insn> ours = new TreeMap<>();
        for (Row row : InstructionTable.ROWS) {
            for (int n = 0; n < DRAFTS_PER_ROW && !row.is(Attribute.ALIAS); n++) {
                byte[] bytes = generator.draft(row, codeBits).assemble();
                ours.put(code.size(), Decoder.decode(bytes, 0, codeBits));
                code.write(bytes);
                if (row.mnemonic().equals("fwait")) {
                    code.write(0x90);
                }
            }
        }
        compare(code.toByteArray(), ours, codeBits);
    }

    private static void compare(byte[] code, TreeMap<Integer, Insn> ours, int codeBits) throws Exception {
        TreeMap<Integer, Oracle.Listed> theirs = Oracle.objdump(code, codeBits);
        int same = 0;
        int excepted = 0;
        Map<String, String> wrong = new TreeMap<>();
        for (Map.Entry<Integer, Insn> entry : ours.entrySet()) {
            Insn i = entry.getValue();
            Oracle.Listed line = theirs.get(entry.getKey());
            String our = ObjdumpText.ofOurs(i, entry.getKey(), codeBits);
            String their = line == null ? "nothing" : ObjdumpText.ofObjdump(line.text(), codeBits);
            if (line != null && line.length() == i.length && our.equals(ObjdumpText.branchKeptTo16(i, their))) {
                same++;
            } else if (WRONG_IN_OBJDUMP.containsKey(i.row.mnemonic())) {
                excepted++;
            } else {
                wrong.put(
                        i.row.toString(),
                        HexFormat.of().formatHex(code, entry.getKey(), entry.getKey() + i.length) + "  ours: " + our
                                + "  objdump: " + their + (line == null ? "" : " (" + line.text() + ")"));
            }
        }
        System.out.printf(
                "objdump, %d-bit code: %d instructions: %d the same, %d excepted, %d wrong%n",
                codeBits, ours.size(), same, excepted, ours.size() - same - excepted);
        assertThat(wrong.values()).isEmpty();
        assertThat(ours).hasSizeGreaterThan(50_000);
    }
}

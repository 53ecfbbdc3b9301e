package ringside.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import ringside.isa.table.InstructionTable;

class InstructionTableTest {
    /** The 80386, 80486 and Pentium integer and system instructions and what the project adds to them. */
    private static final String INTEGER_AND_SYSTEM = """
            aaa aad aam aas adc add and arpl bound bsf bsr bswap bt btc btr bts call cbw cdq clc cld cli clts cmc cmp cmpsb
            cmpsd cmpsw cmpxchg cmpxchg8b cpuid cwd cwde daa das dec div enter hlt idiv imul in inc insb insd insw int int1
            int3 into invd invlpg iretd iretw jcxz jecxz jmp lahf lar lds lea leave les lfs lgdt lgs lidt lldt lmsw lodsb
            lodsd lodsw loop loope loopne lsl lss ltr mov movsb movsd movsw movsx movzx mul neg nop not or out outsb outsd
            outsw pop popad popaw popfd popfw push pushad pushaw pushfd pushfw rcl rcr rdmsr rdpmc rdtsc ret retf rol ror
            sahf salc sar sbb scasb scasd scasw sgdt shl shld shr shrd sidt sldt smsw stc std sti stosb stosd stosw str sub
            sysenter sysexit test ud2 verr verw wbinvd wrmsr xadd xchg xlatb xor fwait
            """;

    /** Those of {@code wanted} that the assembler does not know. */
    private static Set<String> missing(Set<String> wanted) {
        wanted.removeAll(Assembler.mnemonics());
        return wanted;
    }

    @Test
    void the_whole_integer_and_system_set_is_there() {
        Set<String> wanted = new TreeSet<>(List.of(INTEGER_AND_SYSTEM.strip().split("\\s+")));
        for (String condition : Condition.NAMES) {
            List.of("j", "set", "cmov").forEach(stem -> wanted.add(stem + condition));
        }
        assertThat(missing(wanted)).isEmpty();
    }

    @Test
    void conditions_have_all_their_names() {
        Set<String> wanted = new TreeSet<>();
        for (String synonym : "c nae nb nc e ne na nbe pe po nge nl ng nle".split(" ")) {
            List.of("j", "set", "cmov").forEach(stem -> wanted.add(stem + synonym));
        }
        assertThat(missing(wanted)).isEmpty();
    }

    /** By opcode map of SDM appendix A: the bytes of the first map that this table leaves out: prefixes alone. */
    @Test
    void every_byte_of_the_first_opcode_map_can_begin_an_instruction() {
        List<String> empty = new ArrayList<>();
        for (int opcode = 0; opcode < 256; opcode++) {
            if (opcode != 0x0f && !beginsInstruction((byte) opcode)) {
                empty.add(Integer.toHexString(opcode));
            }
        }
        assertThat(empty).isEmpty();
    }

    private static boolean beginsInstruction(byte opcode) {
        for (int modRm = 0; modRm < 256; modRm++) {
            byte[] code = new byte[16];
            Arrays.fill(code, (byte) 0x90);
            code[0] = opcode;
            code[1] = (byte) modRm;
            if (Decoder.decode(code, 0, 32).isValid()) {
                return true;
            }
        }
        return false;
    }

    @Test
    void no_row_is_hidden_by_another() {
        List<String> hidden = new ArrayList<>();
        for (Row row : InstructionTable.ROWS) {
            if (!reachable(row)) {
                hidden.add(row.toString());
            }
        }
        assertThat(hidden).isEmpty();
    }

    /** Whether some bytes decode to {@code row}. */
    private static boolean reachable(Row row) {
        Encoding e = Encoding.of(row);
        for (int modRm = 0; modRm < 256; modRm++) {
            for (int r = 0; r < 8; r++) {
                byte[] code = new byte[16];
                int n = 0;
                if (e.mandatory() > 0) {
                    code[n++] = (byte) e.mandatory();
                }
                if (e.twoByte()) {
                    code[n++] = 0x0f;
                }
                code[n++] = (byte) (e.opcode() + (e.plusRegister() && !e.hasModRm() ? r : 0));
                code[n] = (byte) modRm;
                if (Decoder.decode(code, 0, 32).row == row) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void branches_name_their_flow_and_only_they_take_labels() {
        assertThat(InstructionTable.ROWS).allSatisfy(row -> {
            boolean relative =
                    Encoding.of(row).operands().stream().anyMatch(c -> c.place == OperandCode.Place.RELATIVE);
            boolean direct = row.flow() == Flow.BRANCH || row.flow() == Flow.JUMP || row.flow() == Flow.CALL;
            assertThat(relative).as(row.toString()).isEqualTo(direct);
        });
    }

    @Test
    void lockable_rows_can_have_a_memory_destination() {
        assertThat(InstructionTable.ROWS.stream().filter(r -> r.is(Attribute.LOCKABLE)))
                .allSatisfy(
                        row -> assertThat(Encoding.of(row).operands().stream().anyMatch(OperandCode::acceptsMemory))
                                .as(row.toString())
                                .isTrue());
    }

    @Test
    void what_is_lockable_is_the_manuals_list() {
        Set<String> lockable = new TreeSet<>();
        InstructionTable.ROWS.stream().filter(r -> r.is(Attribute.LOCKABLE)).forEach(r -> lockable.add(r.mnemonic()));
        assertThat(lockable)
                .containsExactly(
                        "adc",
                        "add",
                        "and",
                        "btc",
                        "btr",
                        "bts",
                        "cmpxchg",
                        "cmpxchg8b",
                        "dec",
                        "inc",
                        "neg",
                        "not",
                        "or",
                        "sbb",
                        "sub",
                        "xadd",
                        "xchg",
                        "xor");
    }
}

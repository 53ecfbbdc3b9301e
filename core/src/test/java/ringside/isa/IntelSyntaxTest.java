package ringside.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.error.RingsideException;
import ringside.isa.table.InstructionTable;

class IntelSyntaxTest {
    private static String hex(String line, int codeBits) {
        return HexFormat.of().formatHex(IntelSyntax.assemble(line, 0x1000, codeBits));
    }

    @Test
    void what_the_disassembler_writes_of_any_row_reads_back_to_the_same_bytes() {
        InsnGenerator generator = new InsnGenerator(new SplittableRandom(11));
        TreeMap<String, String> wrong = new TreeMap<>();
        int count = 0;
        for (Row row : InstructionTable.ROWS) {
            for (int n = 0; n < 40 && !row.is(Attribute.ALIAS); n++) {
                int codeBits = n % 2 == 0 ? 16 : 32;
                byte[] bytes = generator.draft(row, codeBits).assemble();
                Insn i = Decoder.decode(bytes, 0, codeBits);
                String text = Disassembler.text(i, 0x1000);
                String given = HexFormat.of().formatHex(bytes);
                String again = i.op0 instanceof Operand.Rel rel && rel.bits() > 8 ? given : reread(text, codeBits);
                count++;
                if (!again.equals(given)) {
                    wrong.put(row.toString(), text + ": " + given + " became " + again);
                }
            }
        }
        System.out.println("disassemble, read: " + count + " instructions, " + wrong.size() + " rows wrong");
        assertThat(wrong).isEmpty();
    }

    private static String reread(String text, int codeBits) {
        try {
            return hex(text, codeBits);
        } catch (RingsideException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "mov eax, 1 | b801000000",
                "MOV AX, [BX+SI] | 66678b00",
                "add dword [esp], 0x7f | 8304247f",
                "and dword[esp], -513 | 812424fffdffff",
                "jmp short 0x1000 | ebfe",
                "jz 0x1000 | 74fe",
                "jz 0x2000 | 0f84fa0f0000",
                "call 0x1000 | e8fbffffff",
                "jmp 8:0x1234 | ea341200000800",
                "jmp far [eax] | ff28",
                "jmp dword far [eax] | ff28",
                "lea esi, [esi+2*eax+10h] | 8d744610",
                "mov es:[di], al | 26678805",
                "in al, dx | ec",
                "int 0x80 | cd80",
                "push word 5 | 666a05",
                "rep movsb | f3a4",
                "fld st1 | d9c1",
                "retf 4 | ca0400",
                "shl eax, 1 | d1e0",
                "sal al, cl | d2e0",
                "imul eax, 10 | 6bc00a",
                "test [ecx], al | 8401",
                "xchg eax, ebx | 93",
                "aam | d40a",
                "fadd st3 | d8c3",
                "faddp | dec1",
                "fxch | d9c9",
                "o16 ret | 66c3",
                "je 0x1002 | 7400",
                "a16 loop 0x1003 | 67e200"
            })
    void lines_assemble_to(String line, String bytes) {
        assertThat(hex(line, 32)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "movv eax, 1 | unknown instruction 'movv'; did you mean 'mov'?",
                "mov eax, bl | 'mov' does not take eax, bl; its forms are: r/m8, r8 | r/m16/32, r16/32 | r8, r/m8",
                "inc [eax] | the size of the memory operand of 'inc' is not said; write byte or dword before the bracket",
                "mov al, [eax+cx] | cannot read the address [eax+cx]; 16-bit and 32-bit registers do not mix in an address",
                "mov al, [eax*ebx] | cannot read the address [eax*ebx]; 'eax' cannot stand in an address",
                "mov al, [foo] | cannot read the address [foo]; 'foo' cannot stand in an address",
                "mov al, foo | cannot read 'foo'; an operand is a register, a number, [address] or selector:offset",
                "mov al, [xs:eax] | cannot read '[xs:eax]'; before the address stands a size or a segment register and ':'",
                "loop 0x2000 | 'loop' reaches -128 to 127 bytes, the target is 4094 away; jump over a near 'jmp', or move the target closer",
                "jz short 0x2000 | 'jz' reaches -128 to 127 bytes, the target is 4094 away; leave out 'short'",
                "push 300 bytes | cannot read '300 bytes'; an operand is a register, a number, [address] or selector:offset",
                "mov al, 300 | 'mov' does not take al, 0x12c; its forms are:"
            })
    void mistakes_are_told(String line, String message) {
        assertThatThrownBy(() -> hex(line, 32))
                .isInstanceOf(RingsideException.class)
                .hasMessageStartingWith(message);
    }
}

package ringside.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.Vector;
import ringside.isa.table.InstructionTable;

class DecoderTest {
    private static Insn decode(String hex, int codeBits) {
        return Decoder.decode(HexFormat.ofDelimiter(" ").parseHex(hex), 0, codeBits);
    }

    @Test
    void fifteen_bytes_are_an_instruction_and_sixteen_are_not() {
        assertThat(decode("2e ".repeat(14) + "90", 32).row.mnemonic()).isEqualTo("nop");
        assertThat(decode("2e ".repeat(14) + "90", 32).length).isEqualTo(15);
        assertThat(decode("2e ".repeat(15) + "90", 32).row).isSameAs(Decoder.TOO_LONG);
        assertThat(decode("2e ".repeat(10) + "81 05 00 00 00 00 01 02 03 04", 32).row)
                .isSameAs(Decoder.TOO_LONG);
    }

    @Test
    void the_sixteenth_byte_is_never_fetched() {
        int[] fetched = {0};
        Insn i = Decoder.decode(() -> fetched[0]++ < 15 ? 0x66 : fail(), 32);
        assertThat(i.row).isSameAs(Decoder.TOO_LONG);
        assertThat(fetched[0]).isEqualTo(15);
    }

    private static int fail() {
        throw new AssertionError("a byte past the fifteenth was fetched");
    }

    @ParameterizedTest
    @CsvSource({"0f, 13", "0f 04, 6", "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90, 13", "f0 90, 6"})
    void refusals_raise_the_faults_of_the_manual(String hex, int vector) {
        Insn i = decode(hex, 32);
        assertThat(i.isValid()).isFalse();
        assertThatThrownBy(() -> i.row.body().execute(null, i))
                .isInstanceOfSatisfying(
                        GuestFault.class, fault -> assertThat(fault.vector).isEqualTo(vector));
    }

    @Test
    void every_proper_prefix_of_an_instruction_is_truncated() {
        InsnGenerator generator = new InsnGenerator(new SplittableRandom(3));
        int count = 0;
        for (Row row : InstructionTable.ROWS) {
            if (row.is(Attribute.ALIAS)) {
                continue;
            }
            for (int n = 0; n < 4; n++) {
                byte[] bytes = generator.draft(row, n % 2 == 0 ? 16 : 32).assemble();
                for (int length = 0; length < bytes.length; length++) {
                    byte[] part = java.util.Arrays.copyOf(bytes, length);
                    assertThat(Decoder.decode(part, 0, n % 2 == 0 ? 16 : 32).row)
                            .as("%s cut to %d bytes", HexFormat.of().formatHex(bytes), length)
                            .isSameAs(Decoder.TRUNCATED);
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThan(5000);
    }

    @Test
    void a_fault_of_the_fetch_passes_through() {
        int[] n = {0};
        ByteSource faulting = () -> {
            if (n[0]++ == 2) {
                throw new GuestFault(Vector.PF, 0x14);
            }
            return 0xb8;
        };
        assertThatThrownBy(() -> Decoder.decode(faulting, 32))
                .isInstanceOf(GuestFault.class)
                .hasMessage("#PF(0014)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f0 90", "f0 01 c0", "f0 39 00", "f0 8b 00", "f0 0f a3 00", "f0 cd 80", "f0 c6 00 01"})
    void lock_is_refused_where_nothing_can_be_locked(String hex) {
        assertThat(decode(hex, 32).row).isSameAs(Decoder.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"f0 01 00", "f0 87 00", "f0 0f ab 00", "f0 0f c7 08", "f0 ff 00", "f0 f6 10", "f0 0f ba 28 01"})
    void lock_is_accepted_on_a_memory_destination(String hex) {
        assertThat(decode(hex, 32).has(Prefix.LOCK)).isTrue();
        assertThat(decode(hex, 32).isValid()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8e c8",
                "8e f0",
                "8c f8",
                "0f 20 c8",
                "0f 22 e8",
                "c4 c0",
                "8d c0",
                "62 c0",
                "0f 01 f8",
                "0f c7 c8",
                "0f 01 d0",
                "ff f8",
                "ff 38",
                "fe 10",
                "8f 08",
                "0f 04",
                "0f 0a",
                "0f ba 00 00"
            })
    void what_the_manual_calls_undefined_is_invalid(String hex) {
        assertThat(decode(hex + " 00 00 00 00 00 00", 32).row).isSameAs(Decoder.INVALID);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "32 | 66 90 | o16 nop",
                "32 | f3 90 | pause",
                "32 | 8b 04 8d 10 00 00 00 | mov eax, dword [ecx*4+0x10]",
                "32 | 64 8b 45 fc | mov eax, dword [fs:ebp-0x4]",
                "32 | 3e 8b 45 fc | mov eax, dword [ds:ebp-0x4]",
                "16 | 66 0f b7 c8 | movzx ecx, ax",
                "16 | 67 66 8b 04 24 | mov eax, dword [esp]",
                "32 | f3 a5 | rep movsd",
                "32 | f2 ae | repne scasb",
                "32 | 66 a5 | movsw",
                "32 | 67 e3 00 | jcxz 0x1003",
                "32 | eb fe | jmp short 0x1000",
                "32 | 0f 84 fa ff ff ff | jz near 0x1000",
                "16 | e9 fd ff | jmp near 0x1000",
                "32 | 6a ff | push -0x1",
                "32 | 66 6a ff | push word -0x1",
                "32 | 66 cf | iretw",
                "32 | cf | iretd",
                "32 | ff 28 | jmp far [eax]",
                "32 | ea 78 56 34 12 08 00 | jmp 0x8:0x12345678",
                "32 | 66 ea 34 12 08 00 | jmp word 0x8:0x1234",
                "32 | 2e 74 00 | cs jz 0x1003",
                "32 | d7 | xlatb",
                "32 | 65 d7 | gs xlatb",
                "32 | 0f 20 c0 | mov eax, cr0",
                "32 | 0f 20 00 | mov eax, cr0",
                "32 | d8 c3 | fadd st0, st3",
                "32 | 66 0f 6f c1 | movdqa xmm0, xmm1",
                "32 | 66 c9 | o16 leave",
                "32 | 67 a1 34 12 | mov eax, dword [word 0x1234]",
                "32 | f3 f2 a6 | repne cmpsb",
                "32 | f2 f3 a6 | repe cmpsb",
                "32 | 64 2e 8b 00 | mov eax, dword [cs:eax]"
            })
    void bytes_read_as(int codeBits, String hex, String text) {
        Insn i = decode(hex, codeBits);
        assertThat(Disassembler.text(i, 0x1000)).isEqualTo(text);
        assertThat(i.length).isEqualTo(hex.split(" ").length);
    }
}

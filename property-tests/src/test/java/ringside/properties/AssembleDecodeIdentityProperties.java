package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import ringside.isa.Attribute;
import ringside.isa.Decoder;
import ringside.isa.Disassembler;
import ringside.isa.Insn;
import ringside.isa.InsnGenerator;
import ringside.isa.IntelSyntax;
import ringside.isa.Operand;
import ringside.isa.Row;
import ringside.isa.table.InstructionTable;

/** Assemble, decode, disassemble, assemble again: the identity, for every row of the table. */
class AssembleDecodeIdentityProperties {
    private static final List<Row> ROWS =
            InstructionTable.ROWS.stream().filter(r -> !r.is(Attribute.ALIAS)).toList();

    @Provide
    Arbitrary<InsnGenerator.Draft> drafts() {
        return Combinators.combine(Arbitraries.of(ROWS), Arbitraries.of(16, 32), Arbitraries.longs())
                .as((row, codeBits, seed) -> new InsnGenerator(new SplittableRandom(seed)).draft(row, codeBits));
    }

    @Property(tries = 20_000, shrinking = ShrinkingMode.OFF, seed = "20050445")
    void assemble_decode_assemble_is_the_identity(@ForAll("drafts") InsnGenerator.Draft draft) {
        byte[] bytes = draft.assemble();
        Insn i = Decoder.decode(bytes, 0, draft.codeBits());
        assertThat(i.length).isEqualTo(bytes.length);
        InsnGenerator.Draft again = new InsnGenerator.Draft(i.mnemonic(), i.prefixes, i.operands, draft.codeBits());
        assertThat(hex(again.assemble())).as(Disassembler.text(i, 0)).isEqualTo(hex(bytes));
    }

    @Property(tries = 20_000, shrinking = ShrinkingMode.OFF, seed = "20050799")
    void assemble_decode_disassemble_assemble_is_the_identity(
            @ForAll("drafts") InsnGenerator.Draft draft, @ForAll int anyEip) {
        byte[] bytes = draft.assemble();
        Insn i = Decoder.decode(bytes, 0, draft.codeBits());
        int eip = i.opSize == 16 ? anyEip & 0x7fff : anyEip;
        String text = Disassembler.text(i, eip);
        byte[] again = IntelSyntax.assemble(text, eip, draft.codeBits());
        assertThat(text(again, eip, draft.codeBits())).isEqualTo(text);
        assertThat(hex(again)).as(text).isEqualTo(hex(bytes));
    }

    @Property(tries = 20_000, seed = "20050609")
    void random_bytes_that_decode_read_the_same_after_reassembly(@ForAll("bytes") byte[] bytes, @ForAll boolean wide) {
        int codeBits = wide ? 32 : 16;
        Insn i = Decoder.decode(bytes, 0, codeBits);
        if (i.isValid() && !i.row.is(Attribute.ALIAS)) {
            String text = Disassembler.text(i, 0x100);
            byte[] again = IntelSyntax.assemble(text, 0x100, codeBits);
            Insn second = Decoder.decode(again, 0, codeBits);
            assertThat(again.length).as(text).isLessThanOrEqualTo(i.length);
            assertThat(second.mnemonic()).as(text).isEqualTo(i.mnemonic());
            assertThat(values(second))
                    .as(text)
                    .isIn(values(i), i.row.mnemonic().equals("xchg") ? values(i).reversed() : values(i));
        }
    }

    private List<Object> values(Insn i) {
        return i.operands.stream().map(this::value).toList();
    }

    /** An operand without the width of its encoding, which reassembly may shorten. */
    private Object value(Operand operand) {
        return switch (operand) {
            case Operand.Imm imm -> imm.value();
            case Operand.Rel rel -> "label";
            default -> operand;
        };
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        return Arbitraries.bytes().array(byte[].class).ofSize(15);
    }

    private static String text(byte[] bytes, int eip, int codeBits) {
        return Disassembler.text(Decoder.decode(bytes, 0, codeBits), eip);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}

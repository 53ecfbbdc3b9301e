package ringside.oracle.processor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import ringside.isa.Disassembler;
import ringside.isa.Insn;

/**
 * One instruction and the state it starts in; the layout of {@code struct test_case} in the C helper.
 *
 * @param insn what {@code code} decodes to
 * @param registers in encoding order
 * @param segments selectors of DS, ES, FS, GS
 * @param patches offsets of two 8-byte pieces of memory that differ from the pattern
 * @param code 20 bytes: the instruction and what follows it
 * @param bytes contents of the patches
 * @param undefined EFLAGS bits that are open after it
 */
record ProcessorCase(
        Insn insn,
        int[] registers,
        int eflags,
        int eip,
        int[] segments,
        int[] patches,
        byte[] code,
        long[] bytes,
        int undefined) {
    static final int SIZE = 100;
    static final int CODE = 20;

    void write(ByteBuffer to) {
        for (int register : registers) {
            to.putInt(register);
        }
        to.putInt(eflags).putInt(eip);
        for (int segment : segments) {
            to.putInt(segment);
        }
        for (int patch : patches) {
            to.putInt(patch);
        }
        to.put(code);
        for (long eight : bytes) {
            to.putLong(eight);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        String hex = HexFormat.of().formatHex(Arrays.copyOf(code, insn.length));
        text.append(String.format("%08x  %s  %s%n  before  ", eip, hex, Disassembler.text(insn, eip)));
        for (int register : registers) {
            text.append(String.format("%08x ", register));
        }
        text.append(String.format(
                "flags %08x  ds es fs gs %x %x %x %x", eflags, segments[0], segments[1], segments[2], segments[3]));
        for (int k = 0; k < 2; k++) {
            text.append(String.format("%n  memory  +%04x: %016x", patches[k], bytes[k]));
        }
        return text.toString();
    }
}

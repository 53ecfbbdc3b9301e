package ringside.vmm.mode.translated;

import ringside.isa.Flow;
import ringside.isa.Insn;

/** Instructions of 16-bit code for the cache, which is 32-bit code: size prefixes come where there was none, and go. */
final class Reencoding {
    private static final int OPERAND_SIZE = 0x66, ADDRESS_SIZE = 0x67;

    private Reencoding() {}

    /** Bytes that do in 32-bit code what {@code code}, decoded as 16-bit code, does there. */
    static byte[] for32(byte[] code, Insn insn) {
        int opcode = 0;
        int kept = 0;
        byte[] prefixes = new byte[code.length];
        while (isPrefix(code[opcode] & 0xff)) {
            int prefix = code[opcode++] & 0xff;
            if (prefix != OPERAND_SIZE && prefix != ADDRESS_SIZE) {
                prefixes[kept++] = (byte) prefix;
            }
        }
        // a branch with the prefix would lose the high half of EIP, which the cache needs
        boolean narrow = insn.opSize == 16 && insn.row.flow() == Flow.NEXT;
        boolean near = insn.addrSize == 16;
        byte[] out = new byte[(narrow ? 1 : 0) + (near ? 1 : 0) + kept + code.length - opcode];
        int at = 0;
        if (narrow) {
            out[at++] = OPERAND_SIZE;
        }
        if (near) {
            out[at++] = ADDRESS_SIZE;
        }
        System.arraycopy(prefixes, 0, out, at, kept);
        System.arraycopy(code, opcode, out, at + kept, code.length - opcode);
        return out;
    }

    private static boolean isPrefix(int value) {
        return Rules.PREFIX_BYTES.contains(value);
    }
}

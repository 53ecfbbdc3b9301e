package ringside.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import ringside.isa.Decoder;
import ringside.isa.Disassembler;
import ringside.isa.Insn;
import ringside.machine.paging.Peek;

/** Linear memory as a person reads it: bytes, or instructions. */
final class MemoryView {
    private static final int ROW = 16;
    private static final int SHOWN_BYTES = 10;

    private final Peek peek;

    MemoryView(Peek peek) {
        this.peek = peek;
    }

    /** Sixteen bytes a line with their characters; {@code --} where nothing can be seen. */
    String bytes(int la, int length) {
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < length; from += ROW) {
            StringBuilder hex = new StringBuilder();
            StringBuilder characters = new StringBuilder();
            for (int i = from; i < Math.min(from + ROW, length); i++) {
                int value = peek.byteAt(la + i);
                hex.append(i % 8 == 0 && i > from ? "  " : " ");
                hex.append(value == Peek.UNSEEN ? "--" : String.format("%02x", value));
                characters.append(value >= ' ' && value < 0x7f ? (char) value : '.');
            }
            text.append(String.format("%08x %-49s  %s", la + from, hex, characters))
                    .append('\n');
        }
        return text.toString();
    }

    /**
     * {@code count} instructions from {@code la} on, one a line.
     *
     * @param base of the code segment: branch targets are offsets in it
     * @param label the name of an address, where it has one
     * @param note what else is known of an address, printed behind it: its line in the script
     */
    String code(
            int la,
            int base,
            int codeBits,
            int count,
            IntFunction<Optional<String>> label,
            IntFunction<Optional<String>> note) {
        StringBuilder text = new StringBuilder();
        int at = la;
        for (int i = 0; i < count; i++) {
            label.apply(at).ifPresent(name -> text.append(name).append(":\n"));
            Insn insn = Decoder.decode(peek.code(at), codeBits);
            String line = String.format("%08x  %-22s %s", at, hex(at, insn.length), Disassembler.text(insn, at - base));
            text.append(note.apply(at)
                            .map(n -> String.format("%-64s %s", line, n))
                            .orElse(line))
                    .append('\n');
            if (insn.length == 0) {
                return text.toString();
            }
            at += insn.length;
        }
        return text.toString();
    }

    private String hex(int la, int length) {
        List<String> bytes = new ArrayList<>();
        for (int i = 0; i < Math.min(length, SHOWN_BYTES); i++) {
            bytes.add(String.format("%02x", peek.byteAt(la + i)));
        }
        return String.join("", bytes) + (length > SHOWN_BYTES ? "+" : "");
    }
}

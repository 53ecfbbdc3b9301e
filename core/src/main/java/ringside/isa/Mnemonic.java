package ringside.isa;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A row's mnemonic, which may name the operand or the address size: {@code movs{w|d}}, {@code j<cx|ecx>z}.
 *
 * <p>{@code {a|b}} is {@code a} where the operand size is 16 and {@code b} where it is 32; {@code {a|b|c}} adds a name
 * {@code c} that the assembler takes for the code segment's default size ({@code iret{w|d|}}: {@code iret} is IRETD in
 * 32-bit code). {@code <a|b>} chooses by address size. One row covers both sizes.
 */
public record Mnemonic(String pattern) {
    /** The name at these sizes (16 or 32): what a disassembler prints. */
    public String name(int opSize, int addrSize) {
        return choose(choose(pattern, '{', '}', opSize == 16 ? 0 : 1), '<', '>', addrSize == 16 ? 0 : 1);
    }

    /** Every name an assembler takes for the row. */
    public Set<String> names() {
        if (!namesOperandSize() && !namesAddressSize()) {
            return Set.of(pattern);
        }
        Set<String> names = new LinkedHashSet<>();
        for (int addrSize : List.of(32, 16)) {
            for (int opSize : List.of(32, 16)) {
                names.add(name(opSize, addrSize));
            }
        }
        if (defaultName() != null) {
            names.add(defaultName());
        }
        return names;
    }

    /** The name that leaves the operand size to the code segment, or null. */
    public String defaultName() {
        int open = pattern.indexOf('{');
        return open >= 0 && parts('{', '}').length == 3 ? choose(pattern, '{', '}', 2) : null;
    }

    public boolean namesOperandSize() {
        return pattern.indexOf('{') >= 0;
    }

    public boolean namesAddressSize() {
        return pattern.indexOf('<') >= 0;
    }

    private String[] parts(char open, char close) {
        return pattern.substring(pattern.indexOf(open) + 1, pattern.indexOf(close))
                .split("\\|", -1);
    }

    private static String choose(String text, char open, char close, int which) {
        int from = text.indexOf(open);
        int to = text.indexOf(close);
        return from < 0
                ? text
                : text.substring(0, from)
                        + text.substring(from + 1, to).split("\\|", -1)[which]
                        + text.substring(to + 1);
    }
}

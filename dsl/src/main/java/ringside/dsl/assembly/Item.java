package ringside.dsl.assembly;

import java.util.List;
import ringside.guest.SourceLine;

/** One statement of assembler, in the order written. */
public sealed interface Item {
    /** Where it stands in the script. */
    SourceLine at();

    /**
     * An instruction.
     *
     * @param prefixes {@link ringside.isa.Prefix} bits
     * @param codeBits 16 or 32: what {@code bits} said last
     */
    record Instruction(SourceLine at, String mnemonic, int prefixes, List<Arg> args, int codeBits) implements Item {}

    /** A label; {@code name} is the full name of a local one. */
    record Label(SourceLine at, String name) implements Item {}

    /** {@code db dw dd dq}: values of {@code bits} each, or bytes of text. */
    record Data(SourceLine at, int bits, List<Object> values) implements Item {}

    /** {@code resb} and the like: {@code count} zeros of {@code bits} each. */
    record Reserve(SourceLine at, int bits, Expr count) implements Item {}

    /** {@code align}: bytes of {@code fill} up to a multiple of {@code boundary}. */
    record Align(SourceLine at, int boundary, int fill) implements Item {}

    /** {@code org}: where the section begins. */
    record Org(SourceLine at, Expr base) implements Item {}

    /** {@code times}: the items {@code count} times over. */
    record Times(SourceLine at, Expr count, List<Item> body) implements Item {}

    /** What the emission of a translation rule asks the translator for: {@code callout}, {@code save ecx}. */
    record Order(SourceLine at, String word, List<Arg> args) implements Item {}

    /** {@code checkpoint}: no bytes. */
    record Note(SourceLine at, String name, List<Shown> values) implements Item {}

    /** {@code marker}: an interrupt line that is raised when the guest comes here; no bytes. */
    record Pin(SourceLine at, int line) implements Item {}

    /** What stands for one thing in a kernel of ring 0, and for the same in one that is ported to a VMM. */
    record Choice(SourceLine at, List<Item> unported, List<Item> ported) implements Item {
        public Choice {
            unported = List.copyOf(unported);
            ported = List.copyOf(ported);
        }
    }

    /** A checkpoint's value and the text it was written as. */
    record Shown(String text, Arg arg) {}
}

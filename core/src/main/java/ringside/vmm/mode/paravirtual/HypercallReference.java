package ringside.vmm.mode.paravirtual;

import java.util.ArrayList;
import java.util.List;
import ringside.vmm.spi.Argument;

/** The interface as text for people, made from the table. */
public final class HypercallReference {
    private static final int WIDTH = 100;

    private HypercallReference() {}

    /** Every call with its arguments, the kinds of arguments, the error numbers. */
    public static String text() {
        StringBuilder text = new StringBuilder();
        text.append("The paravirtual interface, version ")
                .append(Hypercalls.INTERFACE_VERSION)
                .append("\n\n");
        paragraph(
                text,
                "",
                String.format(
                        "Number in EAX, arguments in EBX ECX EDX ESI EDI; then INT %02X from ring 1, or VMCALL where"
                                + " the server has VMX, or a call of the stub at %d times the number in the page that"
                                + " 'hypercall_page' filled, which has the instruction of the server. The result is in"
                                + " EAX, negative for an error. A kernel of a script writes hypercall 'name', arguments;"
                                + " one in C includes hypercalls.h. What a script declares has numbers from %d to %d.",
                        Hypercalls.VECTOR, HypercallPage.STUB_BYTES, Interface.FIRST_ADDED, Interface.NUMBERS - 1));
        text.append("\nHypercalls; those with * cannot be part of a multicall\n");
        for (Hypercall call : Hypercalls.ALL) {
            text.append(String.format("  %2d%s %s\n", call.number(), call.batchable() ? " " : "*", call.signature()));
            paragraph(text, "        ", call.doc());
        }
        text.append("\nArguments are checked before a call is carried out\n");
        for (Argument.Kind kind : Argument.Kind.values()) {
            text.append(String.format("  %-7s %s\n", kind, kind.checked()));
        }
        text.append("\nErrors\n");
        for (Errno errno : Errno.values()) {
            text.append(String.format("  %-7s %3d  %s\n", errno, errno.result(), errno.doc()));
        }
        return text.toString();
    }

    private static void paragraph(StringBuilder text, String indent, String words) {
        List<String> line = new ArrayList<>();
        for (String word : words.split(" ")) {
            if (indent.length() + String.join(" ", line).length() + 1 + word.length() > WIDTH) {
                text.append(indent).append(String.join(" ", line)).append('\n');
                line.clear();
            }
            line.add(word);
        }
        text.append(indent).append(String.join(" ", line)).append('\n');
    }
}

package ringside.vmm.mode.paravirtual;

import java.util.Locale;
import java.util.stream.Collectors;

/** The interface as a header for C and assembler, made from the table: what a guest is built with. */
public final class StubHeader {
    private static final String[] REGISTERS = {"ebx", "ecx", "edx", "esi", "edi"};

    private StubHeader() {}

    /** The text of {@code hypercalls.h}. */
    public static String text() {
        StringBuilder text = new StringBuilder();
        text.append("/* The hypercalls: made from the VMM's table, which a test holds it to. */\n");
        text.append("#ifndef HYPERCALLS_H\n#define HYPERCALLS_H\n\n");
        define(text, "HYPERCALL_VECTOR", hex(Hypercalls.VECTOR));
        define(text, "INTERFACE_VERSION", "" + Hypercalls.INTERFACE_VERSION);
        define(text, "PORTED_MAGIC", hex(PortedImage.MAGIC));
        define(text, "HYPERCALL_STUB_BYTES", "" + HypercallPage.STUB_BYTES);
        text.append("\n/* Offsets of the words in the shared page. */\n");
        define(text, "SHARED_INTERRUPTS", "" + SharedPage.INTERRUPTS);
        define(text, "SHARED_UPCALL_PENDING", "" + SharedPage.UPCALL_PENDING);
        define(text, "SHARED_PENDING", "" + SharedPage.PENDING);
        define(text, "SHARED_MASK", "" + SharedPage.MASK);
        define(text, "SHARED_FAULT_VA", "" + SharedPage.FAULT_VA);
        text.append("\n/* Number in EAX, arguments in EBX ECX EDX ESI EDI, result in EAX; negative for an error. */\n");
        Hypercalls.ALL.forEach(
                call -> define(text, "HYPERCALL_" + call.name().toUpperCase(Locale.ROOT), "" + call.number()));
        text.append("\n#ifndef __ASSEMBLER__\n\n#include \"types.h\"\n");
        Hypercalls.ALL.stream().filter(call -> !call.name().equals("iret")).forEach(call -> stub(text, call));
        return text.append("\n#endif\n#endif\n").toString();
    }

    private static void define(StringBuilder text, String name, String value) {
        text.append("#define ").append(name).append(' ').append(value).append('\n');
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }

    private static void stub(StringBuilder text, Hypercall call) {
        String parameters = call.arguments().stream()
                .map(a -> a.kind().type() + (a.kind().type().endsWith("*") ? "" : " ") + a.name())
                .collect(Collectors.joining(", "));
        text.append("\n/* ").append(call.doc()).append(" */\n");
        text.append("static inline int hypercall_").append(call.name()).append('(');
        text.append(parameters.isEmpty() ? "void" : parameters).append(") {\n    int result;\n");
        StringBuilder inputs = new StringBuilder();
        for (int i = 0; i < call.arguments().size(); i++) {
            text.append("    register u32 r%d __asm__(\"%s\") = (u32) %s;\n"
                    .formatted(i, REGISTERS[i], call.arguments().get(i).name()));
            inputs.append(", \"r\"(r%d)".formatted(i));
        }
        text.append("    __asm__ volatile(\"int %1\" : \"=a\"(result) : \"i\"(HYPERCALL_VECTOR), \"a\"(HYPERCALL_")
                .append(call.name().toUpperCase(Locale.ROOT))
                .append(")")
                .append(inputs)
                .append(" : \"memory\");\n    return result;\n}\n");
    }
}

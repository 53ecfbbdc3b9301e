package ringside.lab;

import java.util.List;

/**
 * An instruction of IA-32 that is sensitive but does not trap outside ring 0: why trap-and-emulate was not enough.
 *
 * @param name in words: {@code push segment}
 * @param mnemonic upper case
 * @param fails what it does wrong where the guest kernel runs in an outer ring
 */
public record SensitiveInstruction(String name, String mnemonic, String fails) {
    /** The list of Robin &amp; Irvine (USENIX Security 2000), forms that fail differently apart. */
    // spotless:off
    public static final List<SensitiveInstruction> ALL = List.of(
            new SensitiveInstruction("sgdt", "SGDT", "stores the base and limit of the VMM's GDT"),
            new SensitiveInstruction("sidt", "SIDT", "stores the base and limit of the VMM's IDT"),
            new SensitiveInstruction("sldt", "SLDT", "stores the VMM's LDT selector"),
            new SensitiveInstruction("str", "STR", "stores the VMM's task selector"),
            new SensitiveInstruction("smsw", "SMSW", "stores the real CR0"),
            new SensitiveInstruction("pushf", "PUSHF", "stores the real IF and IOPL"),
            new SensitiveInstruction("popf", "POPF", "drops a change of IF or IOPL"),
            new SensitiveInstruction("lar", "LAR", "shows the DPL of the shadow descriptor"),
            new SensitiveInstruction("lsl", "LSL", "shows the limit of the shadow descriptor"),
            new SensitiveInstruction("verr", "VERR", "judges by the real CPL and the shadow's DPL"),
            new SensitiveInstruction("verw", "VERW", "judges by the real CPL and the shadow's DPL"),
            new SensitiveInstruction("push segment", "PUSH", "CS and SS show the real ring"),
            new SensitiveInstruction("pop segment", "POP", "is judged by the real CPL and the shadow's DPL"),
            new SensitiveInstruction("mov from segment", "MOV", "CS and SS show the real ring"),
            new SensitiveInstruction("mov to segment", "MOV", "is judged by the real CPL and the shadow's DPL"),
            new SensitiveInstruction("call far", "CALL", "the pushed CS shows the real ring"),
            new SensitiveInstruction("jmp far", "JMP", "privilege is judged by the real CPL"),
            new SensitiveInstruction("ret far", "RETF", "privilege and stack switch are judged by the real CPL"),
            new SensitiveInstruction("int", "INT", "a gate of DPL 0 is closed to the real ring"));
    // spotless:on

    /** The name as that of a file: {@code push-segment}. */
    public String file() {
        return name.replace(' ', '-');
    }
}

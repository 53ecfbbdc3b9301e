package ringside.isa;

/** Popek and Goldberg's classes, refined for IA-32 (Robin and Irvine 2000). */
public enum Sensitivity {
    /** Neither reads nor changes what a VMM must own. */
    INNOCUOUS,
    /** #GP at CPL > 0 (or always traps where the VMM wants it): trap-and-emulate works. */
    PRIVILEGED,
    /** #GP by CPL against IOPL: CLI, STI, IN, OUT, INS, OUTS; in virtual-8086 mode also PUSHF, POPF, INT n, IRET. */
    IOPL_SENSITIVE,
    /** Sensitive and yet not trapping: the famous seventeen. */
    UNPRIVILEGED
}

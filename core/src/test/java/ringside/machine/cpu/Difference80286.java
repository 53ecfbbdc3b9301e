package ringside.machine.cpu;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where an IA-32 processor differs from an 80286, each with the cases it covers.
 *
 * <p>Beside these, FLAGS bits 12-15 are never compared in the register: an 80286 keeps them 0 in real mode, IA-32 has IOPL
 * and NT there.
 */
record Difference80286(String reason, Predicate<HardwareVector> covers) {
    private static final List<String> WORD_STRINGS = List.of("6D", "6F", "A5", "A7", "AB", "AD", "AF");
    private static final int OVERRUN = 13;

    static final List<Difference80286> ALL = List.of(
            new Difference80286(
                    "LOCK before any instruction is accepted; IA-32 raises #UD unless it writes memory atomically",
                    v -> v.name().contains("lock ")),
            new Difference80286(
                    "no coprocessor: ESC does nothing; here it raises #NM",
                    v -> v.form().startsWith("D8")),
            new Difference80286(
                    "a word string instruction that overruns its segment has moved SI, DI and CX; IA-32 restores them",
                    v -> v.vector() == OVERRUN && WORD_STRINGS.contains(v.form())),
            new Difference80286("HLT at FFFF leaves IP 0; IA-32's EIP goes on to 10000", v -> v.expected("ip") == 0),
            new Difference80286(
                    "a stack segment overrun is exception 13; IA-32 has 12 for it",
                    v -> v.vector() == OVERRUN && usesStackSegment(v)),
            new Difference80286(
                    "over 10 bytes is exception 13; IA-32 allows 15",
                    v -> v.vector() == OVERRUN && v.bytes().length() / 2 - 1 > 10));

    /** The listed difference that covers {@code vector}. */
    static Optional<Difference80286> of(HardwareVector vector) {
        return ALL.stream().filter(d -> d.covers.test(vector)).findFirst();
    }

    private static boolean usesStackSegment(HardwareVector v) {
        return v.name().contains("[bp")
                || v.name().startsWith("pop")
                || v.name().startsWith("ret");
    }
}

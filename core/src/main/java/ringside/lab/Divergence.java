package ringside.lab;

import java.util.List;

/**
 * Where a guest parts from the bare machine, and why.
 *
 * @param checkpoint the checkpoint at which it is first seen, or empty where something else shows it
 * @param instruction number of the culprit, counted from 1; 0 where no instruction could be found
 * @param la where the culprit lies
 * @param bytes its bytes in hex
 * @param text its disassembly
 * @param mnemonic upper case
 * @param line script and line, or empty
 * @param differences of the virtual state right after it; the first is named
 * @param why the rule that explains it
 * @param source where the rule is written; empty for a defect
 * @param listed whether the instruction is one that may differ under this mode; if not, Ringside has a defect
 * @param seen the first guest-visible value that differs, in words: {@code at checkpoint 'flags'}
 * @param later instructions between culprit and observation
 * @param reference the observed value on the bare machine
 * @param observed the same under the setting
 */
public record Divergence(
        String checkpoint,
        long instruction,
        int la,
        String bytes,
        String text,
        String mnemonic,
        String line,
        List<Change> differences,
        String why,
        String source,
        boolean listed,
        String seen,
        long later,
        String reference,
        String observed) {
    /** One value of the virtual state: its name, on the bare machine, under the setting. */
    public record Change(String name, String reference, String observed) {}

    public Divergence {
        differences = List.copyOf(differences);
    }
}

package ringside.lab;

import java.util.List;
import java.util.Optional;

/**
 * Where a guest parts from the bare machine, and why.
 *
 * @param checkpoint the checkpoint at which it is first seen, or empty where something else shows it
 * @param instruction number of the culprit, counted from 1; 0 where no instruction could be found,
 *     {@link #TWO_FORMS}
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
 * @param culprits every instruction that had to be carried out by the VMM until nothing differed: {@code POPF 00100009}
 * @param cured whether nothing differed then; empty where the run is too long to try, or the mode cannot
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
        String observed,
        List<String> culprits,
        Optional<Boolean> cured) {
    /** In place of the culprit's number: two forms of a guest have no instruction in common. */
    public static final long TWO_FORMS = -1;

    /** One value of the virtual state: its name, on the bare machine, under the setting. */
    public record Change(String name, String reference, String observed) {}

    public Divergence {
        differences = List.copyOf(differences);
        culprits = List.copyOf(culprits);
    }

    /** Whether Ringside itself is at fault: no rule explains the culprit, or the culprits do not explain everything. */
    public boolean defect() {
        return !listed || cured.isPresent() && !cured.get();
    }

    /** The same, where the script's own translation rules explain it. */
    Divergence byScript() {
        return because(
                "a translation rule of the script does something else than the instruction; without the script's rules nothing differs",
                "the script");
    }

    /** The same, where a device of the guest's reached what is not the guest's: {@code how} is what it did. */
    Divergence byDevice(String how) {
        return because(
                how + ", and without an IOMMU nothing keeps it from there: from then on the VMM can promise nothing",
                "the server");
    }

    private Divergence because(String reason, String where) {
        return new Divergence(
                checkpoint,
                instruction,
                la,
                bytes,
                text,
                mnemonic,
                line,
                differences,
                reason,
                where,
                true,
                seen,
                later,
                reference,
                observed,
                culprits,
                cured);
    }

    Divergence with(List<String> allCulprits, Optional<Boolean> nothingLeft) {
        return new Divergence(
                checkpoint,
                instruction,
                la,
                bytes,
                text,
                mnemonic,
                line,
                differences,
                why,
                source,
                listed,
                seen,
                later,
                reference,
                observed,
                allCulprits,
                nothingLeft);
    }
}

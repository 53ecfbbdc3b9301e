package ringside.lab;

import java.util.List;

/** Where runs part from bare, in words. */
final class DivergenceText {
    private static final int RIGHT = 66;
    private static final String[] NUMBERS = {
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"
    };

    private final Screen screen;
    private final boolean allCulprits;

    /** @param allCulprits whether to list every instruction to blame, not the first alone */
    DivergenceText(Screen screen, boolean allCulprits) {
        this.screen = screen;
        this.allCulprits = allCulprits;
    }

    /** Each run that parts, in order; a run is named where it is not the only one. */
    void of(List<ExperimentResult.Run> runs) {
        List<ExperimentResult.Run> parted =
                runs.stream().filter(run -> run.divergence().isPresent()).toList();
        for (ExperimentResult.Run run : parted) {
            String name = run.setting().label();
            difference(
                    run.setting().mode(),
                    parted.size() > 1 ? " of " + name : "",
                    run.divergence().get());
        }
    }

    private void difference(String mode, String whose, Divergence divergence) {
        screen.line("");
        String head = "First difference" + whose + ": ";
        if (divergence.instruction() == Divergence.TWO_FORMS) {
            screen.line(head + "between the native and the ported form of the guest");
            if (divergence.la() != 0) {
                String code = String.format("%08x  %s  %s", divergence.la(), divergence.bytes(), divergence.text());
                screen.line(Screen.apart("  at    " + divergence.line(), code, RIGHT));
            }
        } else if (divergence.instruction() == 0) {
            screen.line(head + "no instruction, in lock step both stay alike");
        } else {
            String place = divergence.line().isEmpty() ? "" : ", " + divergence.line();
            String code = String.format("%08x  %s  %s", divergence.la(), divergence.bytes(), divergence.text());
            screen.line(Screen.apart(head + "guest instruction " + divergence.instruction() + place, code, RIGHT));
        }
        divergence.differences().stream()
                .findFirst()
                .ifPresent(change -> screen.line("  " + change.name() + "   bare " + change.reference() + "   " + mode
                        + " " + change.observed()));
        screen.paragraph("  why   ", divergence.why());
        screen.line(Screen.apart("  seen  " + divergence.seen() + later(divergence), divergence.source(), RIGHT));
        culprits(divergence);
    }

    private void culprits(Divergence divergence) {
        String list = String.join(", ", divergence.culprits());
        if (!divergence.cured().orElse(true)) {
            screen.paragraph(
                    "  but   ",
                    "with " + list + " carried out by the VMM something still differs: a defect of Ringside");
        } else if (allCulprits && !list.isEmpty()) {
            String all = divergence.cured().isPresent()
                    ? ": with all of them carried out by the VMM nothing differs"
                    : ", ...";
            screen.paragraph("  all   ", list + all);
        }
    }

    private static String later(Divergence divergence) {
        if (divergence.instruction() <= 0) {
            return ": bare " + divergence.reference() + ", here " + divergence.observed();
        }
        long later = divergence.later();
        String count = later < NUMBERS.length ? NUMBERS[(int) later] : Long.toString(later);
        return later == 0 ? ", at once" : ", " + count + (later == 1 ? " instruction later" : " instructions later");
    }
}

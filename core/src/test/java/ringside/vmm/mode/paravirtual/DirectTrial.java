package ringside.vmm.mode.paravirtual;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import ringside.lab.generate.Shrinking;
import ringside.vmm.frames.Layout;
import ringside.vmm.mode.paravirtual.DirectLife.Step;

/**
 * Tries lives of guests with direct paging until one shows a bug, and makes it small. To be loaded together with the bug and
 * called through reflection: its interface is of strings.
 */
public final class DirectTrial {
    private static final int STEPS = 40;

    private DirectTrial() {}

    /** The number of steps that show the bug, then words; empty where no life did. */
    public static String run(int tries) {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < tries; i++) {
            Layout layout = Layout.values()[i % Layout.values().length];
            List<Step> steps =
                    Stream.generate(() -> DirectLife.step(random)).limit(STEPS).toList();
            if (verdict(steps, layout).isPresent()) {
                List<Step> few =
                        Shrinking.fewest(steps, fewer -> verdict(fewer, layout).isPresent());
                return few.size() + " " + few.stream().map(Step::kind).toList() + " after " + (i + 1) + ": "
                        + verdict(few, layout).orElse("");
            }
        }
        return "";
    }

    /** What is wrong, if anything is. A VMM that gives up is. */
    private static Optional<String> verdict(List<Step> steps, Layout layout) {
        try {
            new DirectLife(layout).live(steps);
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(e.toString());
        }
    }
}

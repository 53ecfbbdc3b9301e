package ringside.lab.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing program small: leaves out pieces as long as what is left still fails (delta debugging). */
public final class Shrinking {
    private Shrinking() {}

    /**
     * The smallest program found that {@code fails}, by leaving out pieces of {@code program}, which does.
     *
     * <p>No single piece of it can be left out any more.
     */
    public static RandomProgram least(RandomProgram program, Predicate<RandomProgram> fails) {
        RandomProgram small = program.with(fewest(program.pieces(), pieces -> fails.test(program.with(pieces))));
        if (small.paging() && fails.test(small.unpaged())) {
            small = small.unpaged();
        }
        for (long pin : small.pins()) {
            RandomProgram calmer =
                    small.pinned(small.pins().stream().filter(at -> at != pin).toList());
            small = fails.test(calmer) ? calmer : small;
        }
        return small;
    }

    /** The fewest of {@code parts}, in their order, found to fail by leaving some out: at least one is left. */
    public static <T> List<T> fewest(List<T> parts, Predicate<List<T>> fails) {
        List<T> left = parts;
        int size = Math.max(1, left.size() / 2);
        while (true) {
            List<T> fewer = withoutSome(left, size, fails);
            if (fewer.size() < left.size()) {
                left = fewer;
                size = Math.max(1, Math.min(size, left.size() / 2));
            } else if (size > 1) {
                size /= 2;
            } else {
                return left;
            }
        }
    }

    private static <T> List<T> withoutSome(List<T> parts, int size, Predicate<List<T>> fails) {
        for (int from = 0; from < parts.size() && parts.size() > 1; from += size) {
            List<T> fewer = new ArrayList<>(parts);
            fewer.subList(from, Math.min(parts.size(), from + size)).clear();
            if (!fewer.isEmpty() && fails.test(fewer)) {
                return fewer;
            }
        }
        return parts;
    }
}

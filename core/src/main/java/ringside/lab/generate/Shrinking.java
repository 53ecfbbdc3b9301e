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
        List<Piece> pieces = program.pieces();
        int size = Math.max(1, pieces.size() / 2);
        while (true) {
            List<Piece> fewer = withoutSome(program, pieces, size, fails);
            if (fewer.size() < pieces.size()) {
                pieces = fewer;
                size = Math.max(1, Math.min(size, pieces.size() / 2));
            } else if (size > 1) {
                size /= 2;
            } else {
                break;
            }
        }
        RandomProgram small = program.with(pieces);
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

    private static List<Piece> withoutSome(
            RandomProgram program, List<Piece> pieces, int size, Predicate<RandomProgram> fails) {
        for (int from = 0; from < pieces.size() && pieces.size() > 1; from += size) {
            List<Piece> fewer = new ArrayList<>(pieces);
            fewer.subList(from, Math.min(pieces.size(), from + size)).clear();
            if (!fewer.isEmpty() && fails.test(program.with(fewer))) {
                return fewer;
            }
        }
        return pieces;
    }
}

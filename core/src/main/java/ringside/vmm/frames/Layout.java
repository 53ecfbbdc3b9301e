package ringside.vmm.frames;

import java.util.Arrays;
import java.util.List;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/** Which machine frames a guest gets, and when. */
public enum Layout {
    /** Frames from anywhere, in an order that follows from the seed. */
    SCATTERED("scattered"),
    /** One piece of machine memory. */
    CONTIGUOUS("contiguous"),
    /** One piece from MA 0, so that an MA is a PA: for the first guest of a machine. */
    ONE_TO_ONE("oneToOne"),
    /** Scattered, and each only once something is written there. */
    LAZY("lazy");

    private final String word;

    Layout(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** Whether frames follow one another as pages do. */
    public boolean inOnePiece() {
        return this == CONTIGUOUS || this == ONE_TO_ONE;
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(Layout::word).toList();
    }

    /** The layout of this name; an unknown one is refused with what there is. */
    public static Layout named(String word) {
        return Arrays.stream(values())
                .filter(layout -> layout.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new RingsideException(
                        "unknown frames '" + word + "'",
                        "",
                        NearMiss.hint(word, words(), "frames are " + String.join(", ", words()))));
    }
}

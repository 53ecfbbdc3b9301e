package ringside.shell;

import java.nio.file.Path;
import java.util.List;
import ringside.guest.GuestImage;
import ringside.lab.Study;

/** What the interactive shell needs of the scripts' language. */
interface Language {
    /** The guests that a script defines, in order; its experiments are not run. */
    List<GuestImage> guestsOf(Path script);

    /**
     * What an evaluated text printed and defined.
     *
     * @param text its output and the value of its last statement
     */
    record Evaluation(String text, List<GuestImage> guests, List<Study> studies) {}

    /** Evaluates a text as a script would; its variables stay. */
    Evaluation evaluate(String text);

    /** Words that may be completed. */
    List<String> words();
}

package ringside.shell;

import java.nio.file.Path;
import java.util.List;
import ringside.guest.GuestImage;

/** What the interactive shell needs of the scripts' language. */
interface Language {
    /** The guests that a script defines, in order; its experiments are not run. */
    List<GuestImage> guestsOf(Path script);

    /** Evaluates a text as a script would; what it defined stays defined. Returns what is to be printed. */
    String evaluate(String text);

    /** Words that may be completed. */
    List<String> words();
}

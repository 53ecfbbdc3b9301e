package ringside.shell;

import java.nio.file.Path;
import java.util.List;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;

/** The scripts' language, as the shell speaks it. */
final class ScriptLanguage implements Language {
    @Override
    public List<GuestImage> guestsOf(Path script) {
        throw new RingsideException("scripts cannot be read yet", script.toString(), "");
    }

    @Override
    public String evaluate(String text) {
        throw new RingsideException("no command '" + text + "'", "", "'help' lists them");
    }

    @Override
    public List<String> words() {
        return List.of();
    }
}

package ringside.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.isa.Assembler;

/** One conversation with a person or a pipe: takes an input, gives an answer, until {@code quit}. */
final class Conversation {
    private final Session session;
    private final Language language;
    private boolean over;

    Conversation(Session session, Language language) {
        this.session = session;
        this.language = language;
    }

    Session session() {
        return session;
    }

    boolean isOver() {
        return over;
    }

    /** Answers one input: a verb with its words, or a text of the scripts' language. Empty input has no answer. */
    String answer(String input) {
        String text = input.strip();
        if (text.isEmpty() || text.startsWith("//")) {
            return "";
        }
        List<String> words = List.of(text.split("\\s+"));
        return isVerb(words) ? Verbs.run(this, words) : evaluate(input);
    }

    /** A guest defined in passing is loaded, an experiment is run. */
    private String evaluate(String text) {
        Language.Evaluation done = language.evaluate(text);
        StringBuilder answer = new StringBuilder(done.text());
        done.studies().forEach(study -> answer.append(study.investigate().text()));
        return answer.append(done.guests().isEmpty() ? "" : load(done.guests().getLast()))
                .toString();
    }

    /** {@code load = 3} and {@code run(popf)} are of the language, whatever word they begin with. */
    private static boolean isVerb(List<String> words) {
        return Verbs.knows(words.getFirst())
                && (words.size() == 1 || !words.get(1).matches("[=({].*"));
    }

    String load(String file, String name) {
        GuestImage guest = file.endsWith(".groovy")
                ? GuestFile.choose(language.guestsOf(Path.of(file)), name, file)
                : GuestFile.binary(file, session.ramBytes());
        if (!name.isEmpty() && !file.endsWith(".groovy")) {
            throw new RingsideException("'" + name + "' names nothing", file, "only scripts hold several guests");
        }
        return load(guest);
    }

    private String load(GuestImage guest) {
        session.load(guest);
        return "loaded " + guest.name() + "\n" + session.here();
    }

    String reset() {
        session.reset();
        return session.here();
    }

    String quit() {
        over = true;
        return "";
    }

    /** Every word worth completing: verbs, the language's, mnemonics, registers, labels of the loaded guest. */
    List<String> words() {
        TreeSet<String> words = new TreeSet<>(language.words());
        Verbs.ALL.forEach(verb -> words.add(verb.name()));
        words.addAll(Assembler.mnemonics());
        for (String[] names : List.of(Reg.NAMES32, Reg.NAMES16, Reg.NAMES8, Reg.SEGMENTS)) {
            words.addAll(List.of(names));
        }
        words.addAll(session.symbols());
        return new ArrayList<>(words);
    }
}

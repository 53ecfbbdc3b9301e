package ringside.shell;

import java.util.List;
import ringside.error.RingsideException;

/** The commands of the interactive shell: one declaration each; help and completion derive from it. */
final class Verbs {
    /** What a verb does with the words behind it; the answer is printed as it is. */
    interface Action {
        String run(Conversation talk, List<String> words);
    }

    /**
     * One command.
     *
     * @param operands as help prints them
     * @param most words it takes at most
     */
    record Verb(String name, String operands, String summary, int most, Action action) {}

    /** An address, a mode, a memory strategy and options. */
    private static final int MOST_SETTINGS = 10;

    static final List<Verb> ALL = List.of(
            new Verb(
                    "load",
                    "FILE [NAME]",
                    "a script's guest, a kernel, a boot sector, or FILE@ADDRESS",
                    2,
                    (talk, w) -> talk.load(need(w, 0, "a file"), word(w, 1, ""))),
            new Verb(
                    "step",
                    "[N]",
                    "execute one instruction, or N",
                    1,
                    (talk, w) -> talk.session().step(number(word(w, 0, "1")))),
            new Verb(
                    "run",
                    "[N]",
                    "execute until something stops the guest, at most N instructions",
                    1,
                    (talk, w) -> talk.session().run(w.isEmpty() ? Session.BUDGET : number(w.getFirst()))),
            new Verb("regs", "", "all registers", 0, (talk, w) -> talk.session().registers()),
            new Verb(
                    "mem",
                    "ADDRESS [N]",
                    "N bytes of linear memory",
                    2,
                    (talk, w) -> talk.session()
                            .memory(talk.session().address(need(w, 0, "an address")), count(word(w, 1, "64")))),
            new Verb(
                    "disasm",
                    "[ADDRESS] [N]",
                    "N instructions, from EIP on where no address is given",
                    2,
                    (talk, w) -> talk.session()
                            .disassemble(talk.session().address(word(w, 0, "eip")), count(word(w, 1, "8")))),
            new Verb(
                    "explain",
                    "ADDRESS [SETTING]",
                    "how an address is translated, and who wrote what",
                    MOST_SETTINGS,
                    (talk, w) -> talk.session().explain(need(w, 0, "an address"), Settings.of(w.subList(1, w.size())))),
            new Verb(
                    "heat",
                    "SETTING",
                    "where exits and hidden faults come from",
                    MOST_SETTINGS,
                    (talk, w) -> talk.session().heat(Settings.of(w))),
            new Verb(
                    "break",
                    "[ADDRESS]",
                    "set or remove a breakpoint, or list them",
                    1,
                    (talk, w) -> w.isEmpty()
                            ? talk.session().breakpoints()
                            : talk.session().toggleBreakpoint(talk.session().address(w.getFirst()))),
            new Verb(
                    "console",
                    "",
                    "what the guest has sent to its consoles",
                    0,
                    (talk, w) -> talk.session().console()),
            new Verb("reset", "", "start the loaded guest again on a fresh machine", 0, (talk, w) -> talk.reset()),
            new Verb("help", "[COMMAND]", "this list, or one line of it", 1, (talk, w) -> help(word(w, 0, ""))),
            new Verb("quit", "", "leave; so does the end of the input", 0, (talk, w) -> talk.quit()));

    /** The most bytes or instructions shown at once. */
    private static final int MOST_SHOWN = 1 << 16;

    private Verbs() {}

    static boolean knows(String name) {
        return ALL.stream().anyMatch(verb -> verb.name().equals(name));
    }

    /** Runs the verb that {@code words} begin with and gives its answer. */
    static String run(Conversation talk, List<String> words) {
        Verb verb = named(words.getFirst());
        List<String> operands = words.subList(1, words.size());
        if (operands.size() > verb.most) {
            throw new RingsideException(
                    "'" + operands.get(verb.most) + "' is one word too many", "", "usage: " + usage(verb));
        }
        return verb.action.run(talk, operands);
    }

    private static Verb named(String name) {
        return ALL.stream()
                .filter(verb -> verb.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RingsideException("no command '" + name + "'", "", "'help' lists them"));
    }

    private static String help(String name) {
        StringBuilder text = new StringBuilder();
        for (Verb verb : name.isEmpty() ? ALL : List.of(named(name))) {
            text.append(String.format("  %-24s %s", usage(verb), verb.summary)).append('\n');
        }
        if (name.isEmpty()) {
            text.append("Addresses are linear, in hex, or labels, registers and sums of them: esp+8.\n");
            text.append(
                    "A setting is a mode, a memory strategy, options: hardware nested format=npt; else it is bare.\n");
            text.append("Anything else is a line of the scripts' language and is evaluated.\n");
        }
        return text.toString();
    }

    private static String usage(Verb verb) {
        return verb.name + (verb.operands.isEmpty() ? "" : " " + verb.operands);
    }

    private static String need(List<String> words, int index, String what) {
        if (index >= words.size()) {
            throw new RingsideException(what + " is missing", "", "'help' shows how to write it");
        }
        return words.get(index);
    }

    private static String word(List<String> words, int index, String otherwise) {
        return index < words.size() ? words.get(index) : otherwise;
    }

    private static long number(String written) {
        try {
            long value = Long.decode(written);
            if (value > 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new RingsideException("'" + written + "' is no number", "", "write 16 or 0x10", e);
        }
        throw new RingsideException("'" + written + "' is not positive", "", "give 1 or more");
    }

    private static int count(String written) {
        long value = number(written);
        if (value > MOST_SHOWN) {
            throw new RingsideException("'" + written + "' is too much for one screen", "", "at most " + MOST_SHOWN);
        }
        return (int) value;
    }
}

package ringside.shell;

import java.util.List;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/** The registry of commands: one line each. */
public final class Commands {
    /** In the order of {@code ringside help}. */
    public static final List<Command> ALL = List.of(
            new RunCommand(),
            new CompareCommand(),
            new TranslateCommand(),
            new ExplainCommand(),
            new BootCommand(),
            new ShellCommand(),
            new HelpCommand());

    private Commands() {}

    /** The command called {@code name}; its absence is the user's mistake. */
    public static Command named(String name) {
        for (Command command : ALL) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        List<String> names = ALL.stream().map(Command::name).toList();
        throw new RingsideException(
                "unknown command '" + name + "'", "", NearMiss.hint(name, names, "'ringside help' lists the commands"));
    }
}

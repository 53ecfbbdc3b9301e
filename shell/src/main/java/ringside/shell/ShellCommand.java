package ringside.shell;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.lab.ServerSpec;

/** {@code ringside shell}: load a guest, step it, look at it; lines of the language are evaluated. */
final class ShellCommand implements Command {
    private static final String HISTORY = ".ringside_history";
    private static final int MIB = 1 << 20;

    @Override
    public String name() {
        return "shell";
    }

    @Override
    public String summary() {
        return "load a guest, step it, look at registers, memory and code";
    }

    @Override
    public String operands() {
        return "[FILE]";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Option.builder()
                        .longOpt("year")
                        .hasArg()
                        .argName("YEAR")
                        .desc("the processor of that year (2004)")
                        .get());
    }

    @Override
    public int run(CommandLine line, Streams streams) throws IOException {
        int year = year(line.getOptionValue("year", String.valueOf(ServerSpec.DEFAULT.year())));
        Session session = new Session(CpuModel.ofYear(year), ServerSpec.DEFAULT.ramMib() * MIB);
        Conversation talk = new Conversation(session, new ScriptLanguage());
        if (!line.getArgList().isEmpty()) {
            streams.out().print(talk.load(line.getArgList().getFirst(), ""));
        }
        boolean terminal = streams.in() == System.in
                && System.console() != null
                && System.console().isTerminal();
        try (LineSource lines = terminal ? terminal(talk, streams) : LineSource.piped(streams.in())) {
            return converse(talk, lines, streams, terminal);
        }
    }

    private static LineSource terminal(Conversation talk, Streams streams) throws IOException {
        streams.out().println("Ringside. 'help' lists the commands, Tab completes, 'quit' leaves.");
        streams.out().flush();
        return new TerminalLines(
                (reader, parsed, candidates) ->
                        TerminalLines.completer(talk.words()).complete(reader, parsed, candidates),
                Path.of(System.getProperty("user.home"), HISTORY));
    }

    /** In a pipe the first mistake decides the exit status; at a terminal a mistake is only told. */
    private static int converse(Conversation talk, LineSource lines, Streams streams, boolean terminal)
            throws IOException {
        int status = ExitStatus.DONE;
        String input = lines.next();
        while (input != null) {
            try {
                streams.out().print(talk.answer(input));
            } catch (RingsideException e) {
                streams.out().flush();
                streams.err().println("ringside: " + e.getMessage());
                status = terminal ? status : ExitStatus.BAD_INPUT;
            }
            streams.out().flush();
            input = talk.isOver() ? null : lines.next();
        }
        return status;
    }

    private static int year(String written) {
        try {
            return Integer.parseInt(written);
        } catch (NumberFormatException e) {
            throw new RingsideException("'" + written + "' is no year", "--year", "write --year 2004", e);
        }
    }
}

package ringside.shell;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.cli.AlreadySelectedException;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/** The program's entry: finds the command, runs it, and turns trouble into one message and an exit status. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // UTF-8 whatever the locale: output is the same bytes everywhere
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status = run(args, new Streams(System.in, out, err));
        out.flush();
        System.exit(status);
    }

    /** Runs one command line and returns its exit status; never throws. */
    public static int run(String[] args, Streams streams) {
        List<String> words = new ArrayList<>(Arrays.asList(args));
        boolean trace = words.remove("--trace") || System.getenv("RINGSIDE_DEBUG") != null;
        try {
            return dispatch(words, streams);
        } catch (RingsideException e) {
            streams.out().flush();
            streams.err().println("ringside: " + e.getMessage());
            return trace(trace, e, streams, ExitStatus.BAD_INPUT);
        } catch (NoSuchFileException e) {
            streams.out().flush();
            streams.err().println("ringside: no file '" + e.getFile() + "'; check the path");
            return trace(trace, e, streams, ExitStatus.BAD_INPUT);
        } catch (OutOfMemoryError e) {
            streams.out().flush();
            streams.err()
                    .println("ringside: the Java heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB cannot hold these machines; give them less memory,"
                            + " or Java more: RINGSIDE_JAVA_OPTS=-Xmx8g");
            return trace(trace, e, streams, ExitStatus.BAD_INPUT);
        } catch (Throwable e) {
            streams.out().flush();
            streams.err().println("ringside: a defect of Ringside itself: " + e);
            if (!trace) {
                streams.err().println("ringside: the same command with --trace prints where; please report it");
            }
            return trace(trace, e, streams, ExitStatus.DEFECT);
        }
    }

    private static int trace(boolean wanted, Throwable e, Streams streams, int status) {
        if (wanted) {
            e.printStackTrace(streams.err());
        }
        return status;
    }

    private static int dispatch(List<String> words, Streams streams) throws Exception {
        if (words.isEmpty()
                || words.getFirst().equals("--help")
                || words.getFirst().equals("-h")) {
            streams.out().print(HelpCommand.overview());
            return words.isEmpty() ? ExitStatus.BAD_INPUT : ExitStatus.DONE;
        }
        Command command = Commands.named(words.getFirst());
        List<String> rest = words.subList(1, words.size());
        if (rest.contains("--help")) {
            streams.out().print(HelpCommand.page(command));
            return ExitStatus.DONE;
        }
        return command.run(parse(command, rest), streams);
    }

    /** Parses {@code words} by the command's options; a mistake names the option and the usage. */
    static CommandLine parse(Command command, List<String> words) {
        try {
            return DefaultParser.builder()
                    .setAllowPartialMatching(false)
                    .get()
                    .parse(command.options(), words.toArray(String[]::new));
        } catch (UnrecognizedOptionException e) {
            List<String> known = command.options().getOptions().stream()
                    .map(option -> "--" + option.getLongOpt())
                    .toList();
            throw refused(
                    command,
                    "unknown option '" + e.getOption() + "'",
                    NearMiss.hint(e.getOption(), known, "'ringside help " + command.name() + "' lists the options"),
                    e);
        } catch (MissingArgumentException e) {
            Option option = e.getOption();
            throw refused(
                    command,
                    "--" + option.getLongOpt() + " lacks its " + option.getArgName(),
                    "write --" + option.getLongOpt() + " " + option.getArgName(),
                    e);
        } catch (AlreadySelectedException e) {
            throw refused(command, e.getMessage(), "give one of them", e);
        } catch (ParseException e) {
            throw refused(command, e.getMessage(), "usage: " + HelpCommand.usage(command), e);
        }
    }

    private static RingsideException refused(Command command, String what, String remedy, Exception cause) {
        return new RingsideException(what, command.name(), remedy, cause);
    }
}

package ringside.shell;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** One command of the program, declared in one place. */
public interface Command {
    /** The word on the command line. */
    String name();

    /** What it does, in one line without a full stop. */
    String summary();

    /** Its operands as help prints them, such as {@code FILE}; empty for none. Options are added by themselves. */
    String operands();

    /** Its options; only asked for when the command runs or its help is printed. */
    Options options();

    /** Carries it out and returns an {@link ExitStatus}. */
    int run(CommandLine line, Streams streams) throws Exception;
}

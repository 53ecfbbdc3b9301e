package ringside.shell;

import java.util.TreeMap;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import ringside.error.RingsideException;
import ringside.vmm.spi.Mode;

/** Options as the commands declare and read them. */
final class CommandOptions {
    private CommandOptions() {}

    /** An option without a value. */
    static Option flag(String name, String text) {
        return Option.builder().longOpt(name).desc(text).get();
    }

    /** An option with a value. */
    static Option option(String name, String argument, String text) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(argument)
                .desc(text)
                .get();
    }

    /** What {@code --set NAME=VALUE} says of a mode's options; whether the mode has them is for the mode to say. */
    static TreeMap<String, String> set(CommandLine line) {
        TreeMap<String, String> options = new TreeMap<>();
        for (String text : line.hasOption("set") ? line.getOptionValues("set") : new String[0]) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new RingsideException(
                        "--set '" + text + "' names no value", "", "write --set NAME=VALUE, as ring=3");
            }
            options.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return options;
    }

    /** As {@link #set(CommandLine)}, each checked against what {@code mode} offers. */
    static TreeMap<String, String> set(CommandLine line, Mode mode) {
        TreeMap<String, String> options = set(line);
        Settings.check(mode, options);
        return options;
    }
}

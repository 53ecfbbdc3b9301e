package ringside.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import ringside.dsl.ScriptWords;
import ringside.vmm.mode.paravirtual.HypercallReference;

/** {@code ringside help [COMMAND]}: everything it prints comes from the registry. */
final class HelpCommand implements Command {
    /** What the launcher answers itself, before this program exists. */
    private static final List<String[]> LAUNCHER = List.of(
            new String[] {"build", "compile and package, without running anything"},
            new String[] {"test", "run all tests of all modules and count them"},
            new String[] {"bench", "run the benchmarks and print their figures"});

    private static final Map<String, Topic> TOPICS = topics();

    @Override
    public String name() {
        return "help";
    }

    @Override
    public String summary() {
        return "list the commands, or explain one, or a topic";
    }

    @Override
    public String operands() {
        return "[COMMAND]";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(CommandLine line, Streams streams) {
        List<String> words = line.getArgList();
        Topic topic = words.isEmpty() ? null : TOPICS.get(words.getFirst());
        if (topic != null) {
            streams.out().print(topic.text().get());
        } else {
            streams.out().print(words.isEmpty() ? overview() : page(Commands.named(words.getFirst())));
        }
        return ExitStatus.DONE;
    }

    /** A reference that is made from a table of the program. */
    private record Topic(String summary, Supplier<String> text) {}

    private static Map<String, Topic> topics() {
        Map<String, Topic> topics = new TreeMap<>();
        topics.put("hypercalls", new Topic("what a ported kernel can ask its VMM for", HypercallReference::text));
        topics.put("operations", new Topic("privileged operations of scripted kernels", ScriptWords::operations));
        return topics;
    }

    /** All commands, one a line. */
    static String overview() {
        StringBuilder text = new StringBuilder("Usage: ringside COMMAND [OPTION...] [OPERAND...]\n\nCommands\n");
        for (Command command : Commands.ALL) {
            text.append(row(command.name(), command.summary()));
        }
        LAUNCHER.forEach(entry -> text.append(row(entry[0], entry[1])));
        text.append("\nTopics\n");
        TOPICS.forEach((name, topic) -> text.append(row(name, topic.summary())));
        return text.append("\nEverywhere\n")
                .append(row("--trace", "with a defect of Ringside, print the stack trace (as RINGSIDE_DEBUG=1)"))
                .append("\nExit status: 0 done; 1 an expectation failed or runs parted; 2 bad input; ")
                .append("3 boot ended by budget or shutdown; 70 a defect.\n")
                .append("'ringside help COMMAND' explains one, 'ringside help TOPIC' prints a reference.\n")
                .toString();
    }

    /** One command's page. */
    static String page(Command command) {
        StringBuilder text = new StringBuilder("Usage: ").append(usage(command)).append('\n');
        text.append("  ").append(command.summary()).append('\n');
        List<Option> options = new ArrayList<>(command.options().getOptions());
        if (!options.isEmpty()) {
            text.append("\nOptions\n");
            options.forEach(option -> text.append(row(written(option), option.getDescription())));
        }
        return text.toString();
    }

    /** {@code ringside NAME OPERANDS [OPTION...]}. */
    static String usage(Command command) {
        String operands = command.operands().isEmpty() ? "" : " " + command.operands();
        return "ringside " + command.name() + operands
                + (command.options().getOptions().isEmpty() ? "" : " [OPTION...]");
    }

    private static String written(Option option) {
        String name = option.getLongOpt() == null ? "-" + option.getOpt() : "--" + option.getLongOpt();
        return option.hasArg() ? name + " " + option.getArgName() : name;
    }

    private static String row(String left, String right) {
        return String.format("  %-22s  %s%n", left, right).replace(System.lineSeparator(), "\n");
    }
}

package ringside.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.boot.ServerBoot;

/** {@code --vm "kernel=FILE,mode=hardware"}: the options of a boot for one machine of several, without their dashes. */
final class VmOption {
    /** What one machine can be told; the first three only here. */
    private static final List<String> KEYS = List.of(
            "name", "weight", "net", "kernel", "append", "flat", "disk", "floppy", "bios", "ram", "mode", "memory",
            "set", "engine");

    /** What is said of the whole server, beside {@code --vm}. */
    private static final Set<String> SHARED =
            Set.of("vm", "cpu", "keep", "net", "max-instructions", "json", "schedule", "processors");

    private static final int MOST_WEIGHT = 10_000;

    private VmOption() {}

    /** The machines that {@code line} names, in order; options of a boot of one machine beside them are refused. */
    static List<ServerBoot.Vm> all(CommandLine line) {
        Arrays.stream(line.getOptions())
                .map(option -> option.getLongOpt())
                .filter(name -> !SHARED.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new RingsideException(
                            "--" + name + " stands beside --vm",
                            "boot",
                            KEYS.contains(name)
                                    ? "say it of one machine: --vm \"" + name + "=...\""
                                    : "it is for a boot of one machine");
                });
        List<ServerBoot.Vm> vms = new ArrayList<>();
        for (String text : line.getOptionValues("vm")) {
            vms.add(one(text, vms.size() + 1, line));
        }
        return vms;
    }

    private static ServerBoot.Vm one(String text, int place, CommandLine server) {
        List<String> words = new ArrayList<>();
        for (String part : text.split(",")) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (!KEYS.contains(key)) {
                throw new RingsideException(
                        "unknown word '" + key + "' in --vm \"" + text + "\"",
                        "boot",
                        NearMiss.hint(key, new TreeSet<>(KEYS), "known: " + String.join(", ", KEYS)));
            }
            if (equals < 0) {
                throw new RingsideException(
                        "'" + key + "' in --vm \"" + text + "\" has no value", "boot", "write " + key + "=VALUE");
            }
            words.add("--" + key);
            words.add(part.substring(equals + 1));
        }
        List.of("cpu", "max-instructions").forEach(shared -> {
            if (server.hasOption(shared)) {
                words.add("--" + shared);
                words.add(server.getOptionValue(shared));
            }
        });
        if (server.hasOption("keep")) {
            words.add("--keep");
        }
        CommandLine own = parsed(words);
        return new ServerBoot.Vm(
                own.getOptionValue("name", "vm" + place),
                BootCommand.request(own, Optional.empty()),
                weight(own.getOptionValue("weight", "1")),
                Optional.ofNullable(own.getOptionValue("net")));
    }

    private static CommandLine parsed(List<String> words) {
        Options options = new BootCommand().options();
        List.of("name", "weight").forEach(word -> options.addOption(CommandOptions.option(word, "X", word)));
        try {
            return new DefaultParser(false).parse(options, words.toArray(String[]::new));
        } catch (ParseException e) {
            throw new RingsideException("--vm cannot be read: " + e.getMessage(), "boot", "look at its words", e);
        }
    }

    private static int weight(String text) {
        long weight = Quantities.count("vm weight", text);
        if (weight > MOST_WEIGHT) {
            throw new RingsideException("a weight of " + text, "boot", "give at most " + MOST_WEIGHT);
        }
        return (int) weight;
    }
}

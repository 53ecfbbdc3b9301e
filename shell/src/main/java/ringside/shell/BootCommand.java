package ringside.shell;

import static ringside.shell.CommandOptions.flag;
import static ringside.shell.CommandOptions.option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import ringside.error.RingsideException;
import ringside.guest.ImageFile;
import ringside.host.Schedulers;
import ringside.lab.Setting;
import ringside.lab.boot.Boot;
import ringside.lab.boot.BootImages;
import ringside.lab.boot.BootReport;
import ringside.lab.boot.BootRequest;
import ringside.lab.boot.Drives;
import ringside.lab.boot.ServerBoot;
import ringside.lab.boot.ServerBootReport;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.ScreenPicture;
import ringside.machine.devices.net.Capture;

/** {@code ringside boot}: one guest from image files on one machine, its console on stdout, then how it ended. */
final class BootCommand implements Command {
    private static final long MAX_RAM = 1020L << 20, MIN_RAM = 64 << 10;
    private static final int PAGE = 4096;

    @Override
    public String name() {
        return "boot";
    }

    @Override
    public String summary() {
        return "boot a kernel, flat binary, disk or ROM on a simulated server";
    }

    @Override
    public String operands() {
        return "";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(option("kernel", "FILE", "Multiboot kernel or ELF32 executable"))
                .addOption(option("append", "TEXT", "options for the Multiboot kernel"))
                .addOption(option("flat", "FILE@ADDRESS", "raw bytes, entered at ADDRESS (hex) in flat 32-bit mode"))
                .addOption(
                        option("disk", "FILE", "a hard disk on IDE, booted by our firmware or by --bios; up to four"))
                .addOption(option("floppy", "FILE", "the floppy drive, booted where there is no hard disk"))
                .addOption(flag("keep", "write what the guest writes to its disks into the image files"))
                .addOption(option("net", "FILE", "plug the network adapter in and record what it sends, as pcap"))
                .addOption(option(
                        "bios", "FILE|none", "ROM at the tops of 1 MiB and 4 GiB; none enters a disk's boot sector"))
                .addOption(option("ram", "SIZE", "memory, as 16M (the default), 640K, 1G"))
                .addOption(option("cpu", "MODEL|YEAR", "processor; the default is that of 2004"))
                .addOption(option("mode", "MODE", "how the VMM virtualizes; bare (the default) means no VMM"))
                .addOption(option("memory", "STRATEGY", "how the VMM virtualizes memory"))
                .addOption(option("set", "NAME=VALUE", "an option of the mode, as ring=3; may be repeated"))
                .addOption(option("engine", "ENGINE", "how the silicon is simulated: interpreter"))
                .addOption(option(
                        "vm",
                        "OPTIONS",
                        "a virtual machine of several: kernel=FILE,mode=hardware,ram=16M,net=lan,weight=2"))
                .addOption(option("schedule", "NAME", "how --vm machines share processors: roundRobin or weighted"))
                .addOption(option("processors", "N", "physical processors for --vm machines; 1 is the default"))
                .addOption(option("serial", "stdio|FILE", "where COM1's output goes; stdio is the default"))
                .addOption(option("screen", "FILE", "draw the text screen at the end: as PNG, or for a terminal"))
                .addOption(option("watch-port", "PORT", "print each write to this port (hex); may be repeated"))
                .addOption(option("exit-port", "PORT", "a write to this port (hex) ends the run; f4 is the default"))
                .addOption(option("max-instructions", "N", "the budget; a billion is the default"))
                .addOption(flag("json", "print the report as JSON, and nothing else"));
    }

    @Override
    public int run(CommandLine line, Streams streams) throws IOException {
        if (!line.getArgList().isEmpty()) {
            throw new RingsideException(
                    "'" + line.getArgList().getFirst() + "' is not an option", "boot", "give images as --kernel FILE");
        }
        if (line.hasOption("vm")) {
            return several(line, streams);
        }
        List.of("schedule", "processors").forEach(word -> refuseAlone(line, word));
        BootRequest request = request(
                line, Optional.ofNullable(line.getOptionValue("net")).map(file -> new Capture(DeviceSettings.START)));
        boolean json = line.hasOption("json");
        BootReport report;
        try (BootConsole console = BootConsole.open(line.getOptionValue("serial", "stdio"), json, streams.out());
                Progress _ = Progress.of("booting", streams.err())) {
            report = Boot.run(request, console);
        }
        if (line.hasOption("screen")) {
            screen(report.screen(), Path.of(line.getOptionValue("screen")));
        }
        request.capture().ifPresent(capture -> capture.write(Path.of(line.getOptionValue("net"))));
        if (json) {
            streams.out().print(report.json());
        } else {
            streams.out().print(report.text());
            streams.err().println(speed(report));
        }
        return report.done() ? ExitStatus.DONE : ExitStatus.STOPPED;
    }

    // ---- several machines

    private static void refuseAlone(CommandLine line, String option) {
        if (line.hasOption(option)) {
            throw new RingsideException(
                    "--" + option + " is about several machines", "boot", "name them with --vm \"kernel=FILE,...\"");
        }
    }

    private static int several(CommandLine line, Streams streams) {
        List<ServerBoot.Vm> vms = VmOption.all(line);
        Optional<Capture> capture =
                Optional.ofNullable(line.getOptionValue("net")).map(file -> new Capture(DeviceSettings.START));
        ServerBoot.Request request = new ServerBoot.Request(
                vms,
                line.getOptionValue("schedule", Schedulers.names().getFirst()),
                (int) Math.min(64, Quantities.count("processors", line.getOptionValue("processors", "1"))),
                vms.getFirst().request().maxInstructions(),
                capture);
        boolean json = line.hasOption("json");
        ServerBootReport report;
        try (VmConsoles consoles = new VmConsoles(json, streams.out());
                Progress _ = Progress.of("booting", streams.err())) {
            report = ServerBoot.run(request, consoles::of);
        }
        capture.ifPresent(recorded -> recorded.write(Path.of(line.getOptionValue("net"))));
        streams.out().print(json ? report.json() : report.text());
        return report.done() ? ExitStatus.DONE : ExitStatus.STOPPED;
    }

    /** A file called .png gets a picture, any other one lines with colours. */
    private static void screen(ScreenPicture picture, Path file) {
        boolean drawn = file.toString().endsWith(".png");
        try {
            Files.write(file, drawn ? picture.png() : picture.ansi().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new RingsideException("'" + file + "' cannot be written", "", "choose a place that can", e);
        }
    }

    private static String speed(BootReport report) {
        return String.format(
                Locale.ROOT,
                "ringside: %.1f million instructions in %.2f s: %.1f MIPS",
                report.instructions() / 1e6,
                report.seconds(),
                report.mips());
    }

    // ---- options

    /** @param capture gets what the network adapter sends */
    static BootRequest request(CommandLine line, Optional<Capture> capture) {
        return new BootRequest(
                images(line),
                setting(line),
                Quantities.cpu(line.getOptionValue("cpu", String.valueOf(BootRequest.DEFAULT_YEAR))),
                ram(line.getOptionValue("ram", "16M")),
                line.hasOption("exit-port")
                        ? Quantities.port("exit-port", line.getOptionValue("exit-port"))
                        : DeviceSettings.DEFAULT_EXIT_PORT,
                watched(line),
                line.hasOption("max-instructions")
                        ? Quantities.count("max-instructions", line.getOptionValue("max-instructions"))
                        : BootRequest.DEFAULT_BUDGET,
                capture);
    }

    private static BootImages images(CommandLine line) {
        Optional<String> flat = Optional.ofNullable(line.getOptionValue("flat"));
        int at = flat.map(text -> text.lastIndexOf('@')).orElse(0);
        if (at < 0) {
            throw new RingsideException(
                    "--flat '" + flat.orElseThrow() + "' lacks its address",
                    "",
                    "write --flat FILE@ADDRESS, as k.bin@100000");
        }
        boolean withoutBios = "none".equals(line.getOptionValue("bios"));
        return new BootImages(
                withoutBios ? Optional.empty() : file(line, "bios"),
                withoutBios,
                file(line, "kernel"),
                line.getOptionValue("append", ""),
                flat.map(text -> ImageFile.read(Path.of(text.substring(0, at)))),
                flat.map(text -> Quantities.address("flat", text.substring(at + 1)))
                        .orElse(0),
                drives(line));
    }

    private static Drives drives(CommandLine line) {
        String[] disks = line.getOptionValues("disk");
        return new Drives(
                disks == null
                        ? List.of()
                        : Arrays.stream(disks)
                                .map(name -> ImageFile.read(Path.of(name)))
                                .toList(),
                file(line, "floppy"),
                line.hasOption("keep"));
    }

    private static Optional<ImageFile> file(CommandLine line, String option) {
        return Optional.ofNullable(line.getOptionValue(option)).map(name -> ImageFile.read(Path.of(name)));
    }

    private static Setting setting(CommandLine line) {
        return new Setting(
                line.getOptionValue("mode", "bare"),
                line.getOptionValue("memory", ""),
                line.getOptionValue("engine", "interpreter"),
                CommandOptions.set(line));
    }

    private static int ram(String text) {
        long bytes = Quantities.size("ram", text);
        if (bytes < MIN_RAM || bytes > MAX_RAM || bytes % PAGE != 0) {
            throw new RingsideException(
                    "--ram cannot be '" + text + "'", "", "give 64K to 1020M, in whole pages of 4 KiB");
        }
        return (int) bytes;
    }

    private static List<Integer> watched(CommandLine line) {
        String[] ports = line.getOptionValues("watch-port");
        return ports == null
                ? List.of()
                : Arrays.stream(ports)
                        .map(text -> Quantities.port("watch-port", text))
                        .distinct()
                        .toList();
    }
}

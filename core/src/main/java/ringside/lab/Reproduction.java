package ringside.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.isa.Assembler;
import ringside.machine.devices.DeviceKind;
import ringside.vmm.spi.ServerMemory;

/** A guest that parts from the bare machine, written as a script that anybody can run. */
public final class Reproduction {
    private final StringBuilder out = new StringBuilder();

    private final String variable;

    private Reproduction(String variable) {
        this.variable = variable;
    }

    /** A script with one experiment for each divergence; empty where there is none. */
    static String of(ComparisonResult result, String variable) {
        List<ExperimentResult.Run> parted =
                result.runs().stream().filter(Reproduction::canBeWritten).toList();
        if (parted.isEmpty()) {
            return "";
        }
        Reproduction script = new Reproduction(variable);
        script.start(result.spec());
        parted.forEach(run -> script.experiment(result.spec(), run));
        return script.out.toString();
    }

    /** It parts, and as the one image that the script holds. */
    private static boolean canBeWritten(ExperimentResult.Run run) {
        return run.divergence().isPresent() && run.divergence().get().instruction() != Divergence.TWO_FORMS;
    }

    /** A script that runs the guest under {@code settings} and expects each to be equivalent to bare. */
    public static String of(ExperimentSpec spec) {
        Reproduction script = new Reproduction("program");
        script.start(spec);
        for (Setting setting : spec.settings()) {
            if (!setting.mode().equals(Trial.BARE)) {
                script.experiment(setting, "equivalent", spec.budget());
            }
        }
        return script.out.toString();
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private void start(ExperimentSpec spec) {
        server(spec);
        line("def " + variable + " = guest(" + quoted(spec.guest().name()) + ") {");
        GuestText.of(spec.guest()).forEach(text -> line("    " + text));
        line("}");
    }

    private void server(ExperimentSpec spec) {
        ServerSpec server = spec.server();
        line("server {");
        boolean newest =
                CpuModel.ofYear(server.year()).name().equals(server.cpu().name());
        line(
                newest
                        ? "    year " + server.year()
                        : "    cpu " + quoted(server.cpu().name()));
        CpuModel sold = CpuModel.named(server.cpu().name()).orElse(server.cpu());
        for (Feature feature : Feature.values()) {
            if (sold.has(feature) != server.cpu().has(feature)) {
                line("    " + feature.word() + " " + server.cpu().has(feature));
            }
        }
        line("    memory " + server.ramMib() + ".MiB");
        line("    seed " + server.seed());
        if (server.memory().frames() != ServerMemory.DEFAULT.frames()) {
            line("    frames " + quoted(server.memory().frames().word()));
        }
        server.pins().stream()
                .map(Pin::irq)
                .distinct()
                .forEach(irq -> line("    interrupts irq: " + irq + ", at: "
                        + server.pins().stream()
                                .filter(pin -> pin.irq() == irq)
                                .map(Pin::at)
                                .toList()));
        server.memory()
                .tlb()
                .ifPresent(tlb -> line("    tlb entries: " + tlb.entries() + ", ways: " + tlb.ways() + ", large: "
                        + tlb.largeEntries() + ", replacement: " + quoted(tlb.random() ? "random" : "fifo")));
        server.attachments().forEach(attachment -> line("    " + written(attachment)));
        line("}");
        if (!server.devices().isEmpty()) {
            String names = server.devices().stream().map(DeviceKind::name).collect(Collectors.joining(", "));
            line("// the guest also has these devices of its own script, whose blocks belong here: " + names);
        }
        server.attachments().stream()
                .filter(one ->
                        one instanceof Attachment.Drive drive && drive.terms().isPresent())
                .forEach(one -> line("// storage, limit and trouble of disk " + quoted(one.name())
                        + " belong here too, as its own script has them"));
        if (!spec.rules().isEmpty() || !spec.hypercalls().isEmpty()) {
            line("// the rules and hypercalls of its own script belong here too");
        }
    }

    private void experiment(ExperimentSpec spec, ExperimentResult.Run run) {
        Divergence divergence = run.divergence().get();
        boolean explained = !run.unsound();
        boolean known = Assembler.knows(divergence.mnemonic().toLowerCase(Locale.ROOT));
        String because = explained && known ? "diverges(because: " + divergence.mnemonic() + ")" : "diverges";
        long seen = divergence.instruction()
                + divergence.later()
                + (divergence.checkpoint().isEmpty() ? 1 : 0);
        long budget = divergence.instruction() <= 0 ? spec.budget() : Math.max(1, Math.min(seen, spec.budget()));
        if (divergence.instruction() > 0) {
            line(String.format(
                    "// guest instruction %d: %08x  %s", divergence.instruction(), divergence.la(), divergence.text()));
        }
        experiment(run.setting(), explained ? because : "equivalent", budget);
    }

    private void experiment(Setting setting, String outcome, long budget) {
        line("experiment(" + quoted(variable + " under " + setting.label()) + ") {");
        line("    run " + variable + ", under: [bare, " + written(setting) + "]");
        line("    expect " + written(setting) + "." + outcome);
        line("    budget " + budget);
        line("}");
    }

    /** An attachment as a script writes it: {@code disk 'data', number: 0, size: 4194304}. */
    private static String written(Attachment attachment) {
        return switch (attachment) {
            case Attachment.Drive drive ->
                "disk " + quoted(drive.name()) + ", number: " + drive.number()
                        + drive.image()
                                .map(image -> ", image: " + quoted(image.name()))
                                .orElse(", size: " + drive.bytes());
            case Attachment.Adapter adapter -> "nic " + quoted(adapter.name());
        };
    }

    /** The setting as a script writes it: {@code deprivileged(memory: 'shadow', ring: '3')}. */
    private static String written(Setting setting) {
        List<String> options = new ArrayList<>();
        if (!setting.memory().isEmpty()) {
            options.add("memory: " + quoted(setting.memory()));
        }
        if (!setting.devices().isEmpty()) {
            options.add("devices: " + quoted(setting.devices()));
        }
        setting.options().forEach((name, value) -> options.add(name + ": " + quoted(value)));
        return setting.mode() + (options.isEmpty() ? "" : "(" + String.join(", ", options) + ")");
    }

    /** As a Groovy string. */
    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}

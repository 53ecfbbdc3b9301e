package ringside.lab.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import ringside.error.RingsideException;
import ringside.lab.Setting;
import ringside.lab.boot.BootReport.PortWrite;
import ringside.machine.board.Platform;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Disk;
import ringside.machine.devices.ExitPort;
import ringside.machine.devices.TextScreen;
import ringside.machine.devices.net.Capture;
import ringside.machine.devices.net.Rtl8139;
import ringside.machine.devices.net.Switch;
import ringside.machine.time.VirtualClock;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** One boot: loads the images, runs the guest within its budget, reports. */
public final class Boot {
    /** The guest's output while it runs. */
    public interface Output {
        Output NONE = new Output() {};

        /** A byte sent to COM1. */
        default void serial(int value) {}

        /** A write to a watched port. */
        default void portWrite(PortWrite write) {}
    }

    /** A guest that only sleeps retires next to nothing: its budget is virtual time, ten minutes of it. */
    private static final long SLEEP_SECONDS = 600;

    private static final String ASLEEP = "asleep";

    private final BootRequest request;
    private final VirtualMachine machine;
    private final Platform platform;
    private final List<PortWrite> writes = new ArrayList<>();
    private long dropped;

    /** @param machine made from {@link #specification}, about to start */
    Boot(BootRequest request, VirtualMachine machine) {
        this.request = request;
        this.machine = machine;
        this.platform = machine.board().platform();
    }

    /** Boots; a mistake in the request or its images is thrown before the first guest instruction. */
    public static BootReport run(BootRequest request, Output output) {
        Boot boot = new Boot(request, machine(request));
        boot.listen(output);
        request.capture().ifPresent(boot::capture);
        try {
            return boot.run();
        } finally {
            boot.close();
        }
    }

    /** What is written to files is there. */
    void close() {
        platform.settings().disks().forEach(Disk::close);
    }

    private static VirtualMachine machine(BootRequest request) {
        try {
            return Modes.create(request.setting().mode(), specification(request));
        } catch (OutOfMemoryError e) {
            throw new RingsideException(
                    "no room for a machine of " + (request.ramBytes() >> 20) + " MiB",
                    "",
                    "give less --ram, or Java more memory with JAVA_TOOL_OPTIONS=-Xmx4g",
                    e);
        }
    }

    /** What the machine is made from; its images are read and its disks opened here. */
    static VmSpec specification(BootRequest request) {
        Setting setting = request.setting();
        DeviceSettings devices = DeviceSettings.of(request.ramBytes())
                .withExit(request.exitPort(), ExitPort.Coding.PLAIN)
                .withDisks(request.images().drives().open());
        return new VmSpec(
                request.cpu(),
                devices,
                List.of(),
                request.images().guest(request.ramBytes()),
                setting.engine(),
                setting.memory(),
                setting.options());
    }

    void listen(Output output) {
        IntConsumer serial = output::serial;
        platform.console("com1").live(serial);
        Consumer<PortWrite> shown = output::portWrite;
        for (int watched : request.watchedPorts()) {
            platform.watch(watched, (write, bits, port, value) -> {
                if (write) {
                    keep(new PortWrite(port, bits, value), shown);
                }
            });
        }
    }

    /** The network adapter alone on a switch: what it sends is recorded. */
    private void capture(Capture capture) {
        Switch network = new Switch("boot");
        network.capture(capture);
        network.connect(platform.device(Rtl8139.class).port());
    }

    private void keep(PortWrite write, Consumer<PortWrite> shown) {
        if (writes.size() < BootReport.KEPT_WRITES) {
            writes.add(write);
        } else {
            dropped++;
        }
        shown.accept(write);
    }

    private BootReport run() {
        VirtualClock clock = platform.clock();
        long awake = Math.min(request.maxInstructions(), Long.MAX_VALUE / 2);
        clock.alarm("boot.sleep", tick -> platform.stop().stop(ASLEEP, 0))
                .at(awake + SLEEP_SECONDS * VirtualClock.TICKS_PER_SECOND);
        long start = System.nanoTime();
        Stop stop = machine.run(request.maxInstructions());
        return report(stop, explain(stop), (System.nanoTime() - start) / 1e9);
    }

    /** How it ended, in the words of {@code explanation}. */
    BootReport report(Stop stop, String explanation, double seconds) {
        String word = word(stop);
        OptionalInt code = word.equals("exit-port") && stop instanceof Stop.Requested requested
                ? OptionalInt.of(requested.code())
                : OptionalInt.empty();
        return new BootReport(
                request.setting(),
                machine.placement(),
                word,
                explanation,
                code,
                place(machine.state()),
                machine.retired(),
                seconds,
                writes,
                dropped,
                platform.console("com1").text(),
                machine.exits(),
                machine.counters(),
                notes(),
                platform.device(TextScreen.class).picture());
    }

    /** What the mode has to say, then what the disks' images could not do. */
    private List<String> notes() {
        List<String> notes = new ArrayList<>(machine.notes());
        notes.addAll(platform.messages());
        return notes;
    }

    private static BootReport.Place place(Cpu cpu) {
        String mode = !cpu.protectedMode() ? "real" : cpu.virtual8086() ? "virtual-8086" : "protected";
        return new BootReport.Place(cpu.cs().selector, cpu.eip, cpu.cpl, mode, cpu.paging());
    }

    private static String word(Stop stop) {
        return switch (stop) {
            case Stop.Budget _ -> "budget";
            case Stop.Halted _ -> "halt";
            case Stop.Shutdown _ -> "triple-fault";
            case Stop.Probe _, Stop.VmmEntry _, Stop.VmExit _ -> throw unexpected(stop);
            case Stop.Requested requested -> requested.reason().equals(ASLEEP) ? "budget" : requested.reason();
        };
    }

    /** A stop in a sentence. */
    String explain(Stop stop) {
        return switch (stop) {
            case Stop.Budget _ -> budget();
            case Stop.Halted _ -> "halt: HLT, and no device that could ever interrupt";
            case Stop.Shutdown _ -> "triple fault: the processor shut down";
            case Stop.Probe _, Stop.VmmEntry _, Stop.VmExit _ -> throw unexpected(stop);
            case Stop.Requested requested
            when requested.reason().equals("exit-port") ->
                String.format("exit port %04x, code %d", request.exitPort(), requested.code());
            case Stop.Requested requested
            when requested.reason().equals(ASLEEP) ->
                "budget: " + SLEEP_SECONDS + " seconds of virtual time, nearly all of it in HLT";
            case Stop.Requested requested -> requested.reason();
        };
    }

    private static IllegalStateException unexpected(Stop stop) {
        return new IllegalStateException("a boot sets no probes and leaves no door open, yet stopped with " + stop);
    }

    private String budget() {
        long instructions = machine.retired();
        if (instructions < request.maxInstructions()) {
            return "budget: the guest faults or repeats without end and retires nothing";
        }
        boolean ours = request.maxInstructions() == BootRequest.DEFAULT_BUDGET;
        return "budget: " + request.maxInstructions() + " instructions" + (ours ? ", the default" : "")
                + "; --max-instructions sets another";
    }
}

package ringside.lab.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import ringside.engine.Engines;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.machine.board.Board;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.ExitPort;

/** The modes under which a guest can be booted: one line each. */
final class BootModes {
    private static final Map<String, Function<BootRequest, BootMachine>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("bare", BootModes::bare);
    }

    private BootModes() {}

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** The machine of this request, switched on and empty. */
    static BootMachine machine(BootRequest request) {
        String mode = request.setting().mode();
        Function<BootRequest, BootMachine> maker = ALL.get(mode);
        if (maker == null) {
            throw new RingsideException(
                    "unknown mode '" + mode + "'",
                    "",
                    NearMiss.hint(mode, names(), "modes: " + String.join(", ", names())));
        }
        try {
            return maker.apply(request);
        } catch (OutOfMemoryError e) {
            throw new RingsideException(
                    "no room for a machine of " + (request.ramBytes() >> 20) + " MiB",
                    "",
                    "give less --ram, or Java more memory with JAVA_TOOL_OPTIONS=-Xmx4g",
                    e);
        }
    }

    private static BootMachine bare(BootRequest request) {
        if (!request.setting().memory().isEmpty()) {
            throw new RingsideException(
                    "mode 'bare' has no memory strategy, so '" + request.setting().memory() + "' means nothing",
                    "",
                    "leave --memory away or choose another --mode");
        }
        DeviceSettings settings = DeviceSettings.of(request.ramBytes())
                .withExit(request.exitPort(), ExitPort.Coding.PLAIN)
                .withDisks(request.images().disks());
        return new BareMachine(
                new Board(request.cpu(), settings), Engines.named(request.setting().engine()));
    }
}

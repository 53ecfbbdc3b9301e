package ringside.shell;

import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.isa.Decoder;
import ringside.lab.ServerSpec;
import ringside.machine.board.Board;
import ringside.machine.devices.DeviceSettings;

/**
 * Initialises beside the main thread what every script needs: a short run is mostly the initialisation of classes.
 *
 * <p>Nothing here has an effect but time: whoever comes first initialises, the other waits.
 */
final class Prelude {
    private static final int RAM = 1 << 20;

    private Prelude() {}

    /** Starts and returns at once; the threads end by themselves. */
    static void start() {
        daemon("prelude-machine", () -> {
            Decoder.decode(new byte[] {(byte) 0x90}, 0, 32);
            new Board(CpuModel.ofYear(ServerSpec.DEFAULT.year()), DeviceSettings.of(RAM), 0);
        });
        daemon("prelude-script", ScriptRunner::prepare);
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}

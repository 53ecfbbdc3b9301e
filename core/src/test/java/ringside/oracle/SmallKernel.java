package ringside.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ringside.arch.CpuModel;
import ringside.engine.Interpreter;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.RomImage;
import ringside.machine.board.Board;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.tools.Tool;

/** A scenario assembled into a ROM, and its trace on a machine: the lines of port E9 and how the run ended. */
record SmallKernel(Path rom) {
    private static final int RAM = 8 << 20;
    private static final long BUDGET = 4_000_000;

    /** Assembles {@code code} into the frame with nasm. */
    static SmallKernel assemble(Path folder, String code) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("frame.asm"), Scenario.resource("frame.asm"));
        Files.writeString(folder.resolve("scenario.inc"), code);
        Tool.require("nasm").succeed(folder, "-f", "bin", "-o", "kernel.rom", "frame.asm");
        return new SmallKernel(folder.resolve("kernel.rom"));
    }

    List<String> onQemu(Tool qemu) throws IOException, InterruptedException {
        Path output = rom.resolveSibling("qemu.trace");
        Tool.Result result = qemu.run(
                rom.getParent(),
                "-M",
                "pc",
                "-accel",
                "tcg",
                "-cpu",
                "max,-apic",
                "-m",
                "8",
                "-nodefaults",
                "-display",
                "none",
                "-no-reboot",
                "-bios",
                rom.toString(),
                "-chardev",
                "file,id=trace,path=" + output,
                "-device",
                "isa-debugcon,iobase=0xe9,chardev=trace",
                "-device",
                "isa-debug-exit,iobase=0xf4,iosize=4");
        List<String> lines = new ArrayList<>(Files.readString(output).lines().toList());
        if (result.status() == 0) {
            lines.add("SHUTDOWN");
        } else if (result.status() != 1) {
            lines.add("QEMU ended with " + result.status() + ": " + result.output());
        }
        return lines;
    }

    List<String> onRingside() throws IOException {
        Board board = new Board(CpuModel.named("ice-lake").orElseThrow(), DeviceSettings.of(RAM));
        GuestImage image = RomImage.of(new ImageFile("kernel.rom", Files.readAllBytes(rom)));
        image.load(board);
        board.enter(image.entry());
        Stop stop = new Interpreter().run(board.cpu(), BUDGET);
        String text = board.platform().consoles().get("e9").text();
        List<String> lines = new ArrayList<>(text.lines().toList());
        switch (stop) {
            case Stop.Shutdown shutdown -> lines.add("SHUTDOWN");
            case Stop.Requested requested -> {} // the exit port
            default -> lines.add("Ringside ended with " + stop);
        }
        return lines;
    }
}

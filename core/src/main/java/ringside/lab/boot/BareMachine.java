package ringside.lab.boot;

import java.util.Map;
import ringside.guest.EntryState;
import ringside.guest.GuestMemory;
import ringside.machine.board.Board;
import ringside.machine.board.Platform;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;

/** The guest has the board for itself. */
final class BareMachine implements BootMachine {
    private final Board board;
    private final Engine engine;

    BareMachine(Board board, Engine engine) {
        this.board = board;
        this.engine = engine;
    }

    @Override
    public GuestMemory memory() {
        return board;
    }

    @Override
    public Platform platform() {
        return board.platform();
    }

    @Override
    public void enter(EntryState entry) {
        board.enter(entry);
    }

    @Override
    public Stop run(long instructions) {
        return engine.run(board.cpu(), instructions);
    }

    @Override
    public void requestStop(String reason, int code) {
        board.cpu().requestStop(reason, code);
    }

    @Override
    public Place place() {
        Cpu cpu = board.cpu();
        String mode = !cpu.protectedMode() ? "real" : cpu.virtual8086() ? "virtual-8086" : "protected";
        return new Place(cpu.cs().selector, cpu.eip, cpu.cpl, mode, cpu.paging());
    }

    @Override
    public long instructions() {
        return board.cpu().retired;
    }

    @Override
    public Map<String, Long> counters() {
        return Map.of();
    }
}

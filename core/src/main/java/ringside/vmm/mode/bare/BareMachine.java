package ringside.vmm.mode.bare;

import ringside.engine.Engines;
import ringside.machine.board.Board;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceKind;
import ringside.observe.Counters;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** A guest on a board of its own. */
final class BareMachine implements VirtualMachine {
    private final Board board;
    private final Engine engine;
    private final Counters exits = new Counters();
    private final Counters counters = new Counters();

    BareMachine(VmSpec spec) {
        board = new Board(spec.cpu(), spec.devices());
        for (DeviceKind kind : spec.extra()) {
            board.platform().install(kind);
        }
        spec.machine().tlb().ifPresent(board.cpu().mmu::modelTlb);
        engine = Engines.named(spec.engine());
        spec.guest().load(board);
        board.enter(spec.guest().entry());
    }

    @Override
    public Stop run(long instructions) {
        return engine.run(board.cpu(), instructions);
    }

    @Override
    public Cpu state() {
        return board.cpu();
    }

    @Override
    public Board board() {
        return board;
    }

    @Override
    public void probe(int la) {
        board.cpu().probe(la);
    }

    @Override
    public Counters exits() {
        return exits;
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public Counters activity() {
        return CostEvent.of(board.cpu());
    }

    @Override
    public String placement() {
        return "ring 0, no VMM";
    }
}

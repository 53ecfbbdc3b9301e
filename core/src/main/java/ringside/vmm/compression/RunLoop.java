package ringside.vmm.compression;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.machine.board.Board;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeadlineTimer;
import ringside.machine.time.VirtualClock;
import ringside.observe.Counters;
import ringside.vmm.spi.DirectDevices;
import ringside.vmm.spi.ExitLog;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.vcpu.Probes;
import ringside.vmm.vcpu.VirtualProcessor;

/**
 * By turns the hardware runs the guest and the VMM is in control, until the budget is spent or something ends the run.
 *
 * <p>What the VMM learns when it gets control, and how it gives it back, is its subclass's.
 */
abstract class RunLoop implements VirtualMachine {
    private static final int WANTS_ENTRY = Attention.INTERRUPT | Attention.NMI | Attention.STOP;
    private static final int STUCK = 1 << 20;

    protected final Cpu hardware;
    protected final VirtualProcessor guest;
    protected final Cpu state;
    protected final MemoryStrategy memory;
    protected final Counters counters = Counters.of("hiddenFaults", "trueFaults", "emulated", "interpreted");
    protected final ExitLog log;

    protected final DirectDevices devices;

    private final PhysicalServer server;
    private final Engine engine;
    private final Board board;
    private final DeadlineTimer timer;
    private final Probes probes = new Probes();
    private final Set<Integer> carriedOut = new HashSet<>();
    private boolean inGuest;

    RunLoop(PhysicalServer server, MemoryStrategy memory) {
        this.server = server;
        this.hardware = server.cpu();
        this.engine = server.engine();
        this.board = server.guest();
        this.timer = server.timer();
        this.memory = memory;
        this.state = board.cpu();
        this.log = new ExitLog(counters, server.heat());
        this.guest = new VirtualProcessor(state);
        this.devices = server.devices();
        guest.outside(devices);
    }

    // ---- what clients see

    @Override
    public Board board() {
        return board;
    }

    @Override
    public DirectDevices devices() {
        return devices;
    }

    @Override
    public Optional<Heat> heat() {
        return Optional.of(server.heat());
    }

    @Override
    public Counters memory() {
        return memory.counters();
    }

    @Override
    public int tablePages() {
        return memory.tablePages();
    }

    @Override
    public Cpu silicon() {
        return hardware;
    }

    @Override
    public Counters exits() {
        return log.exits();
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public void probe(int la) {
        probes.add(la);
        hardware.probe(la);
    }

    @Override
    public boolean carryOut(int la) {
        carriedOut.add(la);
        hardware.probe(la);
        return true;
    }

    // ---- what the subclass does

    /** Guest instructions that the hardware completed and the virtual processor does not know of yet. */
    abstract long uncredited();

    /** Brings the virtual state up to what the hardware's frame says, and deals with the event. */
    abstract void arrive(int vector);

    /** Loads the virtual state into the processor and returns to the guest; false where it cannot be loaded. */
    protected abstract boolean enter();

    /** The real processor cannot be given the virtual state: by default the next instruction is interpreted. */
    protected void unloadable() {
        interpret();
    }

    /** What the virtual processor does between two instructions; why the run ends here, or null. */
    protected abstract Stop events();

    /** After software changed the virtual state or guest memory: everything that shadows them follows. */
    protected abstract void settle();

    /** The word of the mode. */
    abstract String mode();

    /** Whether the hardware holds the guest's state. */
    final boolean inGuest() {
        return inGuest;
    }

    /** The VMM got control. */
    final void left() {
        inGuest = false;
    }

    /** The guest has it. */
    final void entered() {
        inGuest = true;
    }

    // ---- the run loop

    @Override
    public Stop run(long instructions) {
        long start = retired();
        long goal = instructions > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + instructions;
        if (inGuest) {
            arm();
        }
        int idle = 0;
        long progress = start;
        while (idle++ < STUCK) {
            Stop stop = inGuest ? direct(goal) : between(goal);
            if (stop != null) {
                return stop;
            }
            if (state.retired != progress) {
                progress = state.retired;
                idle = 0;
            }
        }
        return new Stop.Budget();
    }

    /** Lets the hardware run the guest until it comes back. */
    private Stop direct(long goal) {
        long left = goal - state.retired - uncredited();
        long before = hardware.retired;
        boolean watches = memory.watchesRetirement();
        Stop stop = engine.run(hardware, watches ? Math.min(left, 1) : left);
        boolean watched = watches && hardware.retired != before;
        if (watched) {
            memory.instructionRetired();
        }
        return switch (stop) {
            case Stop.VmmEntry(int vector) -> {
                arrive(vector);
                yield null;
            }
            case Stop.Probe(int la) -> {
                if (carriedOut.contains(la)) {
                    // the VMM's timer brings it here before the instruction executes
                    timer.at(hardware.clock().now());
                }
                yield probes.contains(la) && arrived(la) ? new Stop.Probe(la) : null;
            }
            // an event may have been delivered after the last instruction: then the door is next
            case Stop.Budget budget ->
                (hardware.selector(Reg.CS) & 3) == 0 && !hardware.virtual8086()
                        ? comeBack()
                        : watched && hardware.retired - before < left ? null : budget;
            case Stop.Halted halted -> throw defect("the real processor halted");
            case Stop.Shutdown shutdown -> throw defect("the real processor shut down");
            case Stop.VmExit exit -> throw defect("the real processor left a mode it was never in");
            case Stop.Requested request -> throw defect("the real machine asked to stop: " + request.reason());
        };
    }

    private Stop comeBack() {
        if (engine.run(hardware, 1) instanceof Stop.VmmEntry(int vector)) {
            arrive(vector);
            return null;
        }
        throw defect("ring 0 ran past its door");
    }

    /** Something that no guest can bring about. */
    RingsideException defect(String what) {
        return new RingsideException(
                "a defect of Ringside: " + what,
                String.format("guest instruction %d, %s", state.retired, mode()),
                "please report the script that shows it");
    }

    private boolean arrived(int la) {
        return probes.arrived(la, state.retired + (inGuest ? uncredited() : 0));
    }

    /** Between guest instructions, the VMM in control: events of the virtual processor, then back into the guest. */
    private Stop between(long goal) {
        guest.keepTime();
        devices.look();
        if (state.retired >= goal) {
            return new Stop.Budget();
        }
        Stop stop = events();
        if (stop != null) {
            return stop;
        }
        int la = state.pc();
        if (probes.contains(la) && arrived(la)) {
            return new Stop.Probe(la);
        }
        if (carriedOut.contains(la)) {
            guest.step();
            settle();
        } else if (guest.debugHeld()) {
            interpret();
        } else {
            memory.entering();
            if (!enter()) {
                unloadable();
            }
        }
        return null;
    }

    private void interpret() {
        if (guest.step() == VirtualProcessor.Outcome.RETIRED) {
            counters.add("interpreted");
        }
        settle();
    }

    /** Whether code is to be run at an address that a client probes. */
    protected final boolean probed(int la) {
        return probes.contains(la);
    }

    /** Sets the VMM's timer to the next thing that a device of the guest wants. */
    final void arm() {
        long now = hardware.clock().now();
        devices.entering(state.clock().now() - now);
        long until = guest.untilAlarm();
        if (inGuest && wantsEntry()) {
            until = 0;
        } else if (guest.interruptBehindShadow()) {
            until = 1;
        }
        timer.at(until == VirtualClock.NEVER ? VirtualClock.NEVER : now + until);
    }

    /** Whether the VMM wants control at once, not when a device next does. */
    protected boolean wantsEntry() {
        return (state.attention & WANTS_ENTRY) != 0;
    }
}

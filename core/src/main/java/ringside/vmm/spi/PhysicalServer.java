package ringside.vmm.spi;

import ringside.engine.Engines;
import ringside.machine.board.Board;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.devices.DeadlineTimer;
import ringside.machine.devices.DeviceKind;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/**
 * The real machine under a VMM, and the share of its memory that one guest has.
 *
 * <p>The VMM's region is at MA 0, the guest's PA 0 right behind it. The guest's devices belong to its own board; the real
 * machine needs none but the VMM's timer.
 */
public final class PhysicalServer {
    private final PhysicalMemory memory;
    private final VmmRegion region;
    private final VirtualClock clock = new VirtualClock();
    private final Cpu cpu;
    private final Engine engine;
    private final DeadlineTimer timer;
    private final Ring0 ring0;
    private final Board guest;
    private long portAccesses;

    /** A server with the guest's image loaded into the guest's memory; {@code timerVector} is what the timer raises. */
    public PhysicalServer(VmSpec spec, int timerVector) {
        int guestBytes = Math.toIntExact(spec.devices().ramBytes());
        memory = new PhysicalMemory(VmmRegion.SIZE + guestBytes + Board.ROM_SPACE);
        region = new VmmRegion(memory);
        PortBus ports = new PortBus();
        ports.trace((write, bits, port, value) -> portAccesses++);
        cpu = new Cpu(spec.cpu(), new SystemBus(memory, memory.size()), ports, clock);
        engine = Engines.named(spec.engine());
        timer = new DeadlineTimer(clock, cpu.interruptPin(), timerVector);
        cpu.interruptSource(timer);
        ring0 = new Ring0(cpu);
        guest = new Board(spec.cpu(), spec.devices(), memory, VmmRegion.SIZE);
        for (DeviceKind kind : spec.extra()) {
            guest.platform().install(kind);
        }
        spec.guest().load(guest);
        guest.enter(spec.guest().entry());
    }

    public VmmRegion region() {
        return region;
    }

    /** The real processor: for the engine, and for looking at. What the VMM does to it, it does through {@link #ring0}. */
    public Cpu cpu() {
        return cpu;
    }

    /** How often a port of the real machine was used: the VMM uses none, so whoever did got past it. */
    long portAccesses() {
        return portAccesses;
    }

    public Engine engine() {
        return engine;
    }

    public DeadlineTimer timer() {
        return timer;
    }

    public Ring0 ring0() {
        return ring0;
    }

    /** The guest's computer; its CPU is the virtual one. */
    public Board guest() {
        return guest;
    }
}

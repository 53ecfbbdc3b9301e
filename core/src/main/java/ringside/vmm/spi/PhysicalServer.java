package ringside.vmm.spi;

import java.util.BitSet;
import ringside.engine.Engines;
import ringside.machine.board.Board;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.devices.DeadlineTimer;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.Devices;
import ringside.machine.devices.InterruptInputs;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;

/**
 * The real machine under a VMM, and the share of its memory that one guest has.
 *
 * <p>The guest has a set of machine frames behind its memory, the VMM its region; several servers on one {@link
 * MachineMemory} are processors of one machine. The guest's devices belong to its own board; the real machine has but the
 * VMM's timer, and the devices that the guest was given.
 */
public final class PhysicalServer {
    private static final int PAGE = PhysicalMemory.PAGE, SPARE = 64 * PAGE;

    private final MachineMemory machine;
    private final GuestFrames frames;
    private final int roms;
    private final VmmRegion region;
    private final VirtualClock clock = new VirtualClock();
    private final PortBus ports;
    private final Cpu cpu;
    private final Engine engine;
    private final DeadlineTimer timer;
    private final Ring0 ring0;
    private final SystemBus bus;
    private final InterruptInputs interrupts;
    private final SystemBus guestBus;
    private final DirectDevices devices;
    private final Board guest;
    private final Heat heat = new Heat();
    private long portAccesses;
    private long passedThrough;

    /**
     * A server with the guest's image loaded into the guest's memory; {@code timerVector} is what the timer raises. On a
     * machine with other guests it is one more processor of that machine.
     */
    public PhysicalServer(VmSpec spec, int timerVector) {
        machine = spec.machine().shared().orElseGet(() -> machineFor(spec));
        int guestBytes = Math.toIntExact(spec.devices().ramBytes());
        PhysicalMemory memory = machine.bytes();
        Layout layout = spec.machine().frames();
        boolean guestFirst = layout == Layout.ONE_TO_ONE;
        GuestFrames early = guestFirst ? new GuestFrames(machine, guestBytes, layout) : null;
        region = new VmmRegion(memory, machine.reserve(VmmRegion.SIZE));
        roms = machine.reserve(Board.ROM_SPACE);
        frames = guestFirst ? early : new GuestFrames(machine, guestBytes, layout);
        ports = new PortBus();
        ports.trace(this::portUsed);
        bus = new SystemBus(memory, memory.size());
        cpu = new Cpu(spec.cpu(), bus, ports, clock);
        spec.machine().tlb().ifPresent(cpu.mmu::modelTlb);
        engine = Engines.named(spec.engine());
        interrupts = new InterruptInputs(cpu.interruptPin());
        timer = DeadlineTimer.on(clock, interrupts, timerVector);
        cpu.interruptSource(interrupts);
        ring0 = new Ring0(cpu);
        guestBus = new SystemBus(memory, frames, guestBytes, roms);
        devices = spec.physical().map(given -> given.connect(this)).orElse(DirectDevices.NONE);
        guest = new Board(spec.cpu(), spec.devices(), devices.kinds(Devices.ALL), guestBus);
        frames.watch((pa, ma) -> forget(ma));
        for (DeviceKind kind : devices.kinds(spec.extra())) {
            guest.platform().install(kind);
        }
        spec.guest().load(guest);
        guest.enter(spec.guest().entry());
        devices.guest(guest);
    }

    /** A machine with the memory that VMMs and guests of {@code specs} need; the first says how it is. */
    public static MachineMemory machineFor(VmSpec... specs) {
        ServerMemory wanted = specs[0].machine();
        long fixed = 0;
        long frames = 0;
        for (VmSpec spec : specs) {
            long ram = spec.devices().ramBytes();
            boolean inOnePiece = spec.machine().frames().inOnePiece();
            fixed += VmmRegion.SIZE + Board.ROM_SPACE + (inOnePiece ? ram : 0);
            fixed += spec.physical().map(devices -> devices.tableBytes(ram)).orElse(0);
            frames += inOnePiece ? PAGE : ram + (ram / 8 & -PAGE) + SPARE;
        }
        frames = wanted.mib() == 0 ? frames : (long) wanted.mib() << 20;
        int most = Math.toIntExact(Math.min(frames, PhysicalMemory.MAX_SIZE - fixed));
        return new MachineMemory(Math.toIntExact(fixed), most, wanted.seed());
    }

    /** Where in guest memory the VMM was kept busy. */
    public Heat heat() {
        return heat;
    }

    /** The machine's memory, which other servers may share. */
    public MachineMemory machine() {
        return machine;
    }

    /** The frames behind the guest's memory. Whoever keeps translations to them watches it. */
    public GuestFrames frames() {
        return frames;
    }

    /** The machine frames that the guest may reach at this moment, by number: its own, and those of its ROM. */
    public BitSet guestFrames() {
        BitSet all = frames.held();
        all.set(roms / PAGE, (roms + Board.ROM_SPACE) / PAGE);
        all.or(devices.frames());
        return all;
    }

    /** The virtual processor forgets the frame; where something was made from its bytes, that is to be looked at anew. */
    private void forget(int ma) {
        if (ma < 0 || machine.bytes().holdsCode(ma)) {
            guest.cpu().mmu.flushAll();
        } else {
            guest.cpu().mmu.dropFrame(ma);
        }
    }

    /** The real processor, wherever it is, forgets its translations to a frame that goes: a TLB shootdown. */
    public void shootDown(int ma) {
        cpu.mmu.dropFrame(ma);
    }

    public VmmRegion region() {
        return region;
    }

    /** The real processor: for the engine, and for looking at. What the VMM does to it, it does through {@link #ring0}. */
    public Cpu cpu() {
        return cpu;
    }

    /** Code of the guest used a port of the real machine: by leave of the VMM, or past it. */
    private void portUsed(boolean write, int bits, int port, int value) {
        if (ring0.atPorts()) {
            return;
        }
        if (devices.ports().nextClearBit(port) < port + bits / 8) {
            portAccesses++;
        } else {
            passedThrough++;
            guest.platform().observed(write, bits, port, value);
        }
    }

    /** How often a port was used that the guest was not given: whoever did got past the VMM. */
    long portAccesses() {
        return portAccesses;
    }

    /** How often the guest used a port that it was given. */
    public long passedThrough() {
        return passedThrough;
    }

    /** The real devices that the guest was given. */
    public DirectDevices devices() {
        return devices;
    }

    /** The ports of the real machine. */
    public PortBus ports() {
        return ports;
    }

    /** The addresses of the real machine, as its devices answer at them. */
    public SystemBus bus() {
        return bus;
    }

    /** The guest's addresses, which are there before its board is. */
    public SystemBus guestBus() {
        return guestBus;
    }

    /** What leads to the processor's interrupt pin. */
    public InterruptInputs interrupts() {
        return interrupts;
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

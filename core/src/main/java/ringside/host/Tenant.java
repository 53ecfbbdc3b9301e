package ringside.host;

import java.util.Optional;
import java.util.function.IntConsumer;
import ringside.machine.cpu.Stop;
import ringside.machine.time.VirtualClock;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.VirtualMachine;

/** A virtual machine on a server, and what it was given so far. */
public final class Tenant {
    /** The guest only faults: no instruction retires. */
    public static final String LIVELOCK = "livelock";

    /** Probes reached without a retired instruction after which the guest is given up. */
    private static final int MOST_ARRIVALS_AT_ONCE = 1 << 16;

    private final TenantSpec spec;
    private final VirtualMachine machine;
    private final Optional<GuestFrames> frames;
    private final VirtualClock clock;
    private IntConsumer onProbe = la -> {};

    /** Machine time up to which it is accounted for. */
    private long now;
    /** By how much its clock is behind machine time. */
    private long behind;

    private boolean asleep;
    private boolean roused;
    private boolean slept;
    private Stop last = new Stop.Budget();
    private String stopped = "";
    private int exitCode;

    private long run;
    private long steal;
    private long idle;
    private long turns;
    private long switches;
    private long lastTurn;

    Tenant(TenantSpec spec, VirtualMachine machine, Optional<GuestFrames> frames) {
        this.spec = spec;
        this.machine = machine;
        this.frames = frames;
        this.clock = machine.board().platform().clock();
        clock.takeTurns();
    }

    public String name() {
        return spec.name();
    }

    public TenantSpec spec() {
        return spec;
    }

    public int weight() {
        return spec.weight();
    }

    public VirtualMachine machine() {
        return machine;
    }

    /** The frames behind its memory; nothing where the mode has no VMM. */
    public Optional<GuestFrames> frames() {
        return frames;
    }

    /** What is told of each probed address that the guest comes to, before it goes on. */
    public void onProbe(IntConsumer watcher) {
        onProbe = watcher;
    }

    // ---- what it was given

    /** Ticks in which it ran. */
    public long run() {
        return run;
    }

    /** Ticks in which it waited for a processor. */
    public long steal() {
        return steal;
    }

    /** Ticks in which it slept. */
    public long idle() {
        return idle;
    }

    /** Turns that it got. */
    public long turns() {
        return turns;
    }

    /** Which of the server's turns its last one was, counted from 1; 0 where it had none. */
    public long lastTurn() {
        return lastTurn;
    }

    /** Turns before which its processor had run somebody else. */
    public long switches() {
        return switches;
    }

    /** Exits of all reasons and hidden faults. */
    public long exits() {
        return machine.exits().total() + machine.counters().get("hiddenFaults");
    }

    /** Times that the guest asked its VMM for something. */
    public long hypercalls() {
        return machine.activity().get(CostEvent.HYPERCALL.word());
    }

    // ---- how it is

    /** Whether it came to an end of its own. */
    public boolean ended() {
        return !stopped.isEmpty();
    }

    /** Why it ended: {@code halt}, {@code triple-fault}, {@code livelock} or what the guest gave; empty before. */
    public String stopped() {
        return stopped;
    }

    /** How its machine last came back for good: a budget, where it has not ended or was given up. */
    public Stop last() {
        return last;
    }

    /** What the guest gave when it asked for its end. */
    public int exitCode() {
        return exitCode;
    }

    /** The machine time since which it could run: in the future where it sleeps, never where nothing will wake it. */
    public long readySince() {
        if (!asleep || roused) {
            return now;
        }
        long due = clock.deadline();
        return due == VirtualClock.NEVER ? due : Math.max(now, due + behind);
    }

    /** Whether it was woken since it last ran. */
    public boolean slept() {
        return slept;
    }

    /** Machine time up to which it is accounted for: the end of its last turn. */
    public long now() {
        return now;
    }

    /** Something was done to it from outside, for which its virtual processor may have to wake. */
    public void rouse() {
        roused = true;
    }

    // ---- running

    /**
     * Runs from machine time {@code start} for at most {@code ticks}; how many it used.
     *
     * @param number of the turn among all of the server's
     */
    long turn(long number, long start, long ticks, boolean switched, boolean hidesSteal) {
        lastTurn = number;
        long hidden = account(start);
        behind += hidesSteal ? hidden : 0;
        pass(start - behind - clock.now());
        turns++;
        switches += switched ? 1 : 0;
        roused = false;
        long before = machine.retired();
        proceed(before + ticks);
        long ran = machine.retired() - before;
        run += ran;
        now = start + ran;
        asleep = !ended() && machine.asleep();
        slept = asleep;
        roused = asleep && ran > 0 && machine.board().platform().interrupts().pending();
        return ran;
    }

    /** It sleeps, and nobody is left to wake it. */
    void sleepForGood() {
        end(new Stop.Halted(), "halt", 0);
    }

    /** What passed until {@code time} was idle until it was ready and steal from then on; the steal. */
    long account(long time) {
        long ready = Math.min(time, readySince());
        long waited = time - ready;
        idle += ready - now;
        steal += waited;
        now = time;
        return waited;
    }

    /** Time passes for the guest and for the processor that holds its registers. */
    private void pass(long ticks) {
        clock.advance(ticks);
        VirtualClock real = machine.silicon().clock();
        if (real != clock) {
            real.advance(ticks);
        }
    }

    private void proceed(long goal) {
        int arrivals = 0;
        long start = machine.retired();
        long progress = start;
        while (arrivals < MOST_ARRIVALS_AT_ONCE) {
            Stop stop = machine.run(goal - machine.retired());
            switch (stop) {
                case Stop.Probe(int la) -> onProbe.accept(la);
                case Stop.Halted halted -> end(stop, "halt", 0);
                case Stop.Shutdown shutdown -> end(stop, "triple-fault", 0);
                case Stop.Requested(String reason, int code) -> end(stop, reason, code);
                default -> {
                    if (machine.retired() == start && !machine.asleep()) {
                        end(stop, LIVELOCK, 0);
                    }
                }
            }
            if (!(stop instanceof Stop.Probe)) {
                return;
            }
            arrivals = machine.retired() == progress ? arrivals + 1 : 0;
            progress = machine.retired();
        }
        end(new Stop.Budget(), LIVELOCK, 0);
    }

    private void end(Stop stop, String reason, int code) {
        last = stop;
        stopped = reason;
        exitCode = code;
    }
}

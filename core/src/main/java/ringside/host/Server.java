package ringside.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.machine.time.VirtualClock;
import ringside.vmm.Modes;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** A server with its tenants, from their first instructions on. */
public final class Server {
    /** Turns in a row in which nobody got anywhere: a scheduler that gives turns to no purpose. */
    private static final int MOST_EMPTY_TURNS = 1 << 16;

    /** A period that never passes. */
    private static final long ONCE = Long.MAX_VALUE / 2;

    private static final class Processor {
        long free;
        Tenant last;
    }

    private static final class Activity {
        final long period;
        final LongConsumer action;
        long due;

        Activity(long due, long period, LongConsumer action) {
            this.period = period;
            this.action = action;
            this.due = due;
        }
    }

    private final ServerPlan plan;
    private final MachineMemory memory;
    private final List<Tenant> tenants = new ArrayList<>();
    private final List<Processor> processors = new ArrayList<>();
    private final List<Activity> activities = new ArrayList<>();
    private final List<Tenant> parked = new ArrayList<>();
    private long now;
    private long turns;
    private int emptyTurns;

    /** A server whose tenants are about to start; refuses what cannot be, saying why. */
    public Server(ServerPlan plan) {
        this.plan = plan;
        check();
        memory = PhysicalServer.machineFor(
                plan.tenants().stream().map(TenantSpec::spec).toArray(VmSpec[]::new));
        for (TenantSpec spec : plan.tenants()) {
            int before = memory.guests();
            VmSpec placed = spec.spec().on(spec.spec().machine().on(memory));
            VirtualMachine machine = Modes.create(spec.mode(), placed);
            boolean joined = memory.guests() > before;
            tenants.add(new Tenant(spec, machine, joined ? Optional.of(memory.guest(before)) : Optional.empty()));
        }
        for (int i = 0; i < plan.processors(); i++) {
            processors.add(new Processor());
        }
    }

    private void check() {
        List<String> names = plan.tenants().stream().map(TenantSpec::name).toList();
        if (names.isEmpty()) {
            throw new RingsideException("the server has no VM", "", "give it at least one");
        }
        for (TenantSpec spec : plan.tenants()) {
            if (names.indexOf(spec.name()) != names.lastIndexOf(spec.name())) {
                throw new RingsideException("there are two VMs '" + spec.name() + "'", "", "give each its own name");
            }
            if (spec.mode().equals("bare") && names.size() > 1) {
                throw new RingsideException(
                        "VM '" + spec.name() + "' is to be bare, with no VMM to share the server",
                        "",
                        "choose among "
                                + String.join(
                                        ", ",
                                        Modes.names().subList(1, Modes.names().size())));
            }
            if (plan.clocks() == Clocks.OWN
                    && !spec.spec().attached().all(Peripheral.Network.class).isEmpty()) {
                throw new RingsideException(
                        "VM '" + spec.name() + "' has a network adapter, and clocks of their own leave VMs no time that"
                                + " frames could be sent and arrive in",
                        "",
                        "write clocks 'machine'");
            }
            if (spec.weight() < 1) {
                throw new RingsideException(
                        "VM '" + spec.name() + "' has weight " + spec.weight(), "", "give at least 1");
            }
        }
        if (plan.processors() < 1) {
            throw new RingsideException("a server with " + plan.processors() + " processors", "", "give at least 1");
        }
    }

    /** Machine time that has passed. */
    public long now() {
        return now;
    }

    public ServerPlan plan() {
        return plan;
    }

    /** In the order of the plan. */
    public List<Tenant> tenants() {
        return List.copyOf(tenants);
    }

    /** The tenant of this name; an unknown one is refused with those there are. */
    public Tenant tenant(String name) {
        List<String> names = tenants.stream().map(Tenant::name).toList();
        return tenants.stream()
                .filter(tenant -> tenant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RingsideException(
                        "the server has no VM '" + name + "'",
                        "",
                        NearMiss.hint(name, names, "there are " + String.join(", ", names))));
    }

    /** Only {@code tenant} ever runs: the others keep what they have and are never given a turn. */
    public void runOnly(Tenant tenant) {
        tenants.stream().filter(other -> other != tenant).forEach(parked::add);
    }

    /** The memory that all share. */
    public MachineMemory memory() {
        return memory;
    }

    /** Ticks in which a processor had nobody to run, of all processors together, until now. */
    public long unused() {
        long used = tenants.stream().mapToLong(Tenant::run).sum();
        return now * processors.size() - used;
    }

    /** From now on {@code action} is carried out every {@code period} ticks of machine time, between turns. */
    public void every(long period, LongConsumer action) {
        if (period < 1) {
            throw new RingsideException("an activity every " + period + " ticks", "", "give at least 1");
        }
        activities.add(new Activity(period, period, action));
    }

    /** {@code action} is carried out once, between turns, when {@code tick} of machine time has come. */
    public void at(long tick, LongConsumer action) {
        activities.add(new Activity(tick, ONCE, action));
    }

    // ---- running

    /** Runs until every tenant has ended, none of those left can ever wake, or machine time reaches {@code limit}. */
    public void run(long limit) {
        while (turn(limit)) {}
        boolean over = living().stream().allMatch(tenant -> tenant.readySince() == VirtualClock.NEVER);
        long last =
                processors.stream().mapToLong(processor -> processor.free).max().orElse(0);
        now = Math.max(now, over ? last : limit);
        for (Tenant tenant : living()) {
            if (tenant.now() < now) {
                tenant.account(now);
            }
            if (over) {
                tenant.sleepForGood();
            }
        }
    }

    private List<Tenant> living() {
        return tenants.stream()
                .filter(tenant -> !tenant.ended() && !parked.contains(tenant))
                .toList();
    }

    /** Simulates the turn that begins first; false where none begins before {@code limit}. */
    private boolean turn(long limit) {
        Processor processor = processors.getFirst();
        for (Processor other : processors) {
            processor = other.free < processor.free ? other : processor;
        }
        long earliest = VirtualClock.NEVER;
        for (Tenant tenant : living()) {
            earliest = Math.min(earliest, tenant.readySince());
        }
        long start = Math.max(processor.free, earliest);
        if (start >= limit) {
            return false;
        }
        if (activityBefore(start)) {
            return true;
        }
        now = Math.max(now, start);
        List<Tenant> ready =
                living().stream().filter(tenant -> tenant.readySince() <= start).toList();
        Scheduler.Turn turn = plan.scheduler().choose(start, processors.indexOf(processor), ready);
        if (!ready.contains(turn.tenant()) || turn.ticks() < 1) {
            throw new RingsideException(
                    "the scheduler gives a turn that cannot be: " + turn.ticks() + " ticks for VM '"
                            + turn.tenant().name() + "'",
                    String.format("tick %d of machine time", start),
                    "choose one of those that are ready, for at least 1 tick");
        }
        give(turn, processor, start, limit);
        return true;
    }

    private void give(Scheduler.Turn turn, Processor processor, long start, long limit) {
        Tenant tenant = turn.tenant();
        boolean switched = processor.last != tenant;
        long begin = switched && processor.last != null ? start + plan.switchTicks() : start;
        if (begin >= limit) {
            processor.free = limit;
            return;
        }
        long most = Math.min(turn.ticks(), limit - begin);
        long ran = tenant.turn(++turns, begin, most, switched, plan.clocks() == Clocks.OWN);
        processor.last = tenant;
        processor.free = begin + ran;
        plan.scheduler().ran(tenant, ran);
        emptyTurns = ran == 0 ? emptyTurns + 1 : 0;
        if (emptyTurns > MOST_EMPTY_TURNS) {
            throw new RingsideException(
                    "a defect of Ringside: VM '" + tenant.name() + "' is woken again and again to no purpose",
                    String.format("tick %d of machine time", start),
                    "please report the script that shows it");
        }
    }

    /** Carries out the activity that is due first, if it is by {@code time}; whether there was one. */
    private boolean activityBefore(long time) {
        Activity next = null;
        for (Activity activity : activities) {
            next = next == null || activity.due < next.due ? activity : next;
        }
        if (next == null || next.due > time) {
            return false;
        }
        now = Math.max(now, next.due);
        next.action.accept(next.due);
        next.due += next.period;
        return true;
    }
}

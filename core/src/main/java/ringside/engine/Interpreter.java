package ringside.engine;

import ringside.arch.Eflags;
import ringside.arch.Vector;
import ringside.isa.GuestFault;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Engine;
import ringside.machine.cpu.Stop;
import ringside.machine.interrupts.ExitTaken;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Imprecise;
import ringside.machine.time.VirtualClock;

/**
 * The pre-decoded interpreter: blocks of operations, one virtual call an instruction.
 *
 * <p>Inside a block neither EIP nor the retired count is kept; both follow from the position when a fault, or an access
 * that needs them exact ({@link Imprecise}), leaves it. The last operation of a block always runs with exact state. One
 * interpreter serves one processor, the first it is given.
 */
public final class Interpreter implements Engine, PhysicalMemory.CodeWatch {
    /** Deliveries and suspensions without a retired instruction after which a guest counts as stuck. */
    private static final int STUCK = 1 << 20;

    private static final int DR6_BS = 0x4000;

    private Cpu c;
    private BlockCache cache;
    private BlockBuilder builder;
    private Block current;
    /** Position in the current block. */
    private int position;

    private long end;
    private long horizon;
    private int stuck;

    @Override
    public String name() {
        return "interpreter";
    }

    /** Blocks decoded so far. */
    public long blocksBuilt() {
        return cache == null ? 0 : cache.built;
    }

    /** Blocks dropped because their bytes changed. */
    public long blocksInvalidated() {
        return cache == null ? 0 : cache.invalidated;
    }

    private void attach(Cpu cpu) {
        if (c == null) {
            c = cpu;
            cache = new BlockCache(cpu.memory());
            builder = new BlockBuilder(cpu);
            cpu.memory().watch(this);
        } else if (c != cpu) {
            throw new IllegalStateException("an interpreter serves one processor");
        }
    }

    @Override
    public void written(int ma, int length) {
        claimed(ma, length);
        cache.invalidate(ma, length);
    }

    @Override
    public void claimed(int ma, int length) {
        if (current != null && !c.mmu.precise && current.overlaps(ma, length)) {
            throw Imprecise.INSTANCE;
        }
    }

    @Override
    public Stop run(Cpu cpu, long instructions) {
        attach(cpu);
        c.refreshAttention();
        end = instructions > Long.MAX_VALUE - c.retired ? Long.MAX_VALUE : c.retired + instructions;
        stuck = 0;
        setHorizon();
        try {
            Stop stop = null;
            while (stop == null) {
                stop = step();
            }
            return stop;
        } finally {
            c.mmu.precise = true;
            current = null;
            c.syncTime();
        }
    }

    private void setHorizon() {
        c.syncTime();
        c.deviceTouched = false;
        VirtualClock clock = c.clock();
        long deadline = clock.deadline();
        long untilAlarm = deadline == VirtualClock.NEVER ? Long.MAX_VALUE : c.retired + (deadline - clock.now());
        horizon = Math.min(end, untilAlarm);
    }

    /** Runs blocks until something out of the ordinary comes up, and deals with it. */
    private Stop step() {
        try {
            return attempt();
        } catch (ExitTaken exit) {
            leaveBlock();
            return completeExit();
        }
    }

    private Stop completeExit() {
        c.syncTime();
        return c.completeExit();
    }

    private Stop attempt() {
        try {
            Stop stop = straight();
            if (stop != null) {
                return stop;
            }
        } catch (GuestFault fault) {
            leaveBlock();
            c.pendingDebug = 0;
            return deliver(fault);
        } catch (Imprecise imprecise) {
            leaveBlock();
            return single(false);
        }
        if (c.retired >= horizon) {
            c.syncTime();
            c.clock().fire();
            if (c.retired >= end) {
                return new Stop.Budget();
            }
            setHorizon();
        }
        return c.attention != 0 ? attend() : null;
    }

    /** Makes EIP and the retired count exact after an operation threw; the last operation's already are. */
    private void leaveBlock() {
        Block block = current;
        c.mmu.precise = true;
        if (block != null && position < block.ops.length - 1) {
            c.eip = c.blockEip + block.starts[position];
            c.retired += block.before(position);
        }
        if (block != null && block.retires != null) {
            block.executed(position);
            block.retires.retired += block.before(position);
        }
        current = null;
    }

    private Stop straight() {
        Cpu cpu = c;
        while (cpu.attention == 0 && cpu.retired < horizon) {
            Block block = find(cpu.mmu.countsFetches() ? BlockBuilder.SINGLE : 0);
            if (block == null) {
                return arrive(cpu.pc());
            }
            if (block.probed && cpu.reportProbe(block.la)) {
                return new Stop.Probe(block.la);
            }
            if (cpu.retired + block.countOfOthers >= horizon) {
                block = find(BlockBuilder.SINGLE);
            }
            execute(block);
            if (cpu.exiting) {
                return completeExit();
            }
            if (cpu.pendingDebug != 0) {
                // the last operation of a block met a data breakpoint or entered a task with its T bit set
                settleDebug(cpu);
            }
        }
        return null;
    }

    private Stop arrive(int pc) {
        c.activity.doors++;
        return new Stop.VmmEntry(c.door(pc));
    }

    private void execute(Block block) {
        Cpu cpu = c;
        Op[] ops = block.ops;
        int last = ops.length - 1;
        cpu.mmu.count(block.secondPage >= 0 ? 2 : 1);
        current = block;
        cpu.blockEip = cpu.eip;
        if (last > 0) {
            cpu.mmu.precise = false;
            int k = 0;
            try {
                do {
                    ops[k].run(cpu);
                } while (++k < last);
            } catch (GuestFault | Imprecise | ExitTaken left) {
                position = k;
                throw left;
            }
            cpu.mmu.precise = true;
            cpu.retired += block.countOfOthers;
        }
        position = last;
        cpu.eip = cpu.blockEip + block.starts[last];
        ops[last].run(cpu);
        current = null;
        boolean completed = !cpu.suspended;
        if (completed) {
            stuck = 0;
            cpu.retired += block.countOfLast;
        } else {
            cpu.suspended = false;
            stuck++;
        }
        if (block.retires != null) {
            block.executed(ops.length);
            block.retires.retired += block.countOfOthers + (completed ? block.countOfLast : 0);
        }
        cpu.eip = block.setsNext ? cpu.next : cpu.blockEip + block.length;
        if (block.serializes) {
            block.completions[0] += completed ? 1 : 0;
            setHorizon();
        } else if (cpu.deviceTouched) {
            setHorizon(); // a device at physical addresses may have set an alarm
        }
    }

    /** The block at the current EIP, built where needed; null at one of the VMM's doors. */
    private Block find(int singly) {
        try {
            return look(singly);
        } catch (GuestFault fault) {
            c.mmu.count(1);
            throw fault;
        }
    }

    private Block look(int singly) {
        Cpu cpu = c;
        int la = cpu.pc();
        int mode = (cpu.cs().big ? BlockBuilder.CODE32 : 0) | singly | cpu.probeMode();
        int entry = cpu.mmu.fetchMap[la >>> 12];
        if (entry >= 0) {
            if (cpu.door(la) >= 0) {
                return null;
            }
            entry = refetch(cpu, la);
        }
        if (entry < 0) {
            Block block = cache.find((entry & 0x7fffffff) + (la & 0xfff), mode);
            if (block != null && fits(cpu, block, la)) {
                return block;
            }
        }
        return build(mode);
    }

    /** Translates a page that the fetch map has lost; 0 where only a fresh fetch can tell what happens. */
    private static int refetch(Cpu cpu, int la) {
        if (Integer.compareUnsigned(cpu.eip, cpu.cs().limit) > 0) {
            return 0;
        }
        cpu.mmu.fetchPage(la, !cpu.doorPage(la));
        return cpu.mmu.fetchMap[la >>> 12];
    }

    private Block build(int mode) {
        Block block = builder.build(mode);
        if (block.ma >= 0) {
            cache.add(block);
            c.mmu.protectCode(block.ma);
            if (block.secondPage >= 0) {
                c.mmu.protectCode(block.secondPage);
            }
        }
        return block;
    }

    /** Whether a kept block is still what a fetch from here would give: limit, second page, alias. */
    private static boolean fits(Cpu cpu, Block block, int la) {
        int lastEip = cpu.eip + block.length - 1;
        if (Integer.compareUnsigned(lastEip, cpu.cs().limit) > 0 || Integer.compareUnsigned(lastEip, cpu.eip) < 0) {
            return false;
        }
        if (block.secondPage >= 0) {
            int second = cpu.mmu.fetchMap[la + block.length - 1 >>> 12];
            if (second >= 0 || (second & 0x7fffffff) != block.secondPage) {
                return false;
            }
        }
        return (block.mode & Cpu.PROBING) == 0 || block.la == la;
    }

    private Stop deliver(GuestFault fault) {
        c.interruptShadow = false;
        c.debugShadow = false;
        c.deliver(fault);
        return progress();
    }

    /** A guest that only faults, or repeats without end, must still come to a stop. */
    private Stop progress() {
        return ++stuck > STUCK ? new Stop.Budget() : null;
    }

    // ---- out of the ordinary

    private Stop attend() {
        int why = c.attention;
        if ((why & Attention.SHUTDOWN) != 0) {
            return new Stop.Shutdown();
        }
        if ((why & Attention.STOP) != 0) {
            return c.takeRequest();
        }
        boolean shadowed = (why & Attention.SHADOW) != 0;
        if (shadowed && !c.interruptExits()) {
            return single(true);
        }
        if ((why & Attention.WINDOW) != 0) {
            c.openWindow();
        }
        if ((why & Attention.NMI) != 0) {
            c.deliverNmi();
            return progress();
        }
        if ((why & Attention.INTERRUPT) != 0) {
            c.deliverInterrupt();
            return progress();
        }
        if ((why & Attention.HALTED) != 0) {
            return idle();
        }
        return single(true);
    }

    /** Sleeps to the next alarm, gives up its turn, or stops where nothing could ever wake the processor. */
    private Stop idle() {
        c.syncTime();
        if (!c.canWake()) {
            return new Stop.Halted();
        }
        return switch (c.clock().sleep()) {
            case ENDLESS -> new Stop.Halted();
            case YIELDED -> new Stop.Budget();
            case PASSED -> {
                setHorizon();
                yield progress();
            }
        };
    }

    /**
     * Executes one instruction with everything exact: shadows, TF, RF and breakpoints are honoured.
     *
     * @param report whether a probe on it is to be reported first
     */
    private Stop single(boolean report) {
        Cpu cpu = c;
        boolean interruptShadow = cpu.interruptShadow;
        boolean debugShadow = cpu.debugShadow;
        long before = cpu.retired;
        int resume = cpu.systemFlags() & Eflags.RF;
        try {
            Stop stop = singly(report);
            if (!cpu.exiting) {
                return stop;
            }
        } catch (ExitTaken exit) {
            leaveBlock();
        }
        if (cpu.retired == before) {
            // what has not been executed is still shadowed
            cpu.interruptShadow = interruptShadow;
            cpu.debugShadow = debugShadow;
            cpu.setEflags(cpu.eflags() | resume);
        }
        return completeExit();
    }

    private Stop singly(boolean report) {
        Cpu cpu = c;
        int pc = cpu.pc();
        try {
            boolean armed = (cpu.systemFlags() & Eflags.RF) == 0 && !cpu.debugShadow;
            int hit = armed ? cpu.breakpointsAt(pc) : 0;
            if (hit != 0) {
                cpu.dr[6] |= hit;
                return deliver(new GuestFault(Vector.DB, 0));
            }
            Block block = find(BlockBuilder.SINGLE);
            if (block == null) {
                return arrive(pc);
            }
            if (report && block.probed && cpu.reportProbe(block.la)) {
                return new Stop.Probe(block.la);
            }
            boolean trap = (cpu.systemFlags() & Eflags.TF) != 0;
            cpu.leaveShadow();
            execute(block);
            if (cpu.exiting) {
                return null;
            }
            // a software interrupt that was taken has cleared TF; INTO may have done nothing
            if (trap && !(block.softwareInterrupt && (cpu.systemFlags() & Eflags.TF) == 0)) {
                cpu.pendingDebug |= DR6_BS;
            }
        } catch (GuestFault fault) {
            leaveBlock();
            cpu.pendingDebug = 0;
            return deliver(fault);
        }
        settleDebug(cpu);
        cpu.refreshAttention();
        cpu.instructionDone();
        return null;
    }

    /** Delivers the debug traps of the instruction just done; MOV SS puts data breakpoints off and loses its single step. */
    private static void settleDebug(Cpu cpu) {
        if (cpu.pendingDebug == 0) {
            return;
        }
        if (cpu.debugShadow) {
            cpu.pendingDebug &= ~DR6_BS;
            return;
        }
        cpu.dr[6] |= cpu.pendingDebug;
        cpu.pendingDebug = 0;
        cpu.deliverDebugTrap();
    }
}

package ringside.properties.paging;

import static ringside.properties.paging.PagingPlaces.*;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ringside.arch.Control;
import ringside.arch.Reg;
import ringside.isa.Decoder;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.paging.Peek;
import ringside.properties.SlottedGuest;
import ringside.properties.paging.MaySet.Translation;
import ringside.properties.paging.TableWatch.Change;
import ringside.vmm.spi.VirtualMachine;

/**
 * Runs a program that does not flush what it changes, one instruction at a time, and says what no processor may do.
 *
 * <p>A load must give what lies where some translation leads that the processor may hold and that allows it; a store must
 * change one such place and no other; a fault needs tables, or such a translation, that forbid the access. Nothing but a
 * store of the program changes an entry, beside walks that mark it; and an access to a page that was flushed since its
 * entries were last written leaves them marked.
 */
public final class MaySetJudge {
    private static final int FIRST_OF_STUB = 5, PAGE_FAULT = SlottedGuest.STUBS + 14 * 16 + FIRST_OF_STUB;
    private static final int MARKS = 0x60;
    private static final int FLUSHES_ALL = Control.CR4_PGE | Control.CR4_PAE;

    private final VirtualMachine machine;
    private final SystemBus bus;
    private final MaySet may;
    private final TableWatch watch;
    private int stale;

    public MaySetJudge(VirtualMachine machine) {
        this.machine = machine;
        this.bus = machine.board().bus();
        this.may = new MaySet(machine);
        this.watch = new TableWatch(bus);
        may.look();
    }

    /** How many accesses used a translation that the tables no longer held. */
    public int stale() {
        return stale;
    }

    /** One access of an instruction that is judged: a doubleword read or written. */
    private record Access(int la, boolean write, boolean user, boolean writeProtect, int value) {
        boolean crosses() {
            return PagingWriter.crosses(la);
        }

        int second() {
            return (la | 0xfff) + 1;
        }

        boolean allowed(Translation translation) {
            return translation.allows(write, user, false, writeProtect);
        }
    }

    /** The first thing that no processor may do, within so many instructions. */
    public Optional<String> judge(long budget) {
        Stop stop = new Stop.Budget();
        for (long i = 0; i < budget && stop instanceof Stop.Budget; i++) {
            Cpu cpu = machine.state();
            int la = cpu.pc();
            Insn insn = Decoder.decode(new Peek(cpu, bus).code(la), 32);
            Optional<Access> access = access(cpu, insn);
            Set<Integer> expected =
                    access.filter(a -> !a.write()).map(this::values).orElse(Set.of());
            int[] frames = access.filter(Access::write).map(this::cells).orElse(null);
            int invalidated = insn.mnemonic().equals("invlpg") ? ((Operand.Mem) insn.op0).offset(cpu) : 0;
            int[] control = {cpu.cr0, cpu.cr4};

            stop = machine.run(1);

            String fault = access.map(a -> verdict(a, expected, frames)).orElse("");
            fault = fault.isEmpty() ? marks(insn, access) : fault;
            if (!fault.isEmpty()) {
                return Optional.of(String.format("instruction %d at %08x, %s: %s", i + 1, la, insn.mnemonic(), fault));
            }
            follow(insn, invalidated, control);
        }
        return Optional.empty();
    }

    private Optional<Access> access(Cpu cpu, Insn insn) {
        boolean load = insn.mnemonic().equals("mov") && insn.op1 instanceof Operand.Mem;
        boolean store = insn.mnemonic().equals("mov") && insn.op0 instanceof Operand.Mem;
        if (!load && !store) {
            return Optional.empty();
        }
        Operand.Mem mem = (Operand.Mem) (load ? insn.op1 : insn.op0);
        int la = mem.offset(cpu);
        boolean plain = mem.bits() == 32 && may.knows(la) && (!PagingWriter.crosses(la) || may.knows(la + 4));
        int value = store && !(insn.op1 instanceof Operand.Imm) ? cpu.r[Reg.EAX] : 0;
        boolean judged = plain && cpu.paging() && !(insn.op1 instanceof Operand.Imm);
        boolean writeProtect = (cpu.cr0 & Control.CR0_WP) != 0;
        return judged ? Optional.of(new Access(la, store, cpu.cpl == 3, writeProtect, value)) : Optional.empty();
    }

    private boolean pageFault() {
        return machine.state().pc() == PAGE_FAULT;
    }

    // ---- what memory may hold

    private Stream<Translation> allowed(Access access, int la) {
        return may.of(la).stream().filter(access::allowed);
    }

    /** Every value that the load may give; empty where it leads to what the program does not fill. */
    private Set<Integer> values(Access access) {
        return allowed(access, access.la())
                .flatMap(first -> !access.crosses()
                        ? Stream.of(bus.read(32, first.frame() | access.la() & 0xfff))
                        : allowed(access, access.second())
                                .map(second ->
                                        bus.read(16, first.frame() | 0xffe) | bus.read(16, second.frame()) << 16))
                .collect(Collectors.toSet());
    }

    /** The doubleword of each frame that the store may change; for its second half the first one, but for a table's marks. */
    private int[] cells(Access access) {
        return IntStream.range(0, COUNT)
                .map(frame ->
                        cell(frame, access.la() & 0xffc) ^ (access.crosses() ? (cell(frame, 0) & ~MARKS) * 31 : 0))
                .toArray();
    }

    private int cell(int frame, int offset) {
        return bus.read(32, FRAMES + frame * 0x1000 + offset);
    }

    private static boolean inFrames(Translation translation) {
        int frame = translation.frame() - FRAMES >>> 12;
        return frame < COUNT;
    }

    // ---- judging

    private String verdict(Access access, Set<Integer> expected, int[] frames) {
        boolean faulted = pageFault();
        if (faulted) {
            boolean mayFault = forbids(access, access.la()) || access.crosses() && forbids(access, access.second());
            return mayFault ? "" : "a page fault that nothing forbids at " + Integer.toHexString(access.la());
        }
        boolean reachable = allowed(access, access.la()).findAny().isPresent()
                && (!access.crosses()
                        || allowed(access, access.second()).findAny().isPresent());
        if (!reachable) {
            return String.format(
                    "%08x was reached, by nothing that the tables held: %s", access.la(), may.of(access.la()));
        }
        boolean plain = allowed(access, access.la()).allMatch(MaySetJudge::inFrames)
                && (!access.crosses() || allowed(access, access.second()).allMatch(MaySetJudge::inFrames));
        if (!plain) {
            return "";
        }
        return access.write() ? stored(access, frames) : loaded(access, expected);
    }

    /** Some entry of the page's tables, of now or of what may be held, forbids the access. */
    private boolean forbids(Access access, int la) {
        boolean tables = may.now(la).map(now -> !access.allowed(now)).orElse(true);
        return tables || may.of(la).stream().anyMatch(translation -> !access.allowed(translation));
    }

    private String loaded(Access access, Set<Integer> expected) {
        int value = machine.state().r[Reg.EAX];
        Optional<Translation> now = may.now(access.la());
        boolean fresh = now.isPresent() && bus.read(32, now.get().frame() | access.la() & 0xffc) == value;
        stale += !access.crosses() && !fresh ? 1 : 0;
        return expected.contains(value)
                ? ""
                : String.format("%08x gave %08x, it may give %s", access.la(), value, expected);
    }

    private String stored(Access access, int[] before) {
        int[] after = cells(access);
        for (int frame = 0; frame < COUNT; frame++) {
            int number = frame;
            boolean may = Stream.of(access.la(), access.crosses() ? access.second() : access.la())
                    .flatMap(la -> allowed(access, la))
                    .anyMatch(translation -> translation.frame() == FRAMES + number * 0x1000);
            if (before[frame] != after[frame] && !may) {
                return String.format("%08x was written to frame %x, where nothing leads", access.la(), frame);
            }
        }
        return "";
    }

    /** Entries change by stores of the program, and by walks that mark them. */
    private String marks(Insn insn, Optional<Access> access) {
        Change change = watch.change();
        boolean reads = insn.mnemonic().equals("mov")
                && access.isPresent()
                && !access.get().write();
        if (reads && change.compareTo(Change.ACCESSED) > 0) {
            return "a load changed page tables: " + change;
        }
        if (change == Change.WRITTEN) {
            may.written();
            return "";
        }
        if (access.isEmpty() || pageFault()) {
            return "";
        }
        Access a = access.get();
        boolean unmarked = may.marksFixed(a.la()) && !may.marked(a.la(), a.write());
        return unmarked ? String.format("%08x was used, its entries are not marked", a.la()) : "";
    }

    /** The may-sets after the instruction. */
    private void follow(Insn insn, int invalidated, int[] before) {
        Cpu cpu = machine.state();
        may.look();
        boolean delivered = cpu.pc() >= SlottedGuest.STUBS && cpu.pc() < SlottedGuest.STUBS + 256 * 16;
        if (pageFault()) {
            may.flush(cpu.cr2);
        }
        if (delivered) {
            return;
        }
        boolean paging = ((cpu.cr0 ^ before[0]) & Control.CR0_PG) != 0;
        if (paging || ((cpu.cr4 ^ before[1]) & FLUSHES_ALL) != 0) {
            may.flush(true);
        } else if (insn.mnemonic().equals("invlpg")) {
            may.flush(invalidated);
        } else if (insn.mnemonic().equals("mov") && insn.op0 instanceof Operand.Cr(int number) && number == 3) {
            may.flush(false);
        }
    }
}

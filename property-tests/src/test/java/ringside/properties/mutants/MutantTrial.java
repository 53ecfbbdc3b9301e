package ringside.properties.mutants;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import ringside.arch.CpuModel;
import ringside.lab.Difference;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.lab.generate.Shrinking;
import ringside.machine.cpu.Stop;
import ringside.properties.paging.MaySetJudge;
import ringside.properties.paging.MemorySettings;
import ringside.properties.paging.PagingPiece;
import ringside.properties.paging.PagingProgram;
import ringside.properties.paging.TableWriter;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.mode.paravirtual.DirectTrial;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;

/**
 * Tries programs until one shows a bug, and makes it small. Loaded together with the bug, and called through reflection: its
 * interface is of strings.
 */
public final class MutantTrial {
    private static final int PIECES = 50, BUDGET = 6_000, SLICE = 23;
    private static final int PAGE = 0x1000, LOW_PAGES = 0x120, WINDOW = 0x400000, WINDOW_PAGES = 16;

    private final Mutant.Trial trial;
    private final Setting setting;
    private final ServerSpec server;

    private MutantTrial(Mutant.Trial trial, Setting setting, Layout layout) {
        this.trial = trial;
        this.setting = setting;
        CpuModel cpu = CpuModel.ofYear(2010);
        ServerMemory memory = ServerMemory.DEFAULT.with(layout);
        this.server = new ServerSpec(cpu.year(), cpu, 6, 1, List.of(TableWriter.KIND), memory);
    }

    /** What a caught bug came to: how many pieces show it, and how. */
    private record Caught(int tries, List<PagingPiece> pieces, String verdict) {
        @Override
        public String toString() {
            return pieces.size() + " " + pieces.stream().map(PagingPiece::kind).toList() + " after " + tries + ": "
                    + verdict;
        }
    }

    /**
     * The number of pieces that show the bug, then words; empty where no program did. A program that cannot be made as small
     * as {@code handful} shows more than one thing at once: others are tried, and the smallest counts.
     */
    public static String run(String trial, String words, int tries, int handful) {
        if (Mutant.Trial.valueOf(trial) == Mutant.Trial.TYPES) {
            return DirectTrial.run(tries);
        }
        List<Setting> settings = new ArrayList<>();
        for (String alternative : words.split("\\|")) {
            List<String> all = Arrays.asList(alternative.strip().split(" "));
            MemorySettings.all().stream()
                    .filter(setting -> Arrays.asList(setting.label().split(" ")).containsAll(all))
                    .forEach(settings::add);
        }
        SplittableRandom random = new SplittableRandom(42);
        Caught best = null;
        for (int i = 0; i < tries; i++) {
            Setting setting = settings.get(i % settings.size());
            Layout layout = setting.label().contains("large") ? Layout.SCATTERED : Layout.values()[i % 4];
            MutantTrial next = new MutantTrial(Mutant.Trial.valueOf(trial), setting, layout);
            PagingProgram program = next.draw(random.nextLong(), i % 2 == 0);
            if (next.verdict(program).isPresent()) {
                Caught caught = next.small(program, i + 1);
                best = best == null || caught.pieces().size() < best.pieces().size() ? caught : best;
                if (best.pieces().size() <= handful) {
                    break;
                }
            }
        }
        return best == null ? "" : best.toString();
    }

    private PagingProgram draw(long seed, boolean mayBeWide) {
        boolean users = !setting.options().containsKey("ring");
        return trial == Mutant.Trial.MAY_SET
                ? PagingProgram.withoutFlushes(seed, PIECES, mayBeWide, users)
                : PagingProgram.of(seed, PIECES, mayBeWide, users);
    }

    private Caught small(PagingProgram program, int tries) {
        List<PagingPiece> pieces = Shrinking.fewest(
                program.pieces(), fewer -> verdict(program.with(fewer)).isPresent());
        return new Caught(tries, pieces, verdict(program.with(pieces)).orElseThrow());
    }

    /** What is wrong, if anything is. A VMM that gives up is. */
    private Optional<String> verdict(PagingProgram program) {
        try {
            return trial == Mutant.Trial.MAY_SET
                    ? new MaySetJudge(machine(program, setting, server)).judge(BUDGET)
                    : beside(program);
        } catch (RuntimeException e) {
            return Optional.of(e.toString());
        }
    }

    private static VirtualMachine machine(PagingProgram program, Setting setting, ServerSpec server) {
        return new ExperimentSpec("mutant", server, program.image(), List.of(), List.of(), List.of(), BUDGET)
                .machine(setting);
    }

    private Optional<String> beside(PagingProgram program) {
        MachineMemory memory = new MachineMemory(16 << 20, 10 << 20, 7);
        ServerSpec shared = new ServerSpec(
                server.year(),
                server.cpu(),
                6,
                1,
                server.devices(),
                server.memory().on(memory));
        VirtualMachine bare = machine(program, new Setting("bare"), server);
        VirtualMachine guest = machine(program, setting, shared);
        Stop stop = new Stop.Budget();
        for (long done = 0; done < BUDGET && stop instanceof Stop.Budget; done += slice()) {
            stop = guest.run(slice());
            if (trial == Mutant.Trial.FRAMES) {
                disturb(memory, done / SLICE % 4 > 0);
            }
        }
        Stop expected = bare.run(guest.retired());
        List<Difference> differences = Difference.between(bare, guest);
        boolean alike = differences.isEmpty() && (stop.equals(expected) || expected instanceof Stop.Budget);
        return alike ? Optional.empty() : Optional.of(stop + " " + differences);
    }

    private int slice() {
        return trial == Mutant.Trial.FRAMES ? SLICE : BUDGET;
    }

    /** Pages of equal content share a frame; or every page that programs use loses its own. */
    private static void disturb(MachineMemory memory, boolean share) {
        if (share) {
            memory.shareEqualPages();
            return;
        }
        for (int page = 0; page < LOW_PAGES; page++) {
            memory.guest(0).reclaim(page * PAGE);
        }
        for (int page = 0; page < WINDOW_PAGES; page++) {
            memory.guest(0).reclaim(WINDOW + page * PAGE);
        }
    }
}

package ringside.machine.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.isa.GuestFault;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** The flat maps are the model's front: whatever is done, they hold nothing else than it does. */
class TlbFrontTest {
    private static final int SIZE = 0x1000000, DIRECTORY = 0x1000, TABLE = 0x2000, PAGE = 0x1000;
    /** The frames that pages lead to, each with its number in it. */
    private static final int FRAMES = 0x400000, COUNT = 1024;

    /** Small pages from here on, large ones from the next 4 MiB on. */
    private static final int SMALL = 0x400000, USED = 24, LARGE = 0x800000;

    private final PhysicalMemory memory = new PhysicalMemory(SIZE);
    private final Cpu cpu =
            new Cpu(CpuModel.ofYear(2006), new SystemBus(memory, SIZE), new PortBus(), new VirtualClock());
    private final Mmu mmu = cpu.mmu;
    private Tlb tlb;
    private SplittableRandom random;

    private void tables() {
        memory.put32(DIRECTORY + (SMALL >>> 22) * 4, TABLE | 7);
        memory.put32(DIRECTORY + (LARGE >>> 22) * 4, FRAMES | Walker.PS | 7);
        for (int page = 0; page < USED; page++) {
            entry(page);
        }
        for (int frame = 0; frame < COUNT; frame++) {
            memory.put32(FRAMES + frame * PAGE, frame + 1);
        }
    }

    private void entry(int page) {
        int rights = random.nextInt(8) == 0 ? 0 : random.nextInt(4) == 0 ? 1 : 7;
        int global = random.nextInt(4) == 0 ? Walker.G : 0;
        memory.put32(TABLE + page * 4, FRAMES + random.nextInt(COUNT) * PAGE | rights | global);
    }

    @ParameterizedTest
    @CsvSource({"16, 4, 2, false", "16, 16, 0, true", "8, 1, 1, false", "32, 2, 0, false", "4, 4, 1, true"})
    void they_hold_what_the_model_holds_after_any_operation(int entries, int ways, int large, boolean replaceAny) {
        for (long seed = 1; seed <= 4; seed++) {
            TlbFrontTest fresh = new TlbFrontTest();
            fresh.run(new TlbShape(entries, ways, large, replaceAny, seed), seed);
        }
    }

    private void run(TlbShape shape, long seed) {
        random = new SplittableRandom(seed);
        tables();
        mmu.modelTlb(shape);
        tlb = mmu.tlb().orElseThrow();
        cpu.cr(4, Control.CR4_PSE | Control.CR4_PGE);
        cpu.cr(3, DIRECTORY);
        cpu.cr(0, cpu.cr(0) | Control.CR0_PE | Control.CR0_PG | Control.CR0_WP);
        for (int i = 0; i < 1500; i++) {
            int la =
                    random.nextInt(3) == 0 ? LARGE + random.nextInt(COUNT) * PAGE : SMALL + random.nextInt(USED) * PAGE;
            boolean used = operation(la);
            assertThat(!used || mmu.knows(la))
                    .as("what was used is held, %d", i)
                    .isTrue();
            check(i);
        }
        assertThat(tlb.evictions).isPositive();
        assertThat(tlb.counters().get("tlbHits")).isEqualTo(tlb.references - tlb.misses);
    }

    /** Does something to the page; whether that was an access which succeeded. */
    private boolean operation(int la) {
        try {
            switch (random.nextInt(16)) {
                case 0 -> mmu.flushPage(la);
                case 1 -> cpu.cr(3, DIRECTORY);
                case 2 -> mmu.tag(random.nextInt(3));
                case 3 -> mmu.flushTag(random.nextInt(3));
                case 4, 5 -> entry(random.nextInt(USED));
                case 6 -> mmu.dropFrame(FRAMES + random.nextInt(COUNT) * PAGE);
                case 7 -> cpu.cr(4, Control.CR4_PSE | (random.nextBoolean() ? Control.CR4_PGE : 0));
                case 8, 9 -> {
                    mmu.write(32, la + 8, 0);
                    return true;
                }
                case 10 -> {
                    return mmu.fetchPage(la, true) != SystemBus.NONE;
                }
                default -> {
                    mmu.read(32, la);
                    return true;
                }
            }
        } catch (GuestFault fault) {
            assertThat(mmu.knows(la)).as("after a page fault").isFalse();
        }
        return false;
    }

    private void check(int i) {
        for (int page = 0; page < USED + COUNT; page++) {
            int la = page < USED ? SMALL + page * PAGE : LARGE + (page - USED) * PAGE;
            if (!mmu.knows(la)) {
                continue;
            }
            int slot = tlb.find(la);
            assertThat(slot).as("%08x after %d", la, i).isNotNegative();
            int expected = memory.get32(tlb.pa(slot, la));
            long misses = tlb.misses;
            int value = mmu.read(32, la);
            assertThat(value).as("%08x after %d", la, i).isEqualTo(expected);
            tlb.references--;
            assertThat(tlb.misses).isEqualTo(misses);
        }
    }
}

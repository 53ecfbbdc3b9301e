package ringside.machine.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.isa.GuestFault;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

class TlbTest {
    private static final int SIZE = 0x800000, DIRECTORY = 0x1000, TABLE = 0x2000, POINTERS = 0x6000, WIDE = 0x7000;
    private static final int PAGE = 0x1000, RIGHTS = 7;

    private final PhysicalMemory memory = new PhysicalMemory(SIZE);
    private final Cpu cpu =
            new Cpu(CpuModel.ofYear(2006), new SystemBus(memory, SIZE), new PortBus(), new VirtualClock());
    private final Mmu mmu = cpu.mmu;

    @BeforeEach
    void the_first_4_mib_are_mapped_onto_themselves() {
        memory.put32(DIRECTORY, TABLE | RIGHTS);
        for (int page = 0; page < 1024; page++) {
            memory.put32(TABLE + page * 4, page * PAGE | RIGHTS);
        }
    }

    private Tlb on(TlbShape shape) {
        mmu.modelTlb(shape);
        cpu.cr(3, DIRECTORY);
        cpu.cr(0, cpu.cr(0) | Control.CR0_PE | Control.CR0_PG);
        return mmu.tlb().orElseThrow();
    }

    private Tlb on() {
        return on(TlbShape.of(16, 4));
    }

    @Test
    void a_two_level_walk_is_two_references_and_a_hit_is_none() {
        Tlb tlb = on();
        mmu.read(32, 0x10000);
        assertThat(tlb.walkReferences).isEqualTo(2);
        mmu.read(32, 0x10ffc);
        mmu.read(8, 0x10001);
        assertThat(tlb.walkReferences).isEqualTo(2);
        assertThat(tlb.references).isEqualTo(3);
        assertThat(tlb.misses).isEqualTo(1);
        assertThat(tlb.counters().get("tlbHits")).isEqualTo(2);
    }

    @Test
    void an_access_across_a_page_boundary_is_two_references() {
        Tlb tlb = on();
        mmu.read(32, 0x10ffe);
        assertThat(tlb.references).isEqualTo(2);
        assertThat(tlb.misses).isEqualTo(2);
        assertThat(tlb.walkReferences).isEqualTo(4);
    }

    @Test
    void the_first_write_walks_again_for_the_dirty_bit() {
        Tlb tlb = on();
        mmu.read(32, 0x10000);
        mmu.write(32, 0x10000, 1);
        mmu.write(32, 0x10000, 2);
        mmu.read(32, 0x10000);
        assertThat(tlb.misses).isEqualTo(2);
        assertThat(memory.get32(TABLE + 0x40) & Walker.D).isNotZero();
    }

    @Test
    void with_pae_the_pointers_are_read_at_the_cr3_load_and_a_walk_is_two_references() {
        memory.put32(POINTERS, WIDE | 1);
        memory.put32(WIDE, 0x8000 | RIGHTS);
        memory.put32(0x8000 + 0x10 * 8, 0x10000 | RIGHTS);
        mmu.modelTlb(TlbShape.of(16, 4));
        Tlb tlb = mmu.tlb().orElseThrow();
        cpu.cr(4, Control.CR4_PAE);
        cpu.cr(3, POINTERS);
        cpu.cr(0, cpu.cr(0) | Control.CR0_PE | Control.CR0_PG);
        long atLoads = tlb.pdpteReferences;
        mmu.read(32, 0x10000);
        assertThat(tlb.walkReferences).isEqualTo(2);
        assertThat(tlb.pdpteReferences).isEqualTo(atLoads);
        cpu.cr(3, POINTERS);
        assertThat(tlb.pdpteReferences).isEqualTo(atLoads + 4);
    }

    @Test
    void a_large_page_is_one_entry_for_all_of_it() {
        cpu.cr(4, Control.CR4_PSE);
        memory.put32(DIRECTORY + 4, 0x400000 | RIGHTS | Walker.PS);
        Tlb tlb = on();
        for (int la = 0x400000; la < 0x800000; la += 0x10000) {
            mmu.read(32, la);
        }
        assertThat(tlb.misses).isEqualTo(1);
        assertThat(tlb.walkReferences).as("the directory alone").isEqualTo(1);
        mmu.flushPage(0x7f0000);
        mmu.read(32, 0x400000);
        assertThat(tlb.misses).isEqualTo(2);
    }

    @Test
    void a_large_page_known_by_its_pieces_goes_with_any_of_them() {
        cpu.cr(4, Control.CR4_PSE);
        memory.put32(DIRECTORY + 4, 0x400000 | RIGHTS | Walker.PS);
        Tlb tlb = on(new TlbShape(16, 4, 0, false, 1));
        mmu.read(32, 0x400000);
        mmu.read(32, 0x401000);
        mmu.read(32, 0x20000);
        assertThat(tlb.misses).isEqualTo(3);
        mmu.flushPage(0x7f0000);
        assertThat(tlb.held()).as("the small page alone").isEqualTo(1);
        assertThat(mmu.knows(0x401000)).isFalse();
    }

    @Test
    void an_entry_is_used_until_it_is_flushed_whatever_the_tables_say() {
        on();
        memory.put32(0x20000, 0x11111111);
        memory.put32(0x30000, 0x22222222);
        assertThat(mmu.read(32, 0x20000)).isEqualTo(0x11111111);
        memory.put32(TABLE + 0x20 * 4, 0x30000 | RIGHTS);
        assertThat(mmu.read(32, 0x20000)).as("stale").isEqualTo(0x11111111);
        mmu.flushPage(0x20000);
        assertThat(mmu.read(32, 0x20000)).isEqualTo(0x22222222);
    }

    @Test
    void a_replaced_entry_is_looked_up_anew() {
        Tlb tlb = on(TlbShape.of(4, 1));
        memory.put32(0x30000, 0x22222222);
        mmu.read(32, 0x20000);
        memory.put32(TABLE + 0x20 * 4, 0x30000 | RIGHTS);
        mmu.read(32, 0x24000);
        assertThat(tlb.evictions).isEqualTo(1);
        assertThat(mmu.read(32, 0x20000)).isEqualTo(0x22222222);
    }

    @Test
    void with_fifo_a_loop_over_one_page_more_than_there_are_ways_always_misses() {
        Tlb tlb = on(TlbShape.of(4, 4));
        for (int round = 0; round < 10; round++) {
            for (int page = 0; page < 5; page++) {
                mmu.read(32, 0x10000 + page * PAGE);
            }
        }
        assertThat(tlb.misses).isEqualTo(50);
    }

    @Test
    void random_replacement_follows_from_its_seed() {
        long first = missesOfALoop(3);
        assertThat(missesOfALoop(3)).isEqualTo(first).isLessThan(50);
    }

    private static long missesOfALoop(long seed) {
        TlbTest other = new TlbTest();
        other.the_first_4_mib_are_mapped_onto_themselves();
        Tlb tlb = other.on(new TlbShape(4, 4, 0, true, seed));
        for (int i = 0; i < 50; i++) {
            other.mmu.read(32, 0x10000 + i % 5 * PAGE);
        }
        return tlb.misses;
    }

    @Test
    void global_entries_outlive_a_cr3_load() {
        cpu.cr(4, Control.CR4_PGE);
        memory.put32(TABLE + 0x20 * 4, 0x20000 | RIGHTS | Walker.G);
        Tlb tlb = on();
        mmu.read(32, 0x20000);
        mmu.read(32, 0x21000);
        cpu.cr(3, DIRECTORY);
        long before = tlb.misses;
        mmu.read(32, 0x20000);
        assertThat(tlb.misses).isEqualTo(before);
        mmu.read(32, 0x21000);
        assertThat(tlb.misses).isEqualTo(before + 1);
        mmu.flushPage(0x20000);
        mmu.read(32, 0x20000);
        assertThat(tlb.misses).as("INVLPG takes global ones too").isEqualTo(before + 2);
    }

    @Test
    void entries_are_seen_under_their_tag_alone_and_are_still_there_when_it_returns() {
        Tlb tlb = on();
        mmu.read(32, 0x20000);
        mmu.tag(5);
        mmu.read(32, 0x20000);
        assertThat(tlb.misses).isEqualTo(2);
        mmu.tag(0);
        mmu.read(32, 0x20000);
        assertThat(tlb.misses).isEqualTo(2);
        mmu.flushTag(5);
        mmu.tag(5);
        mmu.read(32, 0x20000);
        assertThat(tlb.misses).isEqualTo(3);
    }

    @Test
    void a_page_fault_drops_what_was_known_of_the_page() {
        Tlb tlb = on();
        mmu.read(32, 0x20000);
        memory.put32(TABLE + 0x20 * 4, 0);
        assertThatThrownBy(() -> mmu.write(32, 0x20000, 1)).isInstanceOf(GuestFault.class);
        assertThatThrownBy(() -> mmu.read(32, 0x20000)).isInstanceOf(GuestFault.class);
        assertThat(tlb.misses).isEqualTo(3);
    }

    @Test
    void without_the_model_a_page_fault_drops_it_too() {
        cpu.cr(3, DIRECTORY);
        cpu.cr(0, cpu.cr(0) | Control.CR0_PE | Control.CR0_PG);
        mmu.read(32, 0x20000);
        memory.put32(TABLE + 0x20 * 4, 0);
        assertThat(mmu.read(32, 0x20000)).as("stale").isZero();
        assertThatThrownBy(() -> mmu.write(32, 0x20000, 1)).isInstanceOf(GuestFault.class);
        assertThatThrownBy(() -> mmu.read(32, 0x20000)).isInstanceOf(GuestFault.class);
    }

    @Test
    void a_page_that_was_global_once_is_dropped_by_a_cr3_load_like_any_other() {
        cpu.cr(4, Control.CR4_PGE);
        cpu.cr(3, DIRECTORY);
        cpu.cr(0, cpu.cr(0) | Control.CR0_PE | Control.CR0_PG);
        memory.put32(TABLE + 0x20 * 4, 0x20000 | RIGHTS | Walker.G);
        mmu.read(32, 0x20000);
        mmu.flushAll();
        memory.put32(TABLE + 0x20 * 4, 0x20000 | RIGHTS);
        mmu.read(32, 0x20000);
        memory.put32(TABLE + 0x21 * 4, 0x21000 | RIGHTS | Walker.G);
        mmu.read(32, 0x21000);

        cpu.cr(3, DIRECTORY);

        assertThat(mmu.knows(0x21000)).isTrue();
        assertThat(mmu.knows(0x20000)).isFalse();
    }

    @Test
    void the_flat_maps_never_hold_more_than_the_model() {
        cpu.cr(4, Control.CR4_PSE | Control.CR4_PGE);
        memory.put32(DIRECTORY + 4, 0x400000 | RIGHTS | Walker.PS);
        Tlb tlb = on(TlbShape.of(16, 2));
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 4000; i++) {
            int la = random.nextInt(0x10000, SIZE) & ~3;
            switch (random.nextInt(12)) {
                case 0 -> mmu.flushPage(la);
                case 1 -> cpu.cr(3, DIRECTORY);
                case 2 -> mmu.tag(random.nextInt(2));
                case 3, 4 -> mmu.write(32, la, i);
                case 5 -> mmu.fetchPage(la, true);
                default -> mmu.read(32, la);
            }
            int probe = i % 64 == 0 ? 0 : random.nextInt(0x10, 0x7fe);
            for (int page = probe; page < (i % 64 == 0 ? 0x800 : probe + 2); page++) {
                if (mmu.knows(page << 12)) {
                    assertThat(tlb.find(page << 12))
                            .as("page %x after %d", page, i)
                            .isNotNegative();
                }
            }
        }
        assertThat(tlb.evictions).isPositive();
    }

    @Test
    void an_impossible_shape_is_refused() {
        assertThatThrownBy(() -> TlbShape.of(60, 4))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("power of two");
    }
}

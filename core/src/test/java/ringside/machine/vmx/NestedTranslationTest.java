package ringside.machine.vmx;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.vmx.VmcsField.*;
import static ringside.machine.vmx.VmxControl.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.Reg;
import ringside.machine.cpu.Stop;
import ringside.machine.paging.NestedWalk;
import ringside.machine.paging.Tlb;
import ringside.machine.paging.TlbShape;

/** Walks through both dimensions: how many references they make, and how they end. */
class NestedTranslationTest {
    private static final int TOP = 0x80000, POINTERS = 0x81000, DIRECTORY = 0x82000, TABLE = 0x83000;
    private static final int NPT_DIRECTORY = 0x84000, NPT_TABLE = 0x85000;
    private static final int PAE_POINTERS = 0x88000, PAE_DIRECTORY = 0x89000, PAE_TABLE = 0x8a000;
    private static final int DATA = 0x50000;
    private static final int ALL = 7, WRITE_BACK = 6 << 3;

    private final VmxMachine m = new VmxMachine();

    NestedTranslationTest() {
        m.memory.put64(TOP, POINTERS | ALL);
        m.memory.put64(POINTERS, DIRECTORY | ALL);
        m.memory.put64(DIRECTORY, TABLE | ALL);
        m.memory.put32(NPT_DIRECTORY, NPT_TABLE | ALL);
        for (int page = 0; page < 256; page++) {
            m.memory.put64(TABLE + page * 8, page << 12 | ALL | WRITE_BACK);
            m.memory.put32(NPT_TABLE + page * 4, page << 12 | ALL);
        }
    }

    private void nest(int levels, boolean marks) {
        NestedWalk.Format format = new NestedWalk.Format(levels == 4 ? TOP : NPT_DIRECTORY, levels, marks);
        m.vmcs.write(EPT_POINTER, EptPointer.of(format));
        ACTIVATE_SECONDARY_CONTROLS.set(m.vmcs, true);
        ENABLE_EPT.set(m.vmcs, true);
    }

    /** The guest uses PAE tables; its directory pointers are in the VMCS, as the VMM of a guest that runs has them. */
    private void pae() {
        m.memory.put64(PAE_POINTERS, PAE_DIRECTORY | 1);
        m.memory.put64(PAE_DIRECTORY, PAE_TABLE | 7);
        for (int page = 0; page < 256; page++) {
            m.memory.put64(PAE_TABLE + page * 8, page << 12 | 7);
        }
        m.vmcs.write(GUEST_CR3, PAE_POINTERS);
        m.vmcs.write(GUEST_CR4, 0x2020);
        m.vmcs.write(GUEST_PDPTE0, PAE_DIRECTORY | 1);
    }

    private ExitReason run() {
        return m.reason(m.run(10));
    }

    /** References of a walk through {@code n} levels of a guest, each address of which takes {@code m} levels of its own. */
    private static int references(int n, int m) {
        return (n + 1) * (m + 1) - 1;
    }

    @ParameterizedTest
    @CsvSource({
        // PAE, or two levels of a guest: bare, on a two-level table, on EPT; figures of the literature
        "false, 0, 2",
        "false, 2, 8",
        "false, 4, 14",
        "true, 0, 2",
        "true, 2, 8",
        "true, 4, 14"
    })
    void a_walk_makes_as_many_references_as_the_dimensions_say(boolean pae, int levels, int expected) {
        assertThat(references(2, levels)).isEqualTo(expected);
        if (pae) {
            pae();
        }
        if (levels > 0) {
            nest(levels, true);
        }
        m.code(0xa1, 0, 0, 0x05, 0, 0x0f, 0xa2); // mov eax, [50000h]; cpuid
        m.vmx.enter(m.vmcs);
        long misses = m.cpu.mmu.misses;
        long references = m.cpu.mmu.missReferences;

        assertThat(m.reason(m.engine.run(m.cpu, 10))).isEqualTo(ExitReason.CPUID);

        assertThat(m.cpu.mmu.misses - misses)
                .as("the page of the code, and that of the data")
                .isEqualTo(2);
        assertThat(m.cpu.mmu.missReferences - references).isEqualTo(2L * expected);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 2, false",
        "false, 2, true",
        "false, 4, false",
        "false, 4, true",
        "true, 2, false",
        "true, 4, true"
    })
    void the_model_of_a_tlb_counts_the_same_and_hits_are_references_that_did_not_miss(
            boolean pae, int levels, boolean largeGuest) {
        m.cpu.mmu.modelTlb(new TlbShape(16, 4, 0, false, 1));
        nest(levels, false);
        if (pae) {
            pae();
        }
        if (largeGuest && pae) {
            m.memory.put64(PAE_DIRECTORY, 0x87);
        } else if (largeGuest) {
            m.vmcs.write(GUEST_CR4, 0x2010);
            m.memory.put32(m.vmcs.readInt(GUEST_CR3), 0x87);
        }
        // mov eax, [50000h]; mov eax, [50004h]; mov eax, [60000h]; cpuid
        m.code(0xa1, 0, 0, 0x05, 0, 0xa1, 4, 0, 0x05, 0, 0xa1, 0, 0, 0x06, 0, 0x0f, 0xa2);
        m.vmx.enter(m.vmcs);
        Tlb tlb = m.cpu.mmu.tlb().orElseThrow();
        long misses = tlb.misses;
        long walked = tlb.walkReferences;
        long hits = tlb.counters().get("tlbHits");

        assertThat(m.reason(m.engine.run(m.cpu, 10))).isEqualTo(ExitReason.CPUID);

        assertThat(tlb.misses - misses).as("code and two pages of data").isEqualTo(3);
        assertThat(tlb.walkReferences - walked).isEqualTo(3L * references(largeGuest ? 1 : 2, levels));
        assertThat(tlb.counters().get("tlbHits") - hits)
                .as("three fetches and one read")
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void a_pae_guest_reads_its_directory_pointers_at_the_cr3_load_and_in_no_walk(int levels) {
        m.cpu.mmu.modelTlb(TlbShape.of(16, 4));
        nest(levels, false);
        pae();
        m.code(
                0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8, 0xa1, 0, 0, 0x05, 0, 0x0f,
                0xa2); // mov eax, cr3; mov cr3, eax; mov ...
        m.vmx.enter(m.vmcs);
        Tlb tlb = m.cpu.mmu.tlb().orElseThrow();
        long pointers = tlb.pdpteReferences;
        long misses = tlb.misses;
        long walked = tlb.walkReferences;

        assertThat(m.reason(m.engine.run(m.cpu, 10))).isEqualTo(ExitReason.CPUID);

        assertThat(tlb.pdpteReferences - pointers).isEqualTo(4);
        assertThat(tlb.walkReferences - walked).isEqualTo((tlb.misses - misses) * references(2, levels));
    }

    @ParameterizedTest
    @CsvSource({
        // mov eax, [50000h] / mov [50000h], eax with entries that lack a right; access | allowed << 3 | 180h
        "0xa1, 0, 0x181",
        "0xa3, 0, 0x182",
        "0xa3, 5, 0x1aa"
    })
    void an_access_that_the_nested_tables_forbid_is_a_violation(int opcode, int rights, int qualification) {
        nest(4, false);
        m.memory.put64(TABLE + (DATA >> 12) * 8, rights == 0 ? 0 : DATA | rights | WRITE_BACK);
        m.code(opcode, 4, 0, 0x05, 0);

        assertThat(run()).isEqualTo(ExitReason.EPT_VIOLATION);

        assertThat(m.qualification()).isEqualTo(qualification);
        assertThat(m.vmcs.readInt(GUEST_PHYSICAL_ADDRESS)).isEqualTo(DATA);
        assertThat(m.vmcs.readInt(GUEST_LINEAR_ADDRESS)).isEqualTo(DATA + 4);
        assertThat(m.vmcs.readInt(GUEST_RIP)).isEqualTo(VmxMachine.CODE);
        assertThat(m.cpu.retired).isZero();
    }

    @Test
    void a_fetch_from_a_page_without_the_right_is_a_violation() {
        nest(4, false);
        m.memory.put64(TABLE + (VmxMachine.CODE >> 12) * 8, VmxMachine.CODE | 3 | WRITE_BACK);

        assertThat(run()).isEqualTo(ExitReason.EPT_VIOLATION);
        assertThat(m.qualification()).isEqualTo(0x180 | 3 << 3 | 4);
    }

    @ParameterizedTest
    @CsvSource({"false, 0x81", "true, 0x83"})
    void a_guests_page_table_out_of_reach_says_so_and_its_reads_are_writes_where_bits_are_kept(
            boolean marks, int qualification) {
        nest(4, marks);
        m.memory.put64(TABLE + 0x40 * 8, 0);

        assertThat(run()).isEqualTo(ExitReason.EPT_VIOLATION);

        assertThat(m.qualification()).isEqualTo(qualification);
        assertThat(m.vmcs.readInt(GUEST_PHYSICAL_ADDRESS) & -0x1000).isEqualTo(0x40000);
    }

    @ParameterizedTest
    // writable but not readable; executable only; a reserved address bit; memory type 2
    @ValueSource(longs = {0x50032, 0x50034, 0x1_0005_0037L, 0x50017})
    void an_entry_that_no_table_may_hold_is_a_misconfiguration(long entry) {
        nest(4, false);
        m.memory.put64(TABLE + (DATA >> 12) * 8, entry);
        m.code(0xa1, 0, 0, 0x05, 0);

        assertThat(run()).isEqualTo(ExitReason.EPT_MISCONFIGURATION);
        assertThat(m.vmcs.readInt(GUEST_PHYSICAL_ADDRESS)).isEqualTo(DATA);
    }

    @ParameterizedTest
    @CsvSource({"4, 0x100, 0x300", "2, 0x20, 0x60"})
    void accessed_and_dirty_bits_are_kept_only_where_asked_for(int levels, int read, int written) {
        for (boolean marks : new boolean[] {true, false}) {
            NestedTranslationTest t = new NestedTranslationTest();
            t.nest(levels, marks);
            t.m.code(0xa1, 0, 0, 0x05, 0, 0xa3, 0, 0, 0x06, 0, 0x0f, 0xa2); // mov eax, [50000h]; mov [60000h], eax
            t.run();

            assertThat(t.mark(levels, 0x50)).isEqualTo(marks ? read : 0);
            assertThat(t.mark(levels, 0x60)).isEqualTo(marks ? written : 0);
            assertThat(t.mark(levels, 0x41)).as("the guest's page table").isEqualTo(marks ? written : 0);
            assertThat(t.mark(levels, 0x70)).isZero();
        }
    }

    private int mark(int levels, int page) {
        int entry = levels == 4 ? m.memory.get32(TABLE + page * 8) : m.memory.get32(NPT_TABLE + page * 4);
        return entry & (levels == 4 ? 0x300 : 0x60);
    }

    private long missesOfAnotherEntry() {
        m.vmcs.write(GUEST_RIP, VmxMachine.CODE);
        long before = m.cpu.mmu.misses;
        assertThat(run()).isEqualTo(ExitReason.CPUID);
        return m.cpu.mmu.misses - before;
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void translations_outlive_an_exit_only_under_a_tag_and_invvpid_drops_them(boolean tagged, boolean modelled) {
        if (modelled) {
            m.cpu.mmu.modelTlb(TlbShape.of(16, 4));
        }
        nest(4, false);
        m.vmcs.write(VPID, 7);
        ENABLE_VPID.set(m.vmcs, tagged);
        m.code(0xa1, 0, 0, 0x05, 0, 0x0f, 0xa2); // mov eax, [50000h]; cpuid
        assertThat(missesOfAnotherEntry()).isEqualTo(2);

        assertThat(missesOfAnotherEntry()).isEqualTo(tagged ? 0 : 2);

        m.cpu.mmu.flushTag(8);
        assertThat(missesOfAnotherEntry()).isEqualTo(tagged ? 0 : 2);
        m.cpu.mmu.flushTag(7);
        assertThat(missesOfAnotherEntry()).isEqualTo(2);
    }

    @Test
    void a_large_page_of_the_nested_tables_maps_all_it_covers_in_one_level_less() {
        nest(4, true);
        m.memory.put64(DIRECTORY, 0xb7); // 2 MiB from 0 on, write-back
        m.code(0xa3, 0, 0, 0x05, 0, 0x0f, 0xa2);
        m.vmx.enter(m.vmcs);
        long references = m.cpu.mmu.missReferences;
        m.cpu.r[Reg.EAX] = 0x1234;

        assertThat(m.reason(m.engine.run(m.cpu, 10))).isEqualTo(ExitReason.CPUID);

        assertThat(m.memory.get32(DATA)).isEqualTo(0x1234);
        assertThat(m.cpu.mmu.missReferences - references).isEqualTo(2L * (3 * 4 - 1));
        assertThat(m.memory.get32(DIRECTORY) & 0x300).isEqualTo(0x300);
    }

    @ParameterizedTest
    @CsvSource({
        // the guest's large page of 4 MiB, of 2 MiB with PAE; levels of the nested tables, large pages in them
        "false, 4, false, 2",
        "false, 4, true, 2",
        "false, 2, true, 1",
        "true, 4, false, 2",
        "true, 4, true, 1",
        "true, 2, true, 1"
    })
    void one_entry_stands_for_a_large_page_only_where_both_dimensions_have_it_whole(
            boolean pae, int levels, boolean nestedLarge, int misses) {
        m.cpu.mmu.modelTlb(TlbShape.of(16, 4));
        nest(levels, false);
        if (nestedLarge) {
            m.memory.put64(DIRECTORY, 0xb7);
            m.memory.put32(NPT_DIRECTORY, 0x87);
        }
        if (pae) {
            pae();
            m.memory.put64(PAE_DIRECTORY, 0x87);
        } else {
            m.vmcs.write(GUEST_CR4, 0x2010);
            m.memory.put32(m.vmcs.readInt(GUEST_CR3), 0x87);
        }
        m.memory.put32(DATA, 0x11111111);
        m.memory.put32(0x60000, 0x22222222);
        m.code(0xa1, 0, 0, 0x05, 0, 0x03, 0x05, 0, 0, 0x06, 0, 0x0f, 0xa2); // mov eax, [50000h]; add eax, [60000h]
        m.vmx.enter(m.vmcs);
        Tlb tlb = m.cpu.mmu.tlb().orElseThrow();
        long before = tlb.misses;

        assertThat(m.reason(m.engine.run(m.cpu, 10))).isEqualTo(ExitReason.CPUID);

        assertThat(m.cpu.r[Reg.EAX]).isEqualTo(0x33333333);
        assertThat(tlb.misses - before).as("code and data").isEqualTo(misses == 1 ? 1 : 3);
    }

    @Test
    void a_pae_guest_has_its_directory_pointers_in_the_vmcs_and_its_cr3_load_reads_memory() {
        nest(4, false);
        pae();
        m.memory.put64(PAE_POINTERS + 8, 0); // memory and VMCS need not agree until CR3 is loaded
        m.vmcs.write(GUEST_PDPTE1, PAE_DIRECTORY | 1);
        m.code(0xa1, 0, 0, 0x05, 0x40, 0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8, 0x0f, 0xa2);

        assertThat(run()).isEqualTo(ExitReason.CPUID);

        assertThat(m.vmcs.read(GUEST_PDPTE0)).isEqualTo(PAE_DIRECTORY | 1);
        assertThat(m.vmcs.read(GUEST_PDPTE1)).isZero();
    }

    @Test
    void a_directory_pointer_with_a_reserved_bit_fails_entry() {
        nest(4, false);
        pae();
        m.vmcs.write(GUEST_PDPTE2, 3);

        assertThat(m.vmx.enter(m.vmcs)).isInstanceOf(VmxUnit.Entry.Refused.class);
        assertThat(m.vmcs.readInt(EXIT_REASON)).isEqualTo(0x80000021);
        assertThat(m.qualification()).isEqualTo(2);
    }

    @Test
    void an_unrestricted_guest_runs_in_real_mode() {
        nest(4, false);
        UNRESTRICTED_GUEST.set(m.vmcs, true);
        m.vmcs.write(GUEST_CR0, 0x30);
        for (int seg = 0; seg < 6; seg++) {
            m.vmcs.write(GUEST_ES_SELECTOR.of(seg), seg == Reg.CS ? 0x1000 : 0x5001);
            m.vmcs.write(GUEST_ES_BASE.of(seg), seg == Reg.CS ? 0x10000 : 0x50010);
            m.vmcs.write(GUEST_ES_LIMIT.of(seg), 0xffff);
            m.vmcs.write(GUEST_ES_RIGHTS.of(seg), 0x93);
        }
        m.vmcs.write(GUEST_RIP, 0);
        m.vmcs.write(GUEST_IDTR_BASE, 0);
        m.memory.put32(0x21 * 4, 0x10000010); // INT 21h leads to 1000:0010
        m.code(0xb8, 0x34, 0x12, 0xa3, 8, 0, 0xcd, 0x21); // mov ax, 1234h; mov [8], ax; int 21h
        m.memory.put8(VmxMachine.CODE + 0x10, 0x0f);
        m.memory.put8(VmxMachine.CODE + 0x11, 0xa2);

        Stop stop = m.run(10);

        assertThat(m.reason(stop)).isEqualTo(ExitReason.CPUID);
        assertThat(m.memory.get16(0x50018)).isEqualTo(0x1234);
        assertThat(m.vmcs.readInt(GUEST_RIP)).isEqualTo(0x10);
        assertThat(m.vmcs.readInt(GUEST_CR0) & 1).isZero();
    }

    @Test
    void a_violation_during_delivery_leaves_the_event_in_the_vectoring_fields() {
        nest(4, false);
        m.memory.put64(TABLE + 0x1f * 8, 0); // the page of the stack
        m.code(0xcd, 0x80);

        assertThat(run()).isEqualTo(ExitReason.EPT_VIOLATION);

        assertThat(m.vmcs.readInt(IDT_VECTORING_INFORMATION)).isEqualTo(0x80000480);
        assertThat(m.vmcs.readInt(EXIT_INSTRUCTION_LENGTH)).isEqualTo(2);
        assertThat(m.vmcs.readInt(GUEST_RSP)).isEqualTo(VmxMachine.STACK);
    }
}

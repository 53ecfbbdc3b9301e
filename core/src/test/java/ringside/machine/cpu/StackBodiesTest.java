package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ringside.arch.Reg;
import ringside.arch.Vector;

/** The stack's corner cases: which eSP counts, 16-bit stacks, and that a fault leaves eSP alone. */
class StackBodiesTest {
    private static final int STACK = BodyBench.STACK;

    private final BodyBench bench = new BodyBench("core2").protectedMode(0, 0);

    @Test
    void push_esp_pushes_the_value_before_and_pop_esp_takes_the_value_read() {
        bench.execute("54");
        assertThat(bench.memory.get32(STACK - 4)).isEqualTo(STACK);
        bench.memory.put32(STACK - 4, 0x1234);
        bench.execute("5c");
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(0x1234);
    }

    @Test
    void pop_to_memory_computes_its_address_with_the_incremented_esp() {
        bench.memory.put32(STACK, 0xcafe);
        assertThat(bench.execute("8f4424fc")).as("pop dword [esp-4]").isEqualTo(-1);
        assertThat(bench.memory.get32(STACK)).isEqualTo(0xcafe);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK + 4);
    }

    @Test
    void a_pop_whose_destination_faults_leaves_esp() {
        bench.cpu.segments[Reg.DS].set(0x10, 0, 0xff, 0x4093);
        assertThat(bench.execute("8f0500010000")).as("pop dword [100h]").isEqualTo(Vector.GP);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK);
    }

    @Test
    void pusha_and_enter_that_fault_half_way_leave_esp_and_ebp() {
        bench.cpu.r[Reg.EBP] = STACK;
        // an expand-down stack: offsets up to STACK - 17 are outside, so the fifth doubleword does not fit
        bench.cpu.ss().set(0x10, 0, STACK - 17, 0x4097);
        assertThat(bench.execute("60")).isEqualTo(Vector.SS);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK);
        assertThat(bench.execute("c8000008")).as("enter 0, 8").isEqualTo(Vector.SS);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK);
        assertThat(bench.cpu.r[Reg.EBP]).isEqualTo(STACK);
    }

    @Test
    void enter_copies_the_frame_pointers_of_the_levels_around_it() {
        bench.cpu.r[Reg.EBP] = 0x6000;
        bench.memory.put32(0x6000 - 4, 0x111);
        bench.memory.put32(0x6000 - 8, 0x222);
        assertThat(bench.execute("c8200003")).as("enter 32, 3").isEqualTo(-1);
        assertThat(bench.cpu.r[Reg.EBP]).isEqualTo(STACK - 4);
        assertThat(bench.memory.get32(STACK - 4)).isEqualTo(0x6000);
        assertThat(bench.memory.get32(STACK - 8)).isEqualTo(0x111);
        assertThat(bench.memory.get32(STACK - 12)).isEqualTo(0x222);
        assertThat(bench.memory.get32(STACK - 16)).as("its own frame").isEqualTo(STACK - 4);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK - 16 - 32);
        assertThat(bench.execute("c9")).isEqualTo(-1);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK);
        assertThat(bench.cpu.r[Reg.EBP]).isEqualTo(0x6000);
    }

    @Test
    void enter_faults_where_the_new_top_of_stack_cannot_be_written() {
        bench.cpu.ss().set(0x10, 0, STACK - 17, 0x4097);
        assertThat(bench.execute("c8100000")).as("enter 16, 0").isEqualTo(Vector.SS);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK);
    }

    @Test
    void a_16_bit_stack_wraps_in_sp_and_keeps_the_upper_half() {
        bench.cpu.ss().set(0x10, 0, 0xffff, 0x93);
        bench.cpu.r[Reg.ESP] = 0x12340002;
        bench.cpu.r[Reg.EAX] = 0xbeef;
        assertThat(bench.execute("6650")).isEqualTo(-1);
        assertThat(bench.execute("6650")).isEqualTo(-1);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(0x1234fffe);
        assertThat(bench.memory.get16(0xfffe)).isEqualTo(0xbeef);
        assertThat(bench.execute("50")).isEqualTo(-1);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(0x1234fffa);
    }

    @Test
    void a_return_outside_the_code_segment_leaves_esp() {
        bench.cpu.cs().set(8, 0, 0xff, 0x409b);
        bench.memory.put32(STACK, 0x100);
        assertThat(bench.execute("c3")).isEqualTo(Vector.GP);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK);
    }

    @Test
    void loading_ss_opens_a_shadow_for_interrupts_and_debug_traps() {
        bench.memory.put64(0x1010, 0x00cf93000000ffffL);
        bench.cpu.gdtr.set(0x1000, 0x1f);
        bench.memory.put32(STACK, 0x10);
        assertThat(bench.execute("17")).as("pop ss").isEqualTo(-1);
        assertThat(bench.cpu.interruptShadow && bench.cpu.debugShadow).isTrue();
        bench.memory.put32(STACK + 4, 0x28);
        assertThat(bench.execute("17")).as("selector outside the GDT").isEqualTo(Vector.GP);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(STACK + 4);
    }
}

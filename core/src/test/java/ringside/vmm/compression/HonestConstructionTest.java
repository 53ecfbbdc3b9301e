package ringside.vmm.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.machine.cpu.Stop;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.VmmRegion;

/** The VMM has nothing but what ring 0 has: its tables in machine memory, and the hardware that goes through them. */
class HonestConstructionTest {
    private static final String NOP_NOP_STI_HLT = "90 90 fb f4";
    private static final int GP_GATE = VmmRegion.IDT + 13 * 8;

    @Test
    void the_guest_kernel_really_runs_in_ring_1() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        assertThat(vm.run(2)).isEqualTo(new Stop.Budget());
        assertThat(vm.hardware.cpl).isEqualTo(1);
        assertThat(vm.hardware.selector(Reg.CS)).isEqualTo(0x09);
        assertThat(vm.hardware.selector(Reg.SS)).isEqualTo(0x11);
        assertThat(vm.state().cpl).isZero();
        assertThat(vm.state().selector(Reg.CS)).isEqualTo(0x08);
    }

    @Test
    void in_the_ring_3_variant_it_really_runs_in_ring_3() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT, Map.of("ring", "3"));
        vm.run(2);
        assertThat(vm.hardware.cpl).isEqualTo(3);
        assertThat(vm.state().cpl).isZero();
    }

    @Test
    void the_real_processor_walks_shadow_tables_in_machine_memory_with_write_protection() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        vm.run(2);
        assertThat(vm.hardware.cr3).isEqualTo(vm.memory.root(MemoryStrategy.KERNEL));
        assertThat(vm.hardware.cr3).isBetween(0, VmmRegion.SIZE);
        assertThat(vm.hardware.cr0 & (Control.CR0_PG | Control.CR0_WP)).isEqualTo(Control.CR0_PG | Control.CR0_WP);
        assertThat(vm.state().paging()).isFalse();
    }

    @Test
    void wiping_the_shadow_tables_in_memory_takes_the_mapping_away() {
        CompressedMachine vm = TinyGuest.deprivileged("90 eb fd");
        vm.run(10);
        long before = vm.counters().get("hiddenFaults");
        vm.memory.empty();
        vm.run(10);
        assertThat(vm.counters().get("hiddenFaults")).isGreaterThan(before);
    }

    @Test
    void events_arrive_through_the_vmms_own_idt_and_leave_their_frame_on_its_stack() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        assertThat(vm.hardware.idtr.base).isEqualTo(VmmRegion.la(VmmRegion.IDT));
        assertThat(vm.run(100)).isEqualTo(new Stop.Halted());
        // the last frame is HLT's #GP(0): error code, EIP, CS, EFLAGS, ESP, SS
        int top = VmmRegion.STACK_TOP;
        assertThat(vm.region.get32(top - 4)).isEqualTo(0x11);
        assertThat(vm.region.get32(top - 8)).isEqualTo(TinyGuest.STACK);
        assertThat(vm.region.get32(top - 12) & (Eflags.IF | Eflags.IOPL)).isEqualTo(Eflags.IF);
        assertThat(vm.region.get32(top - 16)).isEqualTo(0x09);
        assertThat(vm.region.get32(top - 20)).isEqualTo(TinyGuest.CODE + 3);
        assertThat(vm.region.get32(top - 24)).isZero();
    }

    @Test
    void a_broken_gate_in_the_vmms_idt_is_a_double_fault_of_the_real_processor() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        vm.run(2);
        vm.region.put64(GP_GATE, 0, 0);
        assertThatThrownBy(() -> vm.run(1))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("a defect of Ringside: the real processor raised #DF under the guest");
    }

    @Test
    void without_its_idt_the_vmm_loses_the_machine() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        vm.run(2);
        vm.region.memory().fill(VmmRegion.IDT, 256 * 8, 0);
        assertThatThrownBy(() -> vm.run(1)).hasMessageContaining("the real processor shut down");
    }

    @Test
    void without_its_stack_in_the_tss_the_vmm_loses_the_machine() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        vm.run(2);
        vm.region.put32(VmmRegion.TSS + 8, 0);
        assertThatThrownBy(() -> vm.run(1)).hasMessageContaining("the real processor shut down");
    }

    @Test
    void a_gate_that_leads_elsewhere_leads_elsewhere() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        vm.run(2);
        int low = vm.region.get32(VmmRegion.IDT);
        int high = vm.region.get32(VmmRegion.IDT + 4);
        vm.region.put64(GP_GATE, low, high);
        vm.run(1);
        // door 0 is that of #DE, which has no error code: the VMM takes the code for EIP, and STI is not carried out
        assertThat(vm.retired()).isEqualTo(2);
        assertThat(vm.state().interruptsEnabled()).isFalse();
    }

    @Test
    void the_tss_has_no_back_link_and_lets_no_port_through() {
        CompressedMachine vm = TinyGuest.deprivileged(NOP_NOP_STI_HLT);
        assertThat(vm.region.get32(VmmRegion.TSS)).isZero();
        for (int at = 104; at < 104 + 8192; at += 4) {
            assertThat(vm.region.get32(VmmRegion.TSS + at)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3"})
    void straight_kernel_code_is_not_emulated(String ring) {
        // mov ecx, 1000; add eax, ecx; push eax; pop ebx; loop
        CompressedMachine vm = TinyGuest.deprivileged("b9 e8 03 00 00 01 c8 50 5b e2 fa f4", Map.of("ring", ring));
        assertThat(vm.run(100_000)).isEqualTo(new Stop.Halted());
        assertThat(vm.retired()).isEqualTo(1 + 4 * 1000 + 1);
        assertThat(vm.counters().get("emulated")).as("HLT alone").isEqualTo(1);
        assertThat(vm.counters().get("interpreted")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3"})
    void user_code_is_not_emulated_however_the_kernel_came_there(String ring) {
        // push 23, 00080000, 2, 1b, user; iretd; user: mov ecx, 1000; add eax, ecx; push eax; pop ebx; loop; jmp $
        String toUser = "6a 23 68 00 00 08 00 6a 02 6a 1b 68 11 00 10 00 cf";
        String user = "b9 e8 03 00 00 01 c8 50 5b e2 fa eb fe";
        CompressedMachine vm = TinyGuest.deprivileged(toUser + user, Map.of("ring", ring));
        vm.run(3000);
        // an exit in the middle of user code: afterwards it must go on directly
        vm.board().platform().clock().alarm("test", tick -> {}).at(3500);
        vm.run(100_000);
        assertThat(vm.state().cpl).isEqualTo(3);
        assertThat(vm.exits().get("timer")).isEqualTo(1);
        assertThat(vm.counters().get("emulated") + vm.counters().get("interpreted"))
                .isZero();
    }

    @Test
    void guest_memory_is_a_share_of_machine_memory_and_none_of_the_vmms() {
        CompressedMachine vm = TinyGuest.deprivileged("c7 05 00 80 01 00 78 56 34 12 f4");
        vm.run(10);
        assertThat(vm.board().bus().read(32, 0x18000)).isEqualTo(0x12345678);
        int ma = vm.board().bus().direct(0x18000, false);
        assertThat(ma).isGreaterThanOrEqualTo(VmmRegion.SIZE);
        assertThat(vm.region.memory().get32(ma)).isEqualTo(0x12345678);
    }

    @Test
    void a_triple_fault_of_the_guest_ends_the_guest_and_not_the_machine() {
        CompressedMachine vm = TinyGuest.deprivileged("0f 0b");
        assertThat(vm.run(10)).isEqualTo(new Stop.Shutdown());
        assertThat(vm.hardware.shutdown).isFalse();
        assertThat(vm.state().shutdown).isTrue();
    }

    @Test
    void the_vmms_region_cannot_be_reached_by_the_guest() {
        // mov dword [VMM's IDT], 0; hlt: the write goes to the guest's own address space, where nothing is
        CompressedMachine vm = TinyGuest.deprivileged("c7 05 00 00 c4 ff 00 00 00 00 f4");
        int gate = vm.region.get32(VmmRegion.IDT);
        assertThat(vm.run(10)).isEqualTo(new Stop.Halted());
        assertThat(vm.region.get32(VmmRegion.IDT)).isEqualTo(gate).isNotZero();
    }

    @Test
    void a_guest_that_clears_its_interrupt_flag_does_not_keep_the_vmm_out() {
        CompressedMachine vm = TinyGuest.deprivileged("fa eb fe");
        vm.run(1000);
        assertThat(vm.hardware.interruptsEnabled()).isTrue();
        assertThat(vm.state().interruptsEnabled()).isFalse();
    }

    @Test
    void with_a_real_iopl_the_guest_masks_the_vmms_timer() {
        CompressedMachine vm = TinyGuest.deprivileged("fa eb fe", Map.of("iopl", "1"));
        vm.run(1000);
        assertThat(vm.hardware.interruptsEnabled()).isFalse();
    }
}

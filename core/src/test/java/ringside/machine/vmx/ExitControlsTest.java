package ringside.machine.vmx;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.vmx.VmcsField.*;
import static ringside.machine.vmx.VmxControl.*;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ringside.arch.Reg;
import ringside.machine.cpu.Stop;

/** Each control bit: on it exits, off it does not. */
class ExitControlsTest {
    record Case(VmxControl control, ExitReason reason, long qualification, Consumer<VmxMachine> setUp, int... code) {
        @Override
        public String toString() {
            return control.name();
        }
    }

    /** Controls that do not make anything exit have tests of their own below. */
    private static final Set<VmxControl> NOT_EXITING = EnumSet.of(
            USE_TSC_OFFSETTING,
            ACTIVATE_SECONDARY_CONTROLS,
            ENABLE_EPT,
            ENABLE_VPID,
            UNRESTRICTED_GUEST,
            USE_MSR_BITMAPS,
            SAVE_DEBUG_CONTROLS,
            ACKNOWLEDGE_INTERRUPT_ON_EXIT,
            SAVE_EFER,
            LOAD_HOST_EFER,
            LOAD_DEBUG_CONTROLS,
            LOAD_GUEST_EFER);

    private static final Consumer<VmxMachine> NOTHING = m -> {};
    private static final Consumer<VmxMachine> SECONDARY = m -> {
        ACTIVATE_SECONDARY_CONTROLS.set(m.vmcs, true);
        m.cpu.r[Reg.ECX] = 0;
    };

    static final List<Case> CASES = List.of(
            new Case(HLT_EXITING, ExitReason.HLT, 0, NOTHING, 0xf4),
            new Case(INVLPG_EXITING, ExitReason.INVLPG, 0x1234, NOTHING, 0x0f, 0x01, 0x3d, 0x34, 0x12, 0, 0, 0xf4),
            new Case(RDPMC_EXITING, ExitReason.RDPMC, 0, NOTHING, 0x0f, 0x33, 0xf4),
            new Case(RDTSC_EXITING, ExitReason.RDTSC, 0, NOTHING, 0x0f, 0x31, 0xf4),
            // mov cr3, ecx / mov ecx, cr3
            new Case(
                    CR3_LOAD_EXITING,
                    ExitReason.CR_ACCESS,
                    0x103,
                    m -> m.cpu.r[Reg.ECX] = 0x40000,
                    0x0f,
                    0x22,
                    0xd9,
                    0xf4),
            new Case(CR3_STORE_EXITING, ExitReason.CR_ACCESS, 0x113, NOTHING, 0x0f, 0x20, 0xd9, 0xf4),
            // mov edx, dr6
            new Case(MOV_DR_EXITING, ExitReason.DR_ACCESS, 0x216, NOTHING, 0x0f, 0x21, 0xf2, 0xf4),
            // in al, 80h
            new Case(UNCONDITIONAL_IO_EXITING, ExitReason.IO, 0x800048, NOTHING, 0xe4, 0x80, 0xf4),
            // rep outsd with DX = 9000h, one port of four in the bitmap
            new Case(USE_IO_BITMAPS, ExitReason.IO, 0x90000033L, ExitControlsTest::string, 0xf3, 0x6f, 0xf4),
            // sgdt [ecx + 1234h]; str ecx
            new Case(
                    DESCRIPTOR_TABLE_EXITING,
                    ExitReason.GDTR_IDTR_ACCESS,
                    0x1234,
                    SECONDARY,
                    0x0f,
                    0x01,
                    0x81,
                    0x34,
                    0x12,
                    0,
                    0,
                    0xf4),
            new Case(DESCRIPTOR_TABLE_EXITING, ExitReason.LDTR_TR_ACCESS, 0, SECONDARY, 0x0f, 0x00, 0xc9, 0xf4),
            new Case(WBINVD_EXITING, ExitReason.WBINVD, 0, SECONDARY, 0x0f, 0x09, 0xf4),
            new Case(MONITOR_TRAP_FLAG, ExitReason.MONITOR_TRAP, 0, NOTHING, 0x90, 0xf4),
            new Case(
                    EXTERNAL_INTERRUPT_EXITING,
                    ExitReason.EXTERNAL_INTERRUPT,
                    0,
                    m -> m.cpu.interruptPin().set(true),
                    0x90,
                    0xf4),
            new Case(NMI_EXITING, ExitReason.EXCEPTION_OR_NMI, 0, m -> m.cpu.raiseNmi(), 0x90, 0xf4),
            new Case(INTERRUPT_WINDOW_EXITING, ExitReason.INTERRUPT_WINDOW, 0, NOTHING, 0xfb, 0x90, 0xf4),
            new Case(NMI_WINDOW_EXITING, ExitReason.NMI_WINDOW, 0, m -> NMI_EXITING.set(m.vmcs, true), 0x90, 0xf4));

    private static void string(VmxMachine m) {
        m.cpu.r[Reg.EDX] = 0x9000;
        m.cpu.r[Reg.ESI] = 0;
        m.cpu.r[Reg.ECX] = 1;
        m.memory.put8(VmxMachine.IO_B + 0x1003 / 8, 1 << 3);
    }

    static Stream<Case> cases() {
        return CASES.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_control_that_is_on_exits_with_its_reason_and_qualification(Case c) {
        VmxMachine m = new VmxMachine();
        m.code(c.code);
        c.setUp.accept(m);
        c.control.set(m.vmcs, true);

        Stop stop = m.run(10);

        assertThat(m.reason(stop)).isEqualTo(c.reason);
        assertThat(m.qualification()).isEqualTo(c.qualification);
        assertThat(m.cpu.eip).isEqualTo(VmxMachine.HOST_CODE);
        assertThat(m.cpu.cpl).isZero();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_control_that_is_off_lets_the_guest_go_on(Case c) {
        VmxMachine m = new VmxMachine();
        m.code(c.code);
        c.setUp.accept(m);

        Stop stop = m.run(10);

        assertThat(m.reason(stop)).isNull();
        assertThat(m.cpu.retired).isPositive();
    }

    @Test
    void every_control_is_tested() {
        Set<VmxControl> tested = EnumSet.copyOf(NOT_EXITING);
        CASES.forEach(c -> tested.add(c.control));
        assertThat(tested).containsExactlyInAnyOrder(VmxControl.values());
    }

    @Test
    void an_exiting_instruction_has_had_no_effect_and_its_length_is_told() {
        VmxMachine m = new VmxMachine();
        m.code(0x40, 0x0f, 0xa2); // inc eax; cpuid
        m.cpu.r[Reg.EAX] = 0;

        m.run(10);

        assertThat(m.cpu.r[Reg.EAX]).isEqualTo(1);
        assertThat(m.cpu.retired).isEqualTo(1);
        assertThat(m.vmcs.readInt(GUEST_RIP)).isEqualTo(VmxMachine.CODE + 1);
        assertThat(m.vmcs.readInt(EXIT_INSTRUCTION_LENGTH)).isEqualTo(2);
    }

    @Test
    void with_tsc_offsetting_the_guest_reads_time_plus_the_offset() {
        assertThat(timestamp(true)).isEqualTo(timestamp(false) + 1_000_000);
    }

    private static int timestamp(boolean offset) {
        VmxMachine m = new VmxMachine();
        m.code(0x0f, 0x31, 0x0f, 0xa2); // rdtsc; cpuid
        m.vmcs.write(TSC_OFFSET, 1_000_000);
        USE_TSC_OFFSETTING.set(m.vmcs, offset);
        m.run(10);
        return m.cpu.r[Reg.EAX];
    }

    @Test
    void an_msr_bitmap_lets_through_what_its_bit_does_not_name() {
        VmxMachine m = new VmxMachine();
        m.code(0x0f, 0x32, 0xf4); // rdmsr; hlt
        m.cpu.r[Reg.ECX] = 0x174;
        USE_MSR_BITMAPS.set(m.vmcs, true);
        assertThat(m.reason(m.run(10))).isNull();

        VmxMachine watched = new VmxMachine();
        watched.code(0x0f, 0x32, 0xf4);
        watched.cpu.r[Reg.ECX] = 0x174;
        USE_MSR_BITMAPS.set(watched.vmcs, true);
        watched.memory.put8(VmxMachine.MSRS + 0x174 / 8, 1 << 4);
        assertThat(watched.reason(watched.run(10))).isEqualTo(ExitReason.RDMSR);
    }

    @Test
    void an_interrupt_is_acknowledged_on_exit_only_where_asked_for() {
        for (boolean acknowledge : new boolean[] {true, false}) {
            VmxMachine m = new VmxMachine();
            m.code(0x90);
            m.cpu.interruptSource(() -> 0x31);
            m.cpu.interruptPin().set(true);
            EXTERNAL_INTERRUPT_EXITING.set(m.vmcs, true);
            ACKNOWLEDGE_INTERRUPT_ON_EXIT.set(m.vmcs, acknowledge);

            m.run(10);

            int expected = acknowledge ? 0x80000031 : 0;
            assertThat(m.vmcs.readInt(EXIT_INTERRUPTION_INFORMATION)).isEqualTo(expected);
        }
    }

    @Test
    void debug_controls_and_efer_are_switched_only_where_asked_for() {
        for (boolean on : new boolean[] {true, false}) {
            VmxMachine m = new VmxMachine();
            m.code(0x0f, 0xa2);
            m.vmcs.write(GUEST_DR7, 0x402);
            m.vmcs.write(GUEST_EFER, 0x800);
            for (VmxControl control : List.of(LOAD_DEBUG_CONTROLS, LOAD_GUEST_EFER, LOAD_HOST_EFER)) {
                control.set(m.vmcs, on);
            }
            m.vmx.enter(m.vmcs);
            assertThat(m.cpu.dr[7]).isEqualTo(on ? 0x402 : 0x400);
            assertThat(m.cpu.efer).isEqualTo(on ? 0x800 : 0);

            m.engine.run(m.cpu, 10);

            assertThat(m.cpu.efer).isZero();
            assertThat(m.cpu.dr[7]).isEqualTo(0x400);
        }
    }

    @Test
    void an_exit_saves_debug_controls_and_efer_only_where_asked_for() {
        for (boolean on : new boolean[] {true, false}) {
            VmxMachine m = new VmxMachine();
            m.code(0x0f, 0xa2);
            m.vmcs.write(GUEST_DR7, 0x455);
            m.vmcs.write(GUEST_EFER, 0x800);
            SAVE_DEBUG_CONTROLS.set(m.vmcs, on);
            SAVE_EFER.set(m.vmcs, on);

            m.run(10);

            assertThat(m.vmcs.readInt(GUEST_DR7)).isEqualTo(on ? 0x400 : 0x455);
            assertThat(m.vmcs.read(GUEST_EFER)).isEqualTo(on ? 0 : 0x800);
        }
    }

    @Test
    void owned_bits_of_cr0_read_from_the_shadow_and_exit_when_they_change() {
        VmxMachine m = new VmxMachine();
        m.code(0x0f, 0x20, 0xc0, 0x0f, 0x06, 0x0f, 0xa2); // mov eax, cr0; clts; cpuid
        m.vmcs.write(CR0_MASK, 8);
        m.vmcs.write(CR0_SHADOW, 8);

        Stop stop = m.run(10);

        assertThat(m.cpu.r[Reg.EAX] & 8).isEqualTo(8);
        assertThat(m.reason(stop)).isEqualTo(ExitReason.CR_ACCESS);
        assertThat(m.qualification()).isEqualTo(0x20);
    }

    @Test
    void a_cr3_target_does_not_exit() {
        VmxMachine m = new VmxMachine();
        m.code(0x0f, 0x22, 0xd9, 0x0f, 0xa2); // mov cr3, ecx; cpuid
        m.cpu.r[Reg.ECX] = 0x40000;
        CR3_LOAD_EXITING.set(m.vmcs, true);
        m.vmcs.write(CR3_TARGET_COUNT, 1);
        m.vmcs.write(CR3_TARGET0, 0x40000);

        assertThat(m.reason(m.run(10))).isEqualTo(ExitReason.CPUID);
    }

    @Test
    void a_page_fault_exits_by_bitmap_mask_and_match() {
        VmxMachine m = new VmxMachine();
        m.code(0xa1, 0x00, 0x00, 0x20, 0x00); // mov eax, [200000h]
        m.vmcs.write(EXCEPTION_BITMAP, 1 << 14);

        assertThat(m.reason(m.run(10))).isEqualTo(ExitReason.EXCEPTION_OR_NMI);
        assertThat(m.qualification()).isEqualTo(0x200000);
        assertThat(m.vmcs.readInt(EXIT_INTERRUPTION_INFORMATION)).isEqualTo(0x80000b0e);

        m.vmcs.write(PAGE_FAULT_ERROR_MASK, 1);
        m.vmcs.write(PAGE_FAULT_ERROR_MATCH, 1);
        m.vmcs.write(GUEST_RIP, VmxMachine.CODE);
        assertThat(m.reason(m.run(10))).as("a not-present fault does not match").isNull();
    }

    @Test
    void an_exit_during_delivery_leaves_the_event_in_the_vectoring_fields() {
        VmxMachine m = new VmxMachine();
        m.code(0xcd, 0x80); // int 80h, whose frame cannot be written
        m.vmcs.write(GUEST_RSP, 0x300000);
        m.vmcs.write(EXCEPTION_BITMAP, 1 << 14);

        m.run(10);

        assertThat(m.vmcs.readInt(EXIT_INTERRUPTION_INFORMATION)).isEqualTo(0x80000b0e);
        assertThat(m.vmcs.readInt(IDT_VECTORING_INFORMATION)).isEqualTo(0x80000480);
        assertThat(m.vmcs.readInt(GUEST_RIP)).isEqualTo(VmxMachine.CODE);
    }

    @Test
    void an_injected_event_is_delivered_through_the_guests_idt() {
        VmxMachine m = new VmxMachine();
        m.code(0x90);
        m.vmcs.write(ENTRY_INTERRUPTION_INFORMATION, 0x80000b0dL);
        m.vmcs.write(ENTRY_EXCEPTION_ERROR_CODE, 0x28);

        m.vmx.enter(m.vmcs);

        assertThat(m.cpu.eip).isEqualTo(VmxMachine.HANDLER);
        assertThat(m.memory.get32(VmxMachine.STACK - 16)).isEqualTo(0x28);
        assertThat(m.vmcs.readInt(ENTRY_INTERRUPTION_INFORMATION)).isPositive();
    }

    @Test
    void a_triple_fault_exits_instead_of_shutting_down() {
        VmxMachine m = new VmxMachine();
        m.code(0x0f, 0x0b);
        m.vmcs.write(GUEST_IDTR_LIMIT, 0);

        assertThat(m.reason(m.run(10))).isEqualTo(ExitReason.TRIPLE_FAULT);
    }

    @Test
    void vmcall_exits() {
        VmxMachine m = new VmxMachine();
        m.code(0x0f, 0x01, 0xc1);
        assertThat(m.reason(m.run(10))).isEqualTo(ExitReason.VMCALL);
    }
}

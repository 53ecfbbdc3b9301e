package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.cpu.Rings.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.isa.CpuPort.SoftwareInterrupt;
import ringside.isa.GuestFault;

/** Event delivery through the IDT, with the state inspected directly; whole kernels are compared elsewhere. */
class GateTest {
    private static final int HANDLER = 0x6000;

    @Test
    void a_fault_in_ring_0_pushes_flags_with_rf_cs_eip_and_error_code() {
        Rings m = new Rings(0);
        m.interruptGate(Vector.GP, CODE0, HANDLER, 0x8e);
        m.cpu.setEflags(Eflags.IF | Eflags.TF);
        m.cpu.deliver(new GuestFault(Vector.GP, 0x1234));
        assertThat(m.cpu.eip).isEqualTo(HANDLER);
        assertThat(m.stack(0)).isEqualTo(0x1234);
        assertThat(m.stack(1)).isEqualTo(HERE);
        assertThat(m.stack(2)).isEqualTo(CODE0);
        assertThat(m.stack(3)).isEqualTo(Eflags.IF | Eflags.TF | Eflags.RF | Eflags.ALWAYS_ONE);
        assertThat(m.cpu.eflags()).isEqualTo(Eflags.ALWAYS_ONE);
    }

    @Test
    void a_software_interrupt_from_ring_3_switches_stacks_and_returns_after_the_instruction() {
        Rings m = new Rings(3);
        m.interruptGate(0x80, CODE0, HANDLER, 0xef);
        m.cpu.setEflags(Eflags.IF);
        m.cpu.softwareInterrupt(0x80, SoftwareInterrupt.INT_N);
        assertThat(m.cpu.next).isEqualTo(HANDLER);
        assertThat(m.cpu.cpl).isZero();
        assertThat(m.cpu.r[Reg.ESP]).isEqualTo(STACK0 - 20);
        assertThat(m.stack(0)).isEqualTo(NEXT);
        assertThat(m.stack(1)).isEqualTo(CODE3);
        assertThat(m.stack(3)).isEqualTo(STACK3);
        assertThat(m.stack(4)).isEqualTo(DATA3);
        assertThat(m.cpu.interruptsEnabled()).as("a trap gate keeps IF").isTrue();
    }

    @Test
    void an_interrupt_gate_clears_if() {
        Rings m = new Rings(0);
        m.interruptGate(0x20, CODE0, HANDLER, 0x8e);
        m.cpu.setEflags(Eflags.IF);
        m.cpu.softwareInterrupt(0x20, SoftwareInterrupt.INT_N);
        assertThat(m.cpu.interruptsEnabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "INT_N, #GP(0402)",
        "INT3, #GP(0402)",
        "INTO, #GP(0402)",
        "INT1, none",
    })
    void only_int1_passes_a_gate_with_dpl_0_from_ring_3(SoftwareInterrupt kind, String fault) {
        Rings m = new Rings(3);
        m.interruptGate(0x80, CODE0, HANDLER, 0x8e);
        assertThat(m.faultOf(cpu -> cpu.softwareInterrupt(0x80, kind))).isEqualTo(fault);
    }

    @ParameterizedTest
    @CsvSource({
        "0x08, 0x0e, #NP(0282)",
        "0x08, 0x8c, #GP(0282)",
        "0x00, 0x8e, #GP(0000)",
        "0x78, 0x8e, #GP(0078)",
        "0x10, 0x8e, #GP(0010)",
        "0x1b, 0x8e, #GP(0018)",
        "0xf0, 0x8e, #GP(00f0)",
    })
    void an_unusable_gate_names_itself_or_its_segment(String selector, String access, String fault) {
        Rings m = new Rings(0);
        m.interruptGate(0x50, Integer.decode(selector), HANDLER, Integer.decode(access));
        assertThat(m.faultOf(cpu -> cpu.softwareInterrupt(0x50, SoftwareInterrupt.INT_N)))
                .isEqualTo(fault);
        assertThat(m.cpu.r[Reg.ESP]).as("nothing was pushed").isEqualTo(0x7000);
    }

    @ParameterizedTest
    @CsvSource({
        "0x00, #TS(0000)",
        "0x23, #TS(0020)",
        "0x08, #TS(0008)",
        "0x78, #TS(0078)",
        "0x38, #SS(0038)",
    })
    void a_bad_inner_stack_is_reported_and_the_outer_ring_stays(String selector, String fault) {
        Rings m = new Rings(3);
        m.interruptGate(0x80, CODE0, HANDLER, 0xee);
        m.descriptor(FREE, 0, 0xfffff, 0x13, 0xc);
        m.memory.put16(TSS + 8, Integer.decode(selector));
        assertThat(m.faultOf(cpu -> cpu.softwareInterrupt(0x80, SoftwareInterrupt.INT_N)))
                .isEqualTo(fault);
        assertThat(m.cpu.cpl).isEqualTo(3);
        assertThat(m.cpu.cs().selector).isEqualTo(CODE3);
    }

    @Test
    void a_contributory_fault_while_delivering_a_contributory_one_is_a_double_fault() {
        Rings m = new Rings(0);
        m.interruptGate(Vector.DE, CODE0, HANDLER, 0x0e);
        m.interruptGate(Vector.DF, CODE0, HANDLER + 8, 0x8e);
        m.cpu.deliver(new GuestFault(Vector.DE, 0));
        assertThat(m.cpu.eip).isEqualTo(HANDLER + 8);
        assertThat(m.stack(0)).as("error code").isZero();
        assertThat(m.stack(1)).isEqualTo(HERE);
    }

    @Test
    void a_fault_while_delivering_a_benign_one_is_delivered_with_ext() {
        Rings m = new Rings(0);
        m.interruptGate(Vector.UD, CODE0, HANDLER, 0x0e);
        m.interruptGate(Vector.NP, CODE0, HANDLER + 8, 0x8e);
        m.cpu.deliver(new GuestFault(Vector.UD, 0));
        assertThat(m.cpu.eip).isEqualTo(HANDLER + 8);
        assertThat(m.stack(0)).isEqualTo(Vector.UD * 8 + 2 + 1);
    }

    @Test
    void a_fault_while_delivering_a_double_fault_is_shutdown() {
        Rings m = new Rings(0);
        m.cpu.deliver(new GuestFault(Vector.GP, 0));
        assertThat(m.cpu.shutdown).isTrue();
        assertThat(m.cpu.eip).isEqualTo(HERE);
    }

    @Test
    void from_virtual_8086_mode_the_data_segments_are_pushed_and_emptied() {
        Rings m = new Rings(3);
        m.interruptGate(3, CODE0, HANDLER, 0xee);
        for (int seg = 0; seg < 6; seg++) {
            m.cpu.segments[seg].set(0x100 + seg, 0x1000 + seg * 16, 0xffff, 0xf3);
        }
        m.cpu.setEflags(Eflags.VM);
        m.cpu.softwareInterrupt(3, SoftwareInterrupt.INT3);
        assertThat(m.cpu.virtual8086()).isFalse();
        assertThat(m.stack(2) & Eflags.VM).isNotZero();
        assertThat(new int[] {m.stack(4), m.stack(5), m.stack(6), m.stack(7), m.stack(8)})
                .containsExactly(0x102, 0x100, 0x103, 0x104, 0x105);
        assertThat(m.cpu.segments[Reg.DS].unusable()).isTrue();
        assertThat(m.cpu.segments[Reg.GS].selector).isZero();
    }

    @Test
    void an_nmi_blocks_further_ones_until_iret() {
        Rings m = new Rings(0);
        m.interruptGate(Vector.NMI, CODE0, HANDLER, 0x8e);
        m.cpu.raiseNmi();
        m.cpu.deliverNmi();
        assertThat(m.cpu.nmiBlocked).isTrue();
        m.cpu.interruptReturn(32);
        assertThat(m.cpu.nmiBlocked).isFalse();
        assertThat(m.cpu.next).isEqualTo(HERE);
    }

    @Test
    void real_mode_uses_the_vector_table_and_pushes_words() {
        Rings m = new Rings(0);
        m.cpu.reset();
        m.cpu.ss().setReal(0x900);
        m.cpu.r[Reg.ESP] = 0x100;
        m.cpu.next = 0x1234;
        m.memory.put32(0x21 * 4, 0x0500_0042);
        m.cpu.setEflags(Eflags.IF);
        m.cpu.softwareInterrupt(0x21, SoftwareInterrupt.INT_N);
        assertThat(m.cpu.cs().selector).isEqualTo(0x500);
        assertThat(m.cpu.next).isEqualTo(0x42);
        assertThat(m.memory.get16(0x90fa)).isEqualTo(0x1234);
        assertThat(m.memory.get16(0x90fc)).isEqualTo(0xf000);
        assertThat(m.memory.get16(0x90fe)).isEqualTo(Eflags.IF | Eflags.ALWAYS_ONE);
        assertThat(m.cpu.interruptsEnabled()).isFalse();
    }
}

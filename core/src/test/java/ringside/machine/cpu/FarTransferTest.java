package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.cpu.Rings.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.Eflags;
import ringside.arch.Reg;

/** Far jumps, calls and returns and IRET, with the state inspected directly. */
class FarTransferTest {
    private static final int TARGET = 0x6000;

    @ParameterizedTest
    @CsvSource({
        "0x08, none",
        "0x09, #GP(0008)",
        "0x1b, #GP(0018)",
        "0x00, #GP(0000)",
        "0x10, #GP(0010)",
        "0x78, #GP(0078)",
        "0x38, #NP(0038)",
        "0x40, none",
        "0x43, none",
    })
    void a_far_jump_in_ring_0(String selector, String fault) {
        Rings m = new Rings(0);
        m.descriptor(FREE, 0, 0xfffff, 0x1a, 0xc);
        m.descriptor(0x40, 0, 0xfffff, 0x9e, 0xc);
        assertThat(m.faultOf(cpu -> cpu.farJump(32, Integer.decode(selector), TARGET)))
                .isEqualTo(fault);
        assertThat(m.cpu.next).isEqualTo(fault.equals("none") ? TARGET : NEXT);
        assertThat(m.cpu.cs().selector & 3).isZero();
    }

    @Test
    void a_load_of_cs_sets_the_accessed_bit() {
        Rings m = new Rings(0);
        m.descriptor(FREE, 0, 0xfffff, 0x9a, 0xc);
        m.cpu.farJump(32, FREE, TARGET);
        assertThat(m.memory.get8(GDT + FREE + 5)).isEqualTo(0x9b);
    }

    @Test
    void a_call_gate_to_ring_0_copies_parameters() {
        Rings m = new Rings(3);
        m.callGate(FREE, CODE0, TARGET, 0xec, 2);
        m.push(0x11);
        m.push(0x22);
        m.cpu.farCall(32, FREE | 3, 0);
        assertThat(m.cpu.cpl).isZero();
        assertThat(m.cpu.next).isEqualTo(TARGET);
        int[] frame = {m.stack(0), m.stack(1), m.stack(2), m.stack(3), m.stack(4), m.stack(5)};
        assertThat(frame).containsExactly(NEXT, CODE3, 0x22, 0x11, STACK3 - 8, DATA3);
        m.cpu.farReturn(32, 8);
        assertThat(m.cpu.cpl).isEqualTo(3);
        assertThat(m.cpu.r[Reg.ESP]).isEqualTo(STACK3);
        assertThat(m.cpu.next).isEqualTo(NEXT);
    }

    @Test
    void a_call_gate_on_an_inner_stack_that_is_too_small_leaves_everything_alone() {
        Rings m = new Rings(3);
        m.callGate(FREE, CODE0, TARGET, 0xec, 2);
        m.descriptor(0x40, 0, 0xfff, 0x93, 0x4);
        m.memory.put32(TSS + 4, 0x17);
        m.memory.put16(TSS + 8, 0x40);
        assertThat(m.faultOf(cpu -> cpu.farCall(32, FREE | 3, 0))).isEqualTo("#SS(0040)");
        assertThat(m.cpu.cpl).isEqualTo(3);
        assertThat(m.cpu.r[Reg.ESP]).isEqualTo(STACK3);
        assertThat(m.memory.get32(0x10)).isZero();
    }

    @Test
    void a_jump_through_a_call_gate_may_not_go_inward() {
        Rings m = new Rings(3);
        m.callGate(FREE, CODE0, TARGET, 0xec, 0);
        assertThat(m.faultOf(cpu -> cpu.farJump(32, FREE | 3, 0))).isEqualTo("#GP(0008)");
    }

    @Test
    void a_return_to_ring_3_drops_privileged_data_segments() {
        Rings m = new Rings(0);
        m.push(DATA3);
        m.push(STACK3);
        m.push(CODE3);
        m.push(TARGET);
        m.cpu.loadSegment(Reg.ES, DATA3);
        m.cpu.farReturn(32, 0);
        assertThat(m.cpu.cpl).isEqualTo(3);
        assertThat(m.cpu.r[Reg.ESP]).isEqualTo(STACK3);
        assertThat(m.cpu.segments[Reg.DS].unusable()).isTrue();
        assertThat(m.cpu.segments[Reg.ES].selector).isEqualTo(DATA3);
    }

    @ParameterizedTest
    @CsvSource({"0, #GP(0000)", "0x13, #GP(0010)", "0x1b, #GP(0018)", "0x38, #GP(0038)", "0x3b, #SS(0038)"})
    void a_return_to_a_bad_outer_stack_faults_before_anything_changes(String stack, String fault) {
        Rings m = new Rings(0);
        m.descriptor(FREE, 0, 0xfffff, 0x73, 0xc);
        m.push(Integer.decode(stack));
        m.push(STACK3);
        m.push(CODE3);
        m.push(TARGET);
        int esp = m.cpu.r[Reg.ESP];
        assertThat(m.faultOf(cpu -> cpu.farReturn(32, 0))).isEqualTo(fault);
        assertThat(m.cpu.r[Reg.ESP]).isEqualTo(esp);
        assertThat(m.cpu.cs().selector).isEqualTo(CODE0);
    }

    @Test
    void iret_in_ring_3_changes_neither_if_nor_iopl() {
        Rings m = new Rings(3);
        m.push(Eflags.IF | Eflags.IOPL | Eflags.DF | Eflags.VM | Eflags.ALWAYS_ONE);
        m.push(CODE3);
        m.push(TARGET);
        m.cpu.interruptReturn(32);
        assertThat(m.cpu.eflags()).isEqualTo(Eflags.DF | Eflags.ALWAYS_ONE);
    }

    @Test
    void iret_from_ring_0_to_virtual_8086_mode_loads_every_segment() {
        Rings m = new Rings(0);
        for (int value : new int[] {0x50, 0x40, 0x30, 0x20, 0x10, 0xff0, Eflags.VM | Eflags.IF, 0x60, 0x123}) {
            m.push(value);
        }
        m.cpu.interruptReturn(32);
        assertThat(m.cpu.virtual8086()).isTrue();
        assertThat(m.cpu.cpl).isEqualTo(3);
        assertThat(m.cpu.next).isEqualTo(0x123);
        assertThat(m.cpu.cs().base).isEqualTo(0x600);
        assertThat(m.cpu.segments[Reg.GS].selector).isEqualTo(0x50);
        assertThat(m.cpu.segments[Reg.ES].selector).isEqualTo(0x20);
        assertThat(m.cpu.r[Reg.ESP]).isEqualTo(0xff0);
        assertThat(m.cpu.segments[Reg.DS].limit).isEqualTo(0xffff);
    }

    @Test
    void a_jump_to_a_task_saves_the_old_one_first_and_moves_the_busy_bit() {
        Rings m = new Rings(0);
        m.memory.put32(OTHER_TSS + 0x20, TARGET);
        m.memory.put32(OTHER_TSS + 0x28 + Reg.EBX * 4, 0x77);
        for (int seg = 0; seg < 6; seg++) {
            m.memory.put16(OTHER_TSS + 0x48 + seg * 4, seg == Reg.CS ? CODE0 : DATA0);
        }
        m.cpu.r[Reg.EBX] = 0x55;
        m.cpu.farJump(32, OTHER, 0);
        assertThat(m.cpu.next).isEqualTo(TARGET);
        assertThat(m.cpu.eip).isEqualTo(TARGET);
        assertThat(m.cpu.r[Reg.EBX]).isEqualTo(0x77);
        assertThat(m.memory.get32(TSS + 0x20)).isEqualTo(NEXT);
        assertThat(m.memory.get32(TSS + 0x28 + Reg.EBX * 4)).isEqualTo(0x55);
        assertThat(m.memory.get8(GDT + TASK + 5)).isEqualTo(0x89);
        assertThat(m.memory.get8(GDT + OTHER + 5)).isEqualTo(0x8b);
        assertThat(m.cpu.tr.selector).isEqualTo(OTHER);
    }

    @Test
    void a_task_whose_code_segment_is_bad_faults_as_itself() {
        Rings m = new Rings(0);
        m.memory.put32(OTHER_TSS + 0x20, TARGET);
        m.memory.put16(OTHER_TSS + 0x4c, DATA0);
        assertThat(m.faultOf(cpu -> cpu.farCall(32, OTHER, 0))).isEqualTo("#TS(0010)");
        assertThat(m.cpu.eip).isEqualTo(TARGET);
        assertThat(m.cpu.tr.selector).isEqualTo(OTHER);
        assertThat(m.cpu.eflags() & Eflags.NT).isNotZero();
        assertThat(m.memory.get16(OTHER_TSS)).as("back link").isEqualTo(TASK);
    }

    @Test
    void iret_with_nt_returns_to_the_task_of_the_back_link() {
        Rings m = new Rings(0);
        m.memory.put16(TSS, OTHER);
        m.cpu.setEflags(Eflags.NT);
        assertThat(m.faultOf(cpu -> cpu.interruptReturn(32))).as("not busy").isEqualTo("#TS(0030)");
        m.descriptor(OTHER, OTHER_TSS, 0x67, 0x8b, 0);
        m.memory.put32(OTHER_TSS + 0x20, TARGET);
        for (int seg = 0; seg < 6; seg++) {
            m.memory.put16(OTHER_TSS + 0x48 + seg * 4, seg == Reg.CS ? CODE0 : DATA0);
        }
        m.cpu.interruptReturn(32);
        assertThat(m.cpu.next).isEqualTo(TARGET);
        assertThat(m.memory.get32(TSS + 0x24) & Eflags.NT).isZero();
        assertThat(m.memory.get8(GDT + TASK + 5)).isEqualTo(0x89);
    }

    @Test
    void sysexit_needs_ring_0_and_a_code_segment() {
        Rings m = new Rings(3);
        m.cpu.sysenterCs = 8;
        assertThat(m.faultOf(Cpu::sysexit)).isEqualTo("#GP(0000)");
        m = new Rings(0);
        m.cpu.sysenterCs = 3;
        assertThat(m.faultOf(Cpu::sysexit)).isEqualTo("#GP(0000)");
    }
}

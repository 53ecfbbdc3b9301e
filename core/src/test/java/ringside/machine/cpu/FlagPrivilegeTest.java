package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.arch.Eflags.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.Control;
import ringside.arch.Reg;
import ringside.arch.Vector;

/** PUSHF, POPF, CLI and STI by CPL, IOPL, virtual-8086 mode, VME and PVI (SDM vol. 2; vol. 3, sections 20.3 and 20.4). */
class FlagPrivilegeTest {
    private static final int NONE = -1;
    private static final int IOPL3 = IOPL;

    private final BodyBench bench = new BodyBench("core2");

    @ParameterizedTest
    @CsvSource({"0, 0, true, true", "1, 0, false, false", "1, 1, true, false", "3, 0, false, false", "3, 3, true, false"
    })
    void popf_changes_if_up_to_iopl_and_iopl_in_ring_0_only(int cpl, int iopl, boolean changesIf, boolean changesIopl) {
        bench.protectedMode(cpl, iopl << IOPL_SHIFT);
        int image = IF | (iopl ^ 1) << IOPL_SHIFT | CF | ID;
        assertThat(bench.popf(image)).as("POPF never traps here").isEqualTo(NONE);
        int flags = bench.cpu.eflags();
        assertThat((flags & IF) != 0).isEqualTo(changesIf);
        assertThat((flags & IOPL) >> IOPL_SHIFT).isEqualTo(changesIopl ? iopl ^ 1 : iopl);
        assertThat(flags & (CF | ID)).isEqualTo(CF | ID);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(BodyBench.STACK + 4);
    }

    @Test
    void popf_leaves_vm_vif_and_vip_and_clears_rf() {
        bench.protectedMode(0, RF | VIP);
        bench.popf(VM | VIF | RF);
        assertThat(bench.cpu.eflags()).isEqualTo(ALWAYS_ONE | VIP);
    }

    @Test
    void pushf_shows_if_and_iopl_but_not_rf_and_vm() {
        bench.protectedMode(3, IF | IOPL3 | RF | CF);
        assertThat(bench.pushf()).isEqualTo(ALWAYS_ONE | IF | IOPL3 | CF);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 13", "2, 13", "3, 13"})
    void cli_and_sti_above_iopl_are_general_protection_faults(int cpl, int vector) {
        bench.protectedMode(cpl, IF);
        int expected = vector == 0 ? NONE : vector;
        assertThat(bench.execute("fa")).isEqualTo(expected);
        assertThat((bench.cpu.eflags() & IF) == 0).isEqualTo(cpl == 0);
        assertThat(bench.execute("fb")).isEqualTo(expected);
        assertThat(bench.cpu.eflags() & IF).isEqualTo(IF);
    }

    @Test
    void sti_opens_a_shadow_only_where_it_sets_if() {
        bench.protectedMode(0, IF);
        bench.execute("fb");
        assertThat(bench.cpu.interruptShadow).isFalse();
        bench.execute("fa");
        bench.execute("fb");
        assertThat(bench.cpu.interruptShadow).isTrue();
    }

    @Test
    void with_pvi_ring_3_has_a_virtual_interrupt_flag() {
        bench.protectedMode(3, IF);
        bench.cpu.cr4 = Control.CR4_PVI;
        assertThat(bench.execute("fb")).isEqualTo(NONE);
        assertThat(bench.cpu.eflags() & (IF | VIF)).isEqualTo(IF | VIF);
        assertThat(bench.execute("fa")).isEqualTo(NONE);
        assertThat(bench.cpu.eflags() & (IF | VIF)).isEqualTo(IF);
        bench.cpu.setEflags(IF | VIP);
        assertThat(bench.execute("fb")).as("an interrupt is pending").isEqualTo(Vector.GP);
    }

    @Test
    void pvi_does_not_help_rings_1_and_2() {
        bench.protectedMode(1, 0);
        bench.cpu.cr4 = Control.CR4_PVI;
        assertThat(bench.execute("fb")).isEqualTo(Vector.GP);
    }

    @ParameterizedTest
    @CsvSource({"9c", "9d", "fa", "fb"})
    void below_iopl_3_virtual_8086_mode_faults_without_vme(String instruction) {
        bench.virtual8086(IF);
        assertThat(bench.execute(instruction)).isEqualTo(Vector.GP);
        assertThat(bench.cpu.r[Reg.ESP]).isEqualTo(BodyBench.STACK);
    }

    @Test
    void at_iopl_3_virtual_8086_mode_has_if_but_not_iopl() {
        bench.virtual8086(IF | IOPL3);
        assertThat(bench.popf(CF)).isEqualTo(NONE);
        assertThat(bench.cpu.eflags()).isEqualTo(ALWAYS_ONE | VM | IOPL3 | CF);
    }

    @Test
    void with_vme_the_16_bit_forms_work_on_vif() {
        bench.virtual8086(IF);
        bench.cpu.cr4 = Control.CR4_VME;
        assertThat(bench.popf(IF | CF)).isEqualTo(NONE);
        assertThat(bench.cpu.eflags() & (IF | VIF | IOPL | CF)).isEqualTo(IF | VIF | CF);
        bench.cpu.r[Reg.ESP] = BodyBench.STACK;
        assertThat(bench.pushf() & (IF | IOPL)).as("VIF for IF, IOPL 3").isEqualTo(IF | IOPL3);
        assertThat(bench.execute("fa")).isEqualTo(NONE);
        bench.cpu.r[Reg.ESP] = BodyBench.STACK;
        assertThat(bench.pushf() & IF).isZero();
    }

    @ParameterizedTest
    @CsvSource({"669c", "669d"})
    void vme_does_not_cover_the_32_bit_forms(String instruction) {
        bench.virtual8086(IF);
        bench.cpu.cr4 = Control.CR4_VME;
        assertThat(bench.execute(instruction)).isEqualTo(Vector.GP);
    }

    @Test
    void with_vme_popf_faults_on_tf_and_on_if_while_an_interrupt_is_pending() {
        bench.virtual8086(IF | VIP);
        bench.cpu.cr4 = Control.CR4_VME;
        assertThat(bench.popf(TF)).isEqualTo(Vector.GP);
        assertThat(bench.popf(IF)).isEqualTo(Vector.GP);
        assertThat(bench.popf(CF)).isEqualTo(NONE);
    }
}

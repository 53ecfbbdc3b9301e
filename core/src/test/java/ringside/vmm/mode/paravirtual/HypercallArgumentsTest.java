package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.CODE;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;
import static ringside.vmm.mode.paravirtual.PortedProgram.STACK;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;
import ringside.vmm.spi.VmmRegion;

/** What each hypercall makes of arguments that are wrong. */
class HypercallArgumentsTest {
    private static final int KERNEL_CODE_LOW = 0xffff, KERNEL_CODE = 0xcfba00, DPL_0_CODE = 0xcf9a00, TSS = 0x8900;
    private static final int LDT = 0x8200, CALL_GATE = 0x8c00 | 3 << 13;
    private static final int PRESENT = 3;
    private static final int BEYOND_RAM = RAM, REGION = VmmRegion.BASE;

    /** A call, the words at DATA that it is given, and what it must return. */
    record Case(String name, int[] arguments, int[] data, Errno expected) {
        @Override
        public String toString() {
            String values =
                    Arrays.stream(arguments).mapToObj(Integer::toHexString).collect(Collectors.joining(", "));
            return name + "(" + values + ") is " + expected;
        }
    }

    private static Case bad(Errno expected, String name, int... arguments) {
        return new Case(name, arguments, new int[0], expected);
    }

    private static Case given(int[] data, Errno expected, String name, int... arguments) {
        return new Case(name, arguments, data, expected);
    }

    private static int[] words(int... words) {
        return words;
    }

    static List<Case> cases() {
        return List.of(
                bad(Errno.EFAULT, "console_write", REGION, 1),
                bad(Errno.EFAULT, "console_write", REGION - 4, 8),
                bad(Errno.EFAULT, "console_write", BEYOND_RAM - 8, 16),
                bad(Errno.EFAULT, "console_write", -8, 16),
                bad(Errno.E2BIG, "console_write", CODE, 0x10001),
                bad(Errno.E2BIG, "console_write", CODE, -1),
                bad(Errno.EINVAL, "set_shared_page", SHARED + 4),
                bad(Errno.EINVAL, "set_shared_page", BEYOND_RAM),
                bad(Errno.EINVAL, "set_shared_page", -0x1000),
                bad(Errno.EPERM, "set_shared_page", 0x9e000),
                bad(Errno.E2BIG, "set_trap_table", DATA, 257),
                bad(Errno.EFAULT, "set_trap_table", BEYOND_RAM - 8, 2),
                given(words(0x00090082, CODE), Errno.EINVAL, "set_trap_table", DATA, 1),
                given(words(0x0009030e, REGION), Errno.EINVAL, "set_trap_table", DATA, 1),
                given(words(0x00080330, CODE), Errno.EPERM, "set_trap_table", DATA, 1),
                given(words(0x00110330, CODE), Errno.EPERM, "set_trap_table", DATA, 1),
                given(words(0x00190330, CODE), Errno.EPERM, "set_trap_table", DATA, 1),
                given(words(VmmRegion.CODE << 16 | 0x0330, CODE), Errno.EPERM, "set_trap_table", DATA, 1),
                given(words(VmmRegion.CODE + 1 << 16 | 0x0330, CODE), Errno.EPERM, "set_trap_table", DATA, 1),
                bad(Errno.EINVAL, "set_fast_trap", 0x80),
                bad(Errno.EINVAL, "set_fast_trap", 3),
                bad(Errno.EINVAL, "set_fast_trap", Hypercalls.VECTOR),
                bad(Errno.EINVAL, "set_fast_trap", 256),
                bad(Errno.EINVAL, "set_gdt", DATA, 0),
                bad(Errno.E2BIG, "set_gdt", DATA, 513),
                bad(Errno.EFAULT, "set_gdt", BEYOND_RAM, 1),
                given(words(0, 0, KERNEL_CODE_LOW, DPL_0_CODE), Errno.EPERM, "set_gdt", DATA, 2),
                given(words(0, 0, 0x67, TSS), Errno.EPERM, "set_gdt", DATA, 2),
                given(words(0, 0, 0x67, LDT | 3 << 13), Errno.EPERM, "set_gdt", DATA, 2),
                given(words(0, 0, 0x67, CALL_GATE), Errno.EPERM, "set_gdt", DATA, 2),
                bad(Errno.EINVAL, "update_descriptor", 0, KERNEL_CODE_LOW, KERNEL_CODE),
                bad(Errno.EINVAL, "update_descriptor", 0x1c, KERNEL_CODE_LOW, KERNEL_CODE),
                bad(Errno.EINVAL, "update_descriptor", 0xffc0, KERNEL_CODE_LOW, KERNEL_CODE),
                bad(Errno.EINVAL, "update_descriptor", 0x10008, KERNEL_CODE_LOW, KERNEL_CODE),
                bad(Errno.EPERM, "update_descriptor", 0x08, KERNEL_CODE_LOW, DPL_0_CODE),
                bad(Errno.EPERM, "update_descriptor", 0x08, 0x67, TSS | 3 << 13),
                bad(Errno.EPERM, "stack_switch", 0x10, STACK),
                bad(Errno.EPERM, "stack_switch", 0x09, STACK),
                bad(Errno.EPERM, "stack_switch", 0, STACK),
                bad(Errno.EPERM, "stack_switch", VmmRegion.DATA | 1, STACK),
                bad(Errno.EINVAL, "stack_switch", 0x10011, STACK),
                bad(Errno.EPERM, "set_callbacks", 0x08, CODE, 0, 0),
                bad(Errno.EPERM, "set_callbacks", 0, 0, 0x11, CODE),
                bad(Errno.EINVAL, "set_callbacks", 0x09, REGION, 0, 0),
                bad(Errno.EINVAL, "load_page_table", DATA + 1),
                bad(Errno.EINVAL, "load_page_table", BEYOND_RAM),
                bad(Errno.EFAULT, "update_va_mapping", REGION, PRESENT, 0),
                bad(Errno.EINVAL, "update_va_mapping", CODE, PRESENT, 0),
                bad(Errno.EINVAL, "update_va_mapping", CODE, PRESENT, 3),
                bad(Errno.E2BIG, "mmu_update", DATA, 1025),
                bad(Errno.EFAULT, "mmu_update", REGION, 1),
                given(words(SHARED + 2, PRESENT), Errno.EINVAL, "mmu_update", DATA, 1),
                given(words(BEYOND_RAM, PRESENT), Errno.EINVAL, "mmu_update", DATA, 1),
                given(words(SHARED, BEYOND_RAM | PRESENT), Errno.EINVAL, "mmu_update", DATA, 1),
                given(words(SHARED, REGION | PRESENT), Errno.EINVAL, "mmu_update", DATA, 1),
                given(words(0x9e008, PRESENT), Errno.EPERM, "mmu_update", DATA, 1),
                bad(Errno.EFAULT, "flush_page", REGION),
                bad(Errno.EINVAL, "fpu_taskswitch", 2),
                bad(Errno.EINVAL, "sched_op", 4, 0),
                bad(Errno.EINVAL, "bind_timer"),
                bad(Errno.EINVAL, "bind_none"),
                bad(Errno.EINVAL, "bind_irq", 5),
                bad(Errno.EINVAL, "bind_irq", 16),
                bad(Errno.EINVAL, "close_channel", 3),
                bad(Errno.EINVAL, "send_event", 32),
                bad(Errno.EINVAL, "mask_event", 0),
                bad(Errno.EINVAL, "unmask_event", -1),
                bad(Errno.EFAULT, "get_time", REGION - 4),
                bad(Errno.EFAULT, "multicall", BEYOND_RAM - 16, 1),
                bad(Errno.E2BIG, "multicall", DATA, 65),
                bad(Errno.EINVAL, "hypercall_page", BEYOND_RAM),
                bad(Errno.EINVAL, "hypercall_page", DATA + 32),
                bad(Errno.EPERM, "hypercall_page", 0x9e000),
                bad(Errno.EFAULT, "set_ldt", REGION - 8, 2),
                bad(Errno.E2BIG, "set_ldt", DATA, 513),
                given(words(KERNEL_CODE_LOW, DPL_0_CODE), Errno.EPERM, "set_ldt", DATA, 1),
                given(words(0x67, TSS), Errno.EPERM, "set_ldt", DATA, 1),
                given(words(0x67, CALL_GATE), Errno.EPERM, "set_ldt", DATA, 1),
                bad(Errno.EINVAL, "update_descriptor", 0x0c, KERNEL_CODE_LOW, KERNEL_CODE),
                bad(Errno.EPERM, "set_debug_register", 0, REGION),
                bad(Errno.EPERM, "set_debug_register", 7, 0x2000),
                bad(Errno.EINVAL, "set_debug_register", 4, 0),
                bad(Errno.EINVAL, "set_debug_register", 8, 0),
                bad(Errno.EINVAL, "get_debug_register", 5),
                bad(Errno.E2BIG, "flush_pages", DATA, 1025),
                bad(Errno.EFAULT, "flush_pages", REGION, 1),
                bad(Errno.EINVAL, "pin_table", SHARED, 2),
                bad(Errno.EINVAL, "pin_table", BEYOND_RAM, 1),
                bad(Errno.EINVAL, "unpin_table", BEYOND_RAM),
                bad(Errno.EINVAL, "machine_address", SHARED + 4));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_bad_argument_gets_an_error_number_and_changes_nothing(Case bad) {
        Run run = new PortedProgram()
                .data(DATA, bad.data())
                .call(bad.name(), bad.arguments())
                .call("version")
                .run();
        assertThat(run.result(0)).isEqualTo(bad.expected().result());
        assertThat(run.result(1)).isEqualTo(Hypercalls.INTERFACE_VERSION);
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(run.machine().counters().get("hypercalls")).isEqualTo(3);
        assertThat(run.machine().counters().get("refused")).isEqualTo(1);
    }

    @Test
    void every_call_with_arguments_has_a_bad_case() {
        TreeSet<String> without = new TreeSet<>();
        Hypercalls.ALL.stream()
                .filter(call -> !call.arguments().isEmpty())
                .map(Hypercall::name)
                .forEach(without::add);
        cases().forEach(bad -> without.remove(bad.name()));
        // any period of the timer is right
        assertThat(without).containsExactly("set_timer");
    }

    @Test
    void an_unknown_number_is_no_call() {
        Run run = new PortedProgram().call(39).call(-1).call(0x7fffffff).run();
        assertThat(List.of(run.result(0), run.result(1), run.result(2))).containsOnly(Errno.ENOSYS.result());
        assertThat(run.machine().exits().get("HYPERCALL unknown")).isEqualTo(3);
    }

    @Test
    void a_trap_table_with_one_wrong_entry_is_refused_whole() {
        Run run = new PortedProgram()
                .data(DATA, 0x00090380, CODE, 0x00080381, CODE)
                .call("set_trap_table", DATA, 2)
                .call("stack_switch", 0x11, STACK)
                .call("set_fast_trap", 0x80)
                .run();
        assertThat(run.result(0)).isEqualTo(Errno.EPERM.result());
        assertThat(run.result(2)).as("there is no handler to reach fast").isEqualTo(Errno.EINVAL.result());
    }
}

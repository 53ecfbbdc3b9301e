package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.machine.cpu.Stop;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;

/** The trap instruction: INT everywhere, VMCALL where the server has VMX, and a page that knows which. */
class HypercallPageTest {
    private static final int PAGE = SHARED;
    private static final String WITHOUT_VMX = "pentium4", WITH_VMX = "core2";

    private static PortedProgram callStub(PortedProgram program, int number) {
        int from = program.here() + 5;
        int distance = PAGE + number * HypercallPage.STUB_BYTES - from;
        return program.bytes(0xe8, distance & 0xff, distance >> 8 & 0xff, distance >> 16 & 0xff, distance >>> 24);
    }

    @ParameterizedTest
    @CsvSource({"pentium4, 0x82cd, 0xc3", "core2, 0x010f, 0xc1"})
    void its_stubs_hold_the_instruction_of_the_server(String cpu, int trap, int next) {
        Run run = new PortedProgram().cpu(cpu).call("hypercall_page", PAGE).run();
        for (int number = 0; number < Interface.NUMBERS; number++) {
            int stub = PAGE + number * HypercallPage.STUB_BYTES + (number == Hypercalls.IRET ? 1 : 0);
            assertThat(run.word(stub) & 0xff).as("MOV EAX of stub " + number).isEqualTo(0xb8);
            assertThat(run.word(stub + 1)).isEqualTo(number);
            assertThat(run.word(stub + 5) & 0xffff).isEqualTo(trap);
        }
        assertThat(run.word(PAGE + 7) & 0xff).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(strings = {WITHOUT_VMX, WITH_VMX})
    void calling_a_stub_is_the_hypercall(String cpu) {
        PortedProgram program = new PortedProgram().cpu(cpu).call("hypercall_page", PAGE);
        callStub(program, PortedProgram.number("version")).bytes(0xa3, 0, 0, 0x17, 0); // mov [170000], eax
        Run run = program.run();
        assertThat(run.word(0x170000)).isEqualTo(Hypercalls.INTERFACE_VERSION);
        assertThat(run.stop()).isEqualTo(SHUTDOWN);
        assertThat(run.machine().exits().get("HYPERCALL version")).isEqualTo(1);
    }

    @Test
    void without_vmx_vmcall_is_the_kernels_own_undefined_instruction() {
        Run run = new PortedProgram().cpu(WITHOUT_VMX).bytes(0x0f, 0x01, 0xc1).run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector 6", 1));
    }

    @ParameterizedTest
    @CsvSource({"pentium4, cd, 82, 90, d", "core2, cd, 82, 90, d", "core2, 0f, 01, c1, d", "pentium4, 0f, 01, c1, 6"})
    void a_program_in_ring_3_is_not_heard(String cpu, String first, String second, String third, String vector) {
        int[] user = {0xb8, 0, 0, 0, 0, hex(first), hex(second), hex(third)};
        Run run = PortedIsolationTest.ready(user).cpu(cpu).run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector " + vector, 1));
        assertThat(run.machine().state().cpl).isEqualTo(3);
        assertThat(run.machine().exits().get("HYPERCALL version")).isZero();
    }

    private static int hex(String digits) {
        return Integer.parseInt(digits, 16);
    }

    @Test
    void a_hypercall_counts_as_one_instruction_by_either_road() {
        Run bySoftwareInterrupt =
                new PortedProgram().bytes(0x31, 0xc0, 0xcd, 0x82).run();
        Run byVmcall = new PortedProgram().bytes(0x31, 0xc0, 0x0f, 0x01, 0xc1).run();
        assertThat(byVmcall.machine().retired())
                .isEqualTo(bySoftwareInterrupt.machine().retired());
    }
}

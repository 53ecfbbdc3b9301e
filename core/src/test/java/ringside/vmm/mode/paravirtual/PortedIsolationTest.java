package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.RAM;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHUTDOWN;
import static ringside.vmm.mode.paravirtual.PortedProgram.STACK;

import org.junit.jupiter.api.Test;
import ringside.machine.cpu.Stop;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;
import ringside.vmm.spi.VmmRegion;

/** What a ported kernel and its programs cannot reach. */
class PortedIsolationTest {
    private static final int USER_STACK = 0x1a0000;
    private static final int DIRECTORY = 0x200000, TABLE_0 = 0x201000, TABLE_TOP = 0x203000, GDT = 0x1f0000;

    private static int low(int value) {
        return value & 0xff;
    }

    private static PortedProgram push(PortedProgram program, int value) {
        return program.bytes(0x68, low(value), low(value >> 8), low(value >> 16), value >>> 24);
    }

    /** A guest with a GDT that has segments for ring 3. */
    private static PortedProgram withUserSegments() {
        return new PortedProgram()
                .data(GDT, 0, 0, 0xffff, 0xcfba00, 0xffff, 0xcfb200, 0xffff, 0xcffa00, 0xffff, 0xcff200);
    }

    /** Ends with a return into ring 3, to code that follows. */
    private static PortedProgram enterRing3(PortedProgram program) {
        push(program, 0x23);
        push(program, USER_STACK);
        push(program, 0x202);
        push(program, 0x1b);
        push(program, program.here() + 5 + 5 + 5 + 2);
        push(program, 0); // EAX
        return program.bytes(0xb8, PortedProgram.number("iret"), 0, 0, 0, 0xcd, Hypercalls.VECTOR);
    }

    static PortedProgram ready(int... user) {
        PortedProgram program = withUserSegments().call("set_gdt", GDT, 5).call("stack_switch", 0x11, STACK);
        return enterRing3(program).bytes(user);
    }

    @Test
    void a_program_in_ring_3_cannot_make_hypercalls() {
        Run run = ready(0xb8, 0, 0, 0, 0, 0xcd, Hypercalls.VECTOR).run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector d", 1));
        assertThat(run.machine().state().cpl).isEqualTo(3);
        assertThat(run.machine().exits().get("#GP")).isEqualTo(1);
        assertThat(run.machine().exits().get("HYPERCALL iret")).isEqualTo(1);
    }

    @Test
    void a_program_in_ring_3_has_no_ports() {
        Run run = ready(0xe4, 0x60).run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector d", 1));
        assertThat(run.machine().exits().get("IN")).isZero();
    }

    @Test
    void a_kernel_cannot_write_the_gdt_that_it_handed_over() {
        Run run = withUserSegments().call("set_gdt", GDT, 5).store(GDT + 8, 0).run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector e", 1));
        assertThat(run.word(GDT + 8)).isEqualTo(0xffff);
    }

    @Test
    void a_kernel_cannot_reach_the_vmms_region_by_address_or_by_mapping() {
        int present = 3;
        Run direct = new PortedProgram().store(VmmRegion.la(VmmRegion.IDT), 0).run();
        assertThat(direct.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector d", 1));

        Run mapped = new PortedProgram()
                .data(TABLE_0, identity(1024, present))
                .data(TABLE_TOP, 0x202000 | present)
                .data(DIRECTORY, TABLE_0 | present, TABLE_TOP | present)
                .call("load_page_table", DIRECTORY)
                .call("update_va_mapping", 0x400000, RAM | present, 1)
                .call("update_va_mapping", 0x400000, -0x1000 | present, 1)
                .call("update_va_mapping", VmmRegion.BASE, 0x202000 | present, 1)
                .call("update_va_mapping", 0x401000, 0x206000 | present, 1)
                .store(0x401000, 0x1234)
                .run();
        assertThat(mapped.stop()).isEqualTo(SHUTDOWN);
        assertThat(mapped.result(1)).isEqualTo(Errno.EINVAL.result());
        assertThat(mapped.result(2)).isEqualTo(Errno.EINVAL.result());
        assertThat(mapped.result(3)).isEqualTo(Errno.EFAULT.result());
        assertThat(mapped.result(4)).isZero();
        assertThat(mapped.word(0x206000)).isEqualTo(0x1234);
        new RealTables(mapped.machine()).assertNothingMapsTheVmm();
    }

    private static int[] identity(int entries, int bits) {
        int[] table = new int[entries];
        for (int i = 0; i < entries; i++) {
            table[i] = i << 12 | bits;
        }
        return table;
    }

    @Test
    void a_frame_that_returns_to_ring_0_is_the_kernels_fault() {
        PortedProgram program = withUserSegments().call("set_gdt", GDT, 5);
        push(program, 0x202);
        push(program, VmmRegion.CODE);
        push(program, VmmRegion.door(0));
        push(program, 0);
        Run run = program.bytes(0xb8, PortedProgram.number("iret"), 0, 0, 0, 0xcd, Hypercalls.VECTOR)
                .run();
        assertThat(run.stop()).isEqualTo(new Stop.Requested("guest crash: no handler for vector d", 1));
        assertThat(run.machine().state().cpl).isEqualTo(1);
    }
}

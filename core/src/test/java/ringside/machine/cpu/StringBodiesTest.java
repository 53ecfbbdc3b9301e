package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.arch.Vector;
import ringside.machine.bus.PortDevice;

/** String instructions: whole iterations, their restart, and the order of port permission, destination and device. */
class StringBodiesTest {
    private static final int FROM = 0x1000, TO = 0x2000;

    private final BodyBench bench = new BodyBench("core2").protectedMode(3, 0);
    private final AtomicInteger reads = new AtomicInteger();

    @BeforeEach
    void source() {
        for (int i = 0; i < 64; i++) {
            bench.memory.put8(FROM + i, i + 1);
        }
        bench.cpu.r[Reg.ESI] = FROM;
        bench.cpu.r[Reg.EDI] = TO;
        bench.ports.map(0x40, 0x40, "dice", "this test", new PortDevice() {
            @Override
            public int in(int bits, int port) {
                return reads.incrementAndGet();
            }

            @Override
            public void out(int bits, int port, int value) {
                reads.addAndGet(100);
            }
        });
        bench.cpu.r[Reg.EDX] = 0x40;
    }

    @Test
    void a_fault_in_the_middle_leaves_whole_iterations_done() {
        bench.cpu.segments[Reg.ES].set(0x13, 0, TO + 9, 0x40f3);
        bench.cpu.r[Reg.ECX] = 5;
        assertThat(bench.execute("f3a5"))
                .as("the third doubleword crosses the limit")
                .isEqualTo(Vector.GP);
        assertThat(bench.cpu.r[Reg.ECX]).isEqualTo(3);
        assertThat(bench.cpu.r[Reg.ESI]).isEqualTo(FROM + 8);
        assertThat(bench.cpu.r[Reg.EDI]).isEqualTo(TO + 8);
        assertThat(bench.memory.get32(TO + 4)).isEqualTo(0x08070605);
        assertThat(bench.memory.get32(TO + 8)).isZero();
    }

    @Test
    void a_count_of_zero_touches_nothing() {
        bench.cpu.segments[Reg.ES].set(0, 0, 0, 0x10000);
        bench.cpu.r[Reg.ECX] = 0;
        assertThat(bench.execute("f3a4")).isEqualTo(-1);
        assertThat(bench.cpu.r[Reg.EDI]).isEqualTo(TO);
    }

    @Test
    void a_long_repetition_gives_up_its_turn_and_does_not_retire() {
        bench.cpu.r[Reg.ECX] = 0x10000;
        bench.cpu.r[Reg.EDI] = 0x4000;
        bench.cpu.eip = 0x100;
        assertThat(bench.execute("f3aa")).isEqualTo(-1);
        int left = bench.cpu.r[Reg.ECX];
        assertThat(bench.cpu.suspended).isTrue();
        assertThat(left).isPositive().isLessThan(0x10000);
        assertThat(bench.cpu.r[Reg.EDI]).isEqualTo(0x4000 + 0x10000 - left);
        assertThat(bench.cpu.next).as("the instruction itself again").isEqualTo(0x100);
    }

    @Test
    void repne_scas_stops_behind_the_match_with_zf() {
        bench.cpu.r[Reg.EDI] = FROM;
        bench.cpu.r[Reg.EAX] = 5;
        bench.cpu.r[Reg.ECX] = 64;
        assertThat(bench.execute("f2ae")).isEqualTo(-1);
        assertThat(bench.cpu.zf()).isTrue();
        assertThat(bench.cpu.r[Reg.EDI]).isEqualTo(FROM + 5);
        assertThat(bench.cpu.r[Reg.ECX]).isEqualTo(59);
    }

    @Test
    void sixteen_bit_indices_wrap_and_keep_their_upper_halves() {
        bench.cpu.setEflags(Eflags.DF);
        bench.cpu.r[Reg.ESI] = 0xabcd0000;
        bench.cpu.r[Reg.EDI] = 0x12340001;
        bench.cpu.r[Reg.ECX] = 0x77770002;
        assertThat(bench.execute("67f3a4")).isEqualTo(-1);
        assertThat(bench.cpu.r[Reg.ESI]).isEqualTo(0xabcdfffe);
        assertThat(bench.cpu.r[Reg.EDI]).isEqualTo(0x1234ffff);
        assertThat(bench.cpu.r[Reg.ECX]).isEqualTo(0x77770000);
    }

    @Test
    void without_permission_neither_memory_nor_device_is_touched() {
        assertThat(bench.execute("6c")).as("INS").isEqualTo(Vector.GP);
        bench.cpu.r[Reg.ESI] = 0x7fff0000;
        assertThat(bench.execute("6e")).as("OUTS").isEqualTo(Vector.GP);
        assertThat(reads).hasValue(0);
    }

    @Test
    void a_destination_that_faults_does_not_lose_the_data_of_the_device() {
        bench.protectedMode(0, 0);
        bench.cpu.segments[Reg.ES].set(0x10, 0, TO - 1, 0x4093);
        assertThat(bench.execute("6c")).isEqualTo(Vector.GP);
        assertThat(reads).hasValue(0);
        bench.cpu.segments[Reg.ES].set(0x10, 0, -1, 0xc093);
        assertThat(bench.execute("6c")).isEqualTo(-1);
        assertThat(bench.memory.get8(TO)).isEqualTo(1);
    }
}

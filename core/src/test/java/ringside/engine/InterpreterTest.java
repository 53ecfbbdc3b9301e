package ringside.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ringside.arch.Reg;
import ringside.machine.bus.PortDevice;
import ringside.machine.cpu.Stop;
import ringside.machine.time.VirtualClock;

/** What the engine promises beyond the instructions: exactness, invalidation, budgets, probes, doors. */
class InterpreterTest {
    private final FlatMachine m = new FlatMachine(1 << 20);

    @Test
    void a_budget_ends_a_run_after_exactly_so_many_instructions() {
        m.code(0x40, 0x40, 0x40, 0x40, 0xeb, 0xfa); // inc eax x4; jmp back

        assertThat(m.run(7)).isEqualTo(new Stop.Budget());

        assertThat(m.cpu.retired).isEqualTo(7);
        assertThat(m.cpu.r[Reg.EAX]).isEqualTo(6);
        assertThat(m.cpu.eip).isEqualTo(FlatMachine.CODE + 2);
        assertThat(m.clock.now()).isEqualTo(7);
    }

    @Test
    void code_that_overwrites_the_instruction_behind_it_executes_the_new_one() {
        // mov byte [next], 0x43 (inc ebx); inc eax
        m.code(0xc6, 0x05, 0x07, 0x00, 0x01, 0x00, 0x43, 0x40, 0x90);

        m.run(2);

        assertThat(m.cpu.r[Reg.EAX]).isZero();
        assertThat(m.cpu.r[Reg.EBX]).isEqualTo(1);
        assertThat(m.cpu.retired).isEqualTo(2);
    }

    @Test
    void code_written_by_a_device_or_a_vmm_is_decoded_anew() {
        m.code(0x40, 0xeb, 0xfd);
        m.run(10);
        m.memory.put8(FlatMachine.CODE, 0x43);

        m.cpu.eip = FlatMachine.CODE;
        m.run(1);

        assertThat(m.cpu.r[Reg.EBX]).isEqualTo(1);
        assertThat(m.engine.blocksInvalidated()).isPositive();
    }

    @Test
    void data_beside_code_in_one_page_can_be_written_without_dropping_the_code() {
        // mov [0x10800], eax; inc eax; jmp back
        m.code(0xa3, 0x00, 0x08, 0x01, 0x00, 0x40, 0xeb, 0xf8);

        m.run(3000);

        assertThat(m.memory.get32(0x10800)).isEqualTo(999);
        assertThat(m.engine.blocksInvalidated()).isZero();
    }

    @Test
    void an_alarm_fires_at_exactly_its_tick() {
        long[] firedAt = {-1};
        m.clock.alarm("test", due -> firedAt[0] = m.cpu.retired).at(1003);
        m.code(0x40, 0x40, 0x40, 0x40, 0xeb, 0xfa);

        m.run(5000);

        assertThat(firedAt[0]).isEqualTo(1003);
    }

    @Test
    void a_port_read_sees_the_exact_time() {
        long[] seen = {-1};
        m.ports.map(0x10, 0x10, "clock", "a test", new PortDevice() {
            @Override
            public int in(int bits, int port) {
                seen[0] = m.clock.now();
                return 0;
            }

            @Override
            public void out(int bits, int port, int value) {}
        });
        m.code(0x40, 0x40, 0xe4, 0x10, 0x40); // inc, inc, in al, 10h

        m.run(4);

        assertThat(seen[0]).isEqualTo(2);
    }

    @Test
    void a_probe_comes_back_before_its_instruction_and_once_each_time() {
        m.code(0x40, 0x43, 0xeb, 0xfc); // inc eax; inc ebx; jmp back
        m.cpu.probe(FlatMachine.CODE + 1);

        Stop first = m.run(100);
        int ebxAtFirst = m.cpu.r[Reg.EBX];
        Stop second = m.run(100);

        assertThat(first).isEqualTo(new Stop.Probe(FlatMachine.CODE + 1));
        assertThat(ebxAtFirst).isZero();
        assertThat(second).isEqualTo(first);
        assertThat(m.cpu.r[Reg.EBX]).isEqualTo(1);
        assertThat(m.cpu.retired).isEqualTo(4);
    }

    @Test
    void a_door_ends_the_run_at_cpl_0_only() {
        m.cpu.doors(FlatMachine.CODE + 0x100, 4);
        m.code(0xe9, 0x1b, 0x01, 0x00, 0x00); // jmp to the third door

        assertThat(m.run(10)).isEqualTo(new Stop.VmmEntry(2));

        assertThat(m.cpu.retired).isEqualTo(1);
    }

    @Test
    void a_guest_that_does_nothing_but_fault_comes_to_an_end() {
        // real mode: #UD whose handler is again an invalid instruction
        m.cpu.reset();
        m.memory.put16(6 * 4, 0x500);
        m.memory.put16(6 * 4 + 2, 0);
        m.memory.put16(0x500, 0xffff);
        m.cpu.cs().set(0, 0, 0xffff, 0x9b);
        m.cpu.ss().set(0x2000, 0x20000, 0xffff, 0x93);
        m.cpu.eip = 0x500;

        assertThat(m.run(VirtualClock.TICKS_PER_SECOND)).isEqualTo(new Stop.Budget());
        assertThat(m.cpu.retired).isZero();
    }

    @Test
    void without_an_idt_a_fault_is_a_triple_fault() {
        m.cpu.idtr.set(0, 0);
        m.code(0x0f, 0x0b);

        assertThat(m.run(10)).isEqualTo(new Stop.Shutdown());
    }
}

package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.vmm.mode.paravirtual.PortedProgram.CODE;
import static ringside.vmm.mode.paravirtual.PortedProgram.DATA;
import static ringside.vmm.mode.paravirtual.PortedProgram.SHARED;
import static ringside.vmm.mode.paravirtual.PortedProgram.STACK;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.vmm.mode.paravirtual.PortedProgram.Run;

/** A batch of calls does what the calls do one by one. */
class MulticallTest {
    private static final int BATCH = 0x170000, TABLE = 0x190000, WORDS = 8, RESULT = 6;

    private record Call(String name, int... arguments) {}

    private static final List<Call> CALLS = List.of(
            new Call("set_shared_page", SHARED),
            new Call("bind_timer"),
            new Call("bind_none"),
            new Call("send_event", 1),
            new Call("unmask_event", 1),
            new Call("close_channel", 9),
            new Call("mmu_update", DATA, 2),
            new Call("mmu_update", DATA, 3),
            new Call("stack_switch", 0x11, STACK),
            new Call("stack_switch", 0x10, STACK),
            new Call("console_write", CODE, 4),
            new Call("version"));

    private static PortedProgram program() {
        return new PortedProgram().data(DATA, TABLE, CODE | 3, TABLE + 4, SHARED | 3, TABLE + 8, -1);
    }

    private static Run oneByOne() {
        PortedProgram program = program();
        CALLS.forEach(call -> program.call(call.name(), call.arguments()));
        return program.run();
    }

    private static Run batched(List<Call> calls) {
        int[] words = new int[calls.size() * WORDS];
        for (int i = 0; i < calls.size(); i++) {
            words[i * WORDS] = PortedProgram.number(calls.get(i).name());
            System.arraycopy(
                    calls.get(i).arguments(),
                    0,
                    words,
                    i * WORDS + 1,
                    calls.get(i).arguments().length);
        }
        return program()
                .data(BATCH, words)
                .call("multicall", BATCH, calls.size())
                .run();
    }

    private static int resultInBatch(Run run, int index) {
        return run.word(BATCH + (index * WORDS + RESULT) * 4);
    }

    @Test
    void results_memory_and_console_are_those_of_single_calls() {
        Run single = oneByOne();
        Run batch = batched(CALLS);
        assertThat(batch.result(0)).isZero();
        for (int i = 0; i < CALLS.size(); i++) {
            assertThat(resultInBatch(batch, i)).as(CALLS.get(i).name()).isEqualTo(single.result(i));
        }
        for (int pa : new int[] {SHARED, SHARED + 4, SHARED + 8, SHARED + 12, TABLE, TABLE + 4, TABLE + 8}) {
            assertThat(batch.word(pa)).as(Integer.toHexString(pa)).isEqualTo(single.word(pa));
        }
        assertThat(batch.word(TABLE + 4)).isEqualTo(SHARED | 3);
        assertThat(batch.word(SHARED + SharedPage.UPCALL_PENDING)).isEqualTo(1);
        assertThat(console(batch)).isEqualTo(console(single)).isEqualTo("RSPV");
        assertThat(batch.machine().exits().total()).isEqualTo(2);
        assertThat(single.machine().exits().total()).isEqualTo(CALLS.size() + 1);
    }

    private static String console(Run run) {
        return run.machine().board().platform().console("com1").text();
    }

    @Test
    void what_does_not_come_back_to_its_caller_is_no_part_of_a_batch() {
        List<Call> alone = Hypercalls.ALL.stream()
                .filter(call -> !call.batchable())
                .map(call -> new Call(call.name(), 1, 0))
                .toList();
        Run run = batched(alone);
        assertThat(alone).extracting(Call::name).containsExactly("sched_op", "deliver_events", "iret", "multicall");
        for (int i = 0; i < alone.size(); i++) {
            assertThat(resultInBatch(run, i)).isEqualTo(Errno.ENOSYS.result());
        }
        assertThat(run.stop()).isEqualTo(PortedProgram.SHUTDOWN);
    }
}

package ringside.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import ringside.arch.Control;
import ringside.machine.cpu.Stop;
import ringside.machine.paging.Tlb;
import ringside.machine.paging.TlbShape;

/** What a run counts with the TLB modelled. */
class CountedReferencesTest {
    private static final int DIRECTORY = 0x1000, TABLE = 0x2000;

    private final FlatMachine machine = new FlatMachine(1 << 20);

    private Tlb paged() {
        machine.memory.put32(DIRECTORY, TABLE | 7);
        for (int page = 0; page < 256; page++) {
            machine.memory.put32(TABLE + page * 4, page << 12 | 7);
        }
        machine.cpu.mmu.modelTlb(TlbShape.of(16, 4));
        machine.cpu.cr(3, DIRECTORY);
        machine.cpu.cr(0, machine.cpu.cr(0) | Control.CR0_PG);
        return machine.cpu.mmu.tlb().orElseThrow();
    }

    @Test
    void each_instruction_is_a_fetch_and_each_access_one_more() {
        // mov eax, [30000]; mov [30004], eax; push eax; add [30000], eax; nop; hlt
        machine.code(0xa1, 0, 0, 3, 0, 0xa3, 4, 0, 3, 0, 0x50, 0x01, 0x05, 0, 0, 3, 0, 0x90, 0xf4);
        Tlb tlb = paged();
        assertThat(machine.run(100)).isEqualTo(new Stop.Halted());
        assertThat(tlb.references)
                .as("six fetches; read, write, push, read and write")
                .isEqualTo(6 + 5);
        assertThat(tlb.misses).as("code, data read, data written, stack").isEqualTo(4);
        assertThat(tlb.walkReferences).isEqualTo(8);
    }

    @Test
    void a_loop_runs_as_without_the_model() {
        // mov ecx, 1000; again: add eax, [30000]; inc dword [30000]; loop again; hlt
        int[] code = {0xb9, 0xe8, 3, 0, 0, 0x03, 0x05, 0, 0, 3, 0, 0xff, 0x05, 0, 0, 3, 0, 0xe2, 0xf2, 0xf4};
        machine.code(code);
        Tlb tlb = paged();
        machine.run(100_000);
        assertThat(machine.cpu.r[0]).isEqualTo(499_500);
        assertThat(machine.cpu.retired).isEqualTo(3002);
        assertThat(tlb.references).isEqualTo(3002 + 3000);
        assertThat(tlb.misses).isEqualTo(3);
    }
}

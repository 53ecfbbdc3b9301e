package ringside.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import ringside.arch.Reg;
import ringside.isa.Decoder;
import ringside.isa.GuestFault;
import ringside.isa.Insn;
import ringside.machine.cpu.Cpu;

/** Every hot form does what its row's body does. */
class HotFormsTest {
    private static final int CASES = 20_000;
    private static final int MEMORY = 1 << 17;

    private final FlatMachine hot = new FlatMachine(MEMORY);
    private final FlatMachine plain = new FlatMachine(MEMORY);
    private final Random random = new Random(7);

    @Test
    void a_hot_form_leaves_the_state_that_the_body_leaves() {
        TreeMap<String, Integer> seen = new TreeMap<>();
        int compared = 0;
        while (compared < CASES) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            Insn insn = Decoder.decode(bytes, 0, 32);
            Op op = insn.isValid() ? HotForms.of(insn, 5) : null;
            if (op == null) {
                continue;
            }
            compared++;
            seen.merge(insn.row.mnemonic(), 1, Integer::sum);
            prepare();
            String outcome = run(hot.cpu, op, insn);
            String expected = run(plain.cpu, new BodyOp(insn, 5), insn);
            assertThat(outcome).as("%s %s", insn.row, insn.operands).isEqualTo(expected);
            assertThat(equalMemory()).as("memory after %s", insn.row).isTrue();
        }
        assertThat(seen).as("hot mnemonics that random bytes reached").hasSizeGreaterThan(35);
    }

    private boolean equalMemory() {
        for (int ma = 0; ma < MEMORY; ma += 8) {
            if (hot.memory.get64(ma) != plain.memory.get64(ma)) {
                return false;
            }
        }
        return true;
    }

    private void prepare() {
        int flags = random.nextInt() & 0x8d5 | 2;
        for (int reg = 0; reg < 8; reg++) {
            // half of the registers point into memory, so that addresses often hit
            int value = random.nextBoolean() ? random.nextInt(MEMORY) : random.nextInt();
            hot.cpu.r[reg] = value;
            plain.cpu.r[reg] = value;
        }
        hot.cpu.setEflags(flags);
        plain.cpu.setEflags(flags);
    }

    private static String run(Cpu cpu, Op op, Insn insn) {
        cpu.blockEip = FlatMachine.CODE;
        cpu.next = FlatMachine.CODE + 5 + insn.length;
        StringBuilder text = new StringBuilder();
        try {
            op.run(cpu);
            text.append("next ").append(Integer.toHexString(cpu.next));
        } catch (GuestFault fault) {
            text.append(fault.getMessage());
        }
        for (int reg = 0; reg < 8; reg++) {
            text.append(' ').append(Reg.NAMES32[reg]).append(' ').append(Integer.toHexString(cpu.r[reg]));
        }
        return text.append(" eflags ").append(Integer.toHexString(cpu.eflags())).toString();
    }
}

package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.Eflags;
import ringside.arch.Vector;

/** What a program of its time tests to find out which processor it runs on. */
class ModelFeaturesTest {
    @ParameterizedTest
    @CsvSource({"386, false, false", "486, true, false", "pentium, true, true", "ice-lake, true, true"})
    void ac_tells_a_486_from_a_386_and_id_tells_whether_cpuid_exists(String model, boolean ac, boolean id) {
        BodyBench bench = new BodyBench(model).protectedMode(0, 0);
        bench.popf(Eflags.AC | Eflags.ID);
        assertThat((bench.cpu.eflags() & Eflags.AC) != 0).isEqualTo(ac);
        assertThat((bench.cpu.eflags() & Eflags.ID) != 0).isEqualTo(id);
        assertThat(bench.execute("0fa2")).as("CPUID").isEqualTo(id ? -1 : Vector.UD);
    }

    @ParameterizedTest
    @CsvSource({
        "0fc8, bswap eax, 486",
        "0fc1c8, xadd, 486",
        "0fb1c8, cmpxchg, 486",
        "0f09, wbinvd, 486",
        "0f0138, invlpg, 486",
        "0f31, rdtsc, pentium",
        "0fc70e, cmpxchg8b, pentium",
        "0f44c0, cmovz, pentium-pro"
    })
    void an_instruction_is_undefined_before_the_model_that_brought_it(String hex, String name, String since) {
        boolean brought = false;
        for (String model : new String[] {"386", "486", "pentium", "pentium-pro"}) {
            brought |= model.equals(since);
            int vector = new BodyBench(model).protectedMode(0, 0).execute(hex);
            assertThat(vector).as("%s on a %s", name, model).isEqualTo(brought ? -1 : Vector.UD);
        }
    }
}

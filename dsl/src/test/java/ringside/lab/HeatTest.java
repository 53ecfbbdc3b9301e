package ringside.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.dsl.ScriptRunner;
import ringside.vmm.spi.Heat;
import ringside.vmm.spi.VirtualMachine;

/** The heat map of a kernel that maps pages, traps and takes interrupts, under each mode and memory strategy. */
class HeatTest {
    private static final String SCRIPT = """
            server { year 2008 }
            def g = guest('busy') {
                paging true
                tss esp0: 0x8f000
                idt { on 14, 'missing' }
                kernel {
                    enableLine 5
                    setPte 0x400000, 0x300000 | 7
                    flushPage 0x400000
                    mov dword[0x400000], 1
                    enableInterrupts
                    marker 5
                    nop
                    disableInterrupts
                    in al, 0x60
                    int3
                    mov eax, [0xd0000000]
                    missing:
                    halt
                }
                interrupt 3, { returnFromInterrupt }
                interrupt 0x25, {
                    push eax
                    endOfInterrupt
                    pop eax
                    returnFromInterrupt
                }
            }
            experiment('x') { run g }
            """;

    @ParameterizedTest
    @CsvSource({
        "deprivileged, shadow", "deprivileged, perReference", "translated, shadow", "translated, perReference",
        "paravirtual, shadow", "paravirtual, perReference", "paravirtual, direct", "hardware, shadow",
        "hardware, perReference", "hardware, nested"
    })
    void each_exit_and_hidden_fault_is_laid_to_one_instruction(String mode, String memory) {
        ExperimentSpec experiment = ScriptRunner.run(
                        SCRIPT, "heat.groovy", new PrintStream(new ByteArrayOutputStream()))
                .experiments()
                .getFirst();
        Setting plain = new Setting(mode);
        Setting setting = new Setting(mode, memory, plain.engine(), plain.options());
        VirtualMachine machine = experiment.machine(setting);
        machine.run(10_000);
        Heat heat = machine.heat().orElseThrow();

        assertThat(heat.exits())
                .containsExactlyInAnyOrderEntriesOf(machine.exits().asMap());
        assertThat(total(heat.hidden()))
                .isEqualTo(machine.counters().get("hiddenFaults"))
                .isPositive();
        long all = machine.exits().total() + machine.counters().get("hiddenFaults");
        assertThat(heat.instructions().values().stream()
                        .mapToLong(HeatTest::total)
                        .sum())
                .isEqualTo(all);
        assertThat(total(heat.codePages())).isEqualTo(all);
        SortedMap<Integer, Long> touched = heat.touchedPages();
        // direct paging takes no fault for a page that the guest has mapped
        assertThat(touched.containsKey(0x300000)).isEqualTo(!memory.equals("direct"));
    }

    private static long total(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}

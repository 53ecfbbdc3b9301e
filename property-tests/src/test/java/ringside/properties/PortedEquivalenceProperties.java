package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;
import ringside.dsl.ScriptRunner;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;

/**
 * A kernel that is written on privileged operations cannot tell which of its two forms runs, nor under what.
 *
 * <p>Kernels are random sequences of operations, of ring-3 stretches with system calls and page faults, and of interrupts
 * that are pinned to markers; after each step they mix what they can see into a sum.
 */
class PortedEquivalenceProperties {
    private static final List<String> KERNEL = List.of(
            "disableInterrupts",
            "enableInterrupts",
            "saveFlags\npop eax\nand eax, IF\nadd [sum], eax",
            "saveFlags\ndisableInterrupts\nadd ecx, 3\nrestoreFlags",
            "saveFlags\nenableInterrupts\nxor ecx, edx\nrestoreFlags",
            "marker 5",
            "marker 5\nmarker 6",
            "setPte 0x400000, 0x300000 | 7\nflushPage 0x400000",
            "setPte 0x400000, 0x301000 | 7\nflushTlb",
            "setPte 0x400000, 0\nflushPage 0x400000",
            "mov edx, 0x401000\nmov ecx, 0x302000 | 7\nsetPte edx, ecx\nflushPage edx",
            "setPte [0x5000 + 4*0x401], 0x303000 | 5\nflushPage 0x401000",
            "multicall {\nsetPte 0x400000, 0x304000 | 7\nsetPte 0x401000, 0x305000 | 7\nflushTlb\n}",
            "multicall {\nflushPage 0x400000\nsetKernelStack 0x8e000\nsetPte 0x401000, 0\nflushPage 0x401000\n}",
            "mov eax, [0x400000]\nadd [sum], eax\nmov [0x400000], ecx",
            "add [0x401004], ecx\nmov eax, [0x401004]\nadd [sum], eax",
            "setKernelStack 0x8d000",
            "loadPageTable 0x4000",
            "loadTrapGate 0x81, second, 3\nint 0x81",
            "loadTrapGate 0x81, other, 3",
            "int 0x80",
            "waitForInterrupt",
            "stc\nadc ecx, ecx\nsaveFlags\npop eax\nand eax, 0x8d5\nadd [sum], eax");

    private static final List<String> USER = List.of(
            "int 0x80",
            "int 0x81",
            "marker 5",
            "marker 6",
            "inc ecx\nadd edx, ecx",
            "mov [0x400008], ecx",
            "mov eax, [0x401008]\nadd ecx, eax",
            "push ecx\npop eax",
            "rol ecx, 3",
            "cli",
            "mov eax, cr3",
            "in al, 0x60");

    /** A step of the kernel, or a stretch in ring 3. */
    record Step(boolean user, boolean open, List<String> code) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> kernel = Arbitraries.of(KERNEL).map(code -> new Step(false, false, List.of(code)));
        Arbitrary<Step> user = Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(USER).list().ofMinSize(1).ofMaxSize(6))
                .as((open, code) -> new Step(true, open, code));
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(4, kernel), net.jqwik.api.Tuple.of(1, user))
                .list()
                .ofMinSize(3)
                .ofMaxSize(30);
    }

    private static String script(List<Step> steps) {
        StringBuilder kernel = new StringBuilder();
        StringBuilder user = new StringBuilder();
        int n = 0;
        for (Step step : steps) {
            n++;
            if (step.user()) {
                kernel.append("mov dword[back], back_%d\nmov [stack], esp\n".formatted(n));
                kernel.append("enterUser user_%d, %s\n".formatted(n, step.open() ? "IF" : "0"));
                kernel.append("back_%d:\n".formatted(n));
                user.append("user_%d:\n".formatted(n))
                        .append(String.join("\n", step.code()))
                        .append("\nint 0x82\n");
            } else {
                // whoever waits gets what it waits for
                kernel.append(step.code().getFirst().replace("waitForInterrupt", "startTimer 20000\nwaitForInterrupt"));
            }
            kernel.append("\nmov eax, [ticks]\nadd [sum], ecx\nrol dword[sum], 5\n");
        }
        return TEMPLATE.replace("KERNEL", kernel).replace("USER", user);
    }

    private static final String TEMPLATE = """
        server { year 2006 }
        def g = guest('random kernel') {
            paging true
            tss esp0: 0x8f000
            unmap 0x400000
            map 0x401000, to: 0x306000, user: true
            kernel {
                enableLine 5
                enableLine 6
                loadTrapGate 0x81, other, 3
                KERNEL
                disableInterrupts
                mov eax, [sum]
                checkpoint 'end', eax, ebx, ecx, edx, dword[lines]
                halt
            }
            code('others', at: 0x110000) {
                other:
                add dword[sum], 17
                returnFromInterrupt
                second:
                rol dword[sum], 7
                returnFromInterrupt
                leaving:                 // what ring 3 did that it may not: back to the kernel
                mov eax, 0x10
                mov ds, ax
                mov es, ax
                mov fs, ax
                mov gs, ax
                mov esp, [stack]
                disableInterrupts
                jmp [back]
            }
            interrupt(0x80, dpl: 3) {
                push eax
                mov eax, [esp + 12]
                and eax, IF
                add [sum], eax
                pop eax
                returnFromInterrupt
            }
            interrupt(13) {
                pop eax
                add [sum], eax
                jmp leaving
            }
            interrupt(14) {              // a page on demand, whatever was there
                xchg eax, [esp]
                add [sum], eax
                faultVa eax
                add [sum], eax
                and eax, 0xfffff000
                setPte eax, 0x307000 | 7
                flushPage eax
                pop eax
                returnFromInterrupt
            }
            interrupt(0x20) {
                push eax
                endOfInterrupt
                pop eax
                returnFromInterrupt
            }
            interrupt(0x25) {
                push eax
                inc dword[lines]
                endOfInterrupt
                pop eax
                returnFromInterrupt
            }
            interrupt(0x26) {
                push eax
                add dword[lines], 0x10000
                endOfInterrupt
                pop eax
                returnFromInterrupt
            }
            data {
                sum: dd 0
                ticks: dd 0
                lines: dd 0
                back: dd 0
                stack: dd 0
            }
            user {
                USER
            }
        }
        experiment('random kernel') {
            run g, under: [bare, paravirtual, paravirtual(systemCalls: 'bounced'), paravirtual(memory: 'direct'),
                        translated, hardware]
            budget 100_000
        }
        """;

    @Property(tries = 25, seed = "20260101", shrinking = ShrinkingMode.BOUNDED)
    void a_kernel_on_privileged_operations_is_equivalent_under_every_mode(@ForAll("steps") List<Step> steps) {
        String script = script(steps);
        ExperimentResult result =
                Experiment.run(ScriptRunner.run(script, "random.groovy", new PrintStream(new ByteArrayOutputStream()))
                        .experiments()
                        .getFirst());
        assertThat(result.runs())
                .as(() -> script + result.text())
                .allMatch(run -> run.divergence().isEmpty());
        ExperimentResult.Run bare = result.runs().getFirst();
        Statistics.label("ends").collect(bare.stopped());
        assertThat(bare.stopped()).as(() -> script + result.text()).isEqualTo("halt");
    }
}

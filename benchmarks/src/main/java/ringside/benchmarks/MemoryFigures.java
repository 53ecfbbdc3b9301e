package ringside.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.KernelImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.ExitPort;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/**
 * What memory strategies cost the host: the time of two guests under each, as medians of runs that take turns in one
 * process, so that what else the machine does falls on all alike; and the pages that their tables take.
 */
final class MemoryFigures {
    private static final int ROUNDS = 10, WARM_UP = 2, RAM = 16 << 20, STEADY_INSTRUCTIONS = 10_000_000;
    private static final long BUDGET = 200_000_000;

    /** Computes over 32 pages, for ever, and takes 100 timer interrupts a second. */
    private static final String STEADY = """
            guest('steady') {
                paging true
                kernel {
                    enableLine 0
                    startTimer 100
                    enableInterrupts
                    mov esi, 0x300000
                    work:
                    add eax, [esi]
                    xor eax, esi
                    rol eax, 5
                    mov [esi + 4], eax
                    add esi, 0x1000
                    cmp esi, 0x320000
                    jb work
                    mov esi, 0x300000
                    jmp work
                }
                interrupt 0x20, {
                    push eax
                    endOfInterrupt
                    pop eax
                    returnFromInterrupt
                }
            }
            """;

    private static final List<Way> WAYS = List.of(
            new Way("bare", ""),
            new Way("hardware", "shadow"),
            new Way("hardware", "nested"),
            new Way("deprivileged", "shadow"));
    private static final int SHADOW = 1, NESTED = 2;

    private MemoryFigures() {}

    /** Measures and prints. */
    static void print() throws IOException {
        MemoryTables.print();
        GuestImage steady =
                ScriptRunner.run(STEADY, "steady", System.err).guests().getFirst();
        compare("steady guest", steady, STEADY_INSTRUCTIONS);
        ImageFile kernel = new ImageFile("reference.elf", ReferenceKernel.file());
        compare("reference kernel", KernelImage.of(kernel, "repeat=4 ticks=20", RAM), BUDGET);
    }

    private static void compare(String name, GuestImage guest, long budget) {
        List<List<Run>> runs = Stream.generate(() -> (List<Run>) new ArrayList<Run>())
                .limit(WAYS.size())
                .toList();
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (int way = 0; way < WAYS.size(); way++) {
                Run run = WAYS.get(way).run(guest, budget);
                if (round >= 0) {
                    runs.get(way).add(run);
                }
            }
        }
        List<Run> medians = runs.stream().map(Run::median).toList();
        for (int way = 0; way < WAYS.size(); way++) {
            System.out.println(name + ", " + WAYS.get(way) + ": " + medians.get(way) + ", "
                    + medians.get(way).against(medians.getFirst()) + " bare");
        }
        System.out.println(
                name + ", nested against shadow: " + medians.get(NESTED).against(medians.get(SHADOW)));
    }

    /** A mode with a strategy. */
    private record Way(String mode, String memory) {
        Run run(GuestImage guest, long budget) {
            VirtualMachine machine = Modes.create(
                    mode,
                    new VmSpec(
                            CpuModel.ofYear(2010),
                            DeviceSettings.of(RAM).withExit(DeviceSettings.DEFAULT_EXIT_PORT, ExitPort.Coding.PLAIN),
                            List.of(),
                            guest,
                            "interpreter",
                            memory,
                            Map.of()));
            long wall = System.nanoTime();
            long processor = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            Stop stop = machine.run(budget);
            processor = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processor;
            wall = System.nanoTime() - wall;
            boolean done = machine.retired() >= STEADY_INSTRUCTIONS;
            if (!done || stop instanceof Stop.Shutdown || machine.retired() >= BUDGET) {
                throw new IllegalStateException(
                        "under " + this + " the guest came to " + stop + " after " + machine.retired());
            }
            return new Run(wall / 1e6, processor / 1e6);
        }

        @Override
        public String toString() {
            return memory.isEmpty() ? mode : mode + " " + memory;
        }
    }

    /** Milliseconds. */
    private record Run(double wall, double processor) {
        static Run median(List<Run> runs) {
            return new Run(
                    middle(runs.stream().mapToDouble(Run::wall).sorted().toArray()),
                    middle(runs.stream().mapToDouble(Run::processor).sorted().toArray()));
        }

        private static double middle(double[] sorted) {
            return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }

        String against(Run other) {
            return String.format(
                    Locale.ROOT,
                    "%.2f times by wall, %.2f by processor",
                    wall / other.wall,
                    processor / other.processor);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "wall %.0f ms, processor %.0f ms", wall, processor);
        }
    }
}

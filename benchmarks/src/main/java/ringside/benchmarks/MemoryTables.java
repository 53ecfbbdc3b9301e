package ringside.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The pages of tables that a strategy keeps for a guest that maps 32 MiB, in one address space or in four; counted. */
final class MemoryTables {
    private static final int MIB = 32, RAM = 40 << 20, SAMPLE = 2_000;
    private static final int KIB_A_PAGE = 4;

    /** Identity-maps the memory by pages of 4 KiB in so many directories, and reads all of it from 1 MiB on in each. */
    private static final String GUEST = """
            def SPACES = %d
            def MIB = %d
            def TABLES = 0x200000
            guest('maps') {
                kernel {
                    mov ebx, TABLES
                    space:
                    lea eax, [ebx + 0x1027]
                    mov edi, ebx
                    mov ecx, MIB / 4
                    directory:
                    mov [edi], eax
                    add edi, 4
                    add eax, 0x1000
                    dec ecx
                    jnz directory
                    lea edi, [ebx + 0x1000]
                    mov eax, 0x27
                    mov ecx, MIB * 256
                    table:
                    mov [edi], eax
                    add edi, 4
                    add eax, 0x1000
                    dec ecx
                    jnz table
                    add ebx, 0x10000
                    cmp ebx, TABLES + SPACES * 0x10000
                    jb space
                    mov ebx, TABLES
                    mov cr3, ebx
                    mov eax, cr0
                    or eax, PG
                    mov cr0, eax
                    use:
                    mov cr3, ebx
                    mov esi, 0x100000
                    read:
                    mov eax, [esi]
                    add esi, 0x1000
                    cmp esi, MIB * 0x100000
                    jb read
                    add ebx, 0x10000
                    cmp ebx, TABLES + SPACES * 0x10000
                    jb use
                    hlt
                }
            }
            """;

    private MemoryTables() {}

    /** Prints a line for each strategy. */
    static void print() {
        for (Strategy strategy : List.of(
                new Strategy("shadow", Map.of("policy", "flush")),
                new Strategy("shadow", Map.of("policy", "cached")),
                new Strategy("shadow", Map.of("policy", "unsync")),
                new Strategy("nested", Map.of()))) {
            int one = most(strategy, 1);
            int four = most(strategy, 4);
            System.out.printf(
                    Locale.ROOT,
                    "tables under hardware, %s: %d pages for %d MiB in one address space, %.1f KiB a MiB;"
                            + " %d pages in four, %.1f KiB a MiB%n",
                    strategy,
                    one,
                    MIB,
                    KIB_A_PAGE * one / (double) MIB,
                    four,
                    KIB_A_PAGE * four / (double) MIB);
        }
    }

    private static int most(Strategy strategy, int spaces) {
        GuestImage guest = ScriptRunner.run(GUEST.formatted(spaces, MIB), "maps", System.err)
                .guests()
                .getFirst();
        VirtualMachine machine = Modes.create(
                "hardware",
                new VmSpec(
                        CpuModel.ofYear(2010),
                        DeviceSettings.of(RAM),
                        List.of(),
                        guest,
                        "interpreter",
                        strategy.memory,
                        strategy.options));
        int most = 0;
        Stop stop;
        do {
            stop = machine.run(SAMPLE);
            most = Math.max(most, machine.tablePages());
        } while (stop instanceof Stop.Budget);
        if (!(stop instanceof Stop.Halted)) {
            throw new IllegalStateException("under " + strategy + " the guest came to " + stop);
        }
        return most;
    }

    private record Strategy(String memory, Map<String, String> options) {
        @Override
        public String toString() {
            return memory + (options.isEmpty() ? "" : " " + options.get("policy"));
        }
    }
}

package ringside.lab.generate;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import ringside.arch.Vector;
import ringside.isa.Decoder;
import ringside.lab.Setting;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.paging.Peek;
import ringside.vmm.spi.VirtualMachine;

/**
 * What random programs come to on the bare machine: programs that die early or only fault would show nothing.
 *
 * <p>A drawn instruction <em>retires</em> where it completes at least once.
 */
public final class Liveliness {
    private static final int FIRST_OF_STUB = 5, FIRST_OF_DOUBLE_FAULT = 7;

    private final Map<String, Integer> mnemonics = new TreeMap<>();
    private final Map<String, Integer> events = new TreeMap<>();
    private final Map<String, Integer> stops = new TreeMap<>();
    private int drawn;
    private int reached;
    private int retired;
    private int programs;

    /** Runs {@code program} bare, instruction by instruction, and counts. */
    public void add(RandomProgram program) {
        programs++;
        Set<Integer> sites = program.drawn();
        Set<Integer> seen = new HashSet<>();
        Set<Integer> done = new HashSet<>();
        VirtualMachine machine = program.experiment(List.of()).machine(new Setting("bare"));
        Stop stop;
        do {
            Cpu cpu = machine.state();
            int la = cpu.pc();
            boolean site = sites.contains(la);
            String mnemonic = site ? mnemonic(machine, la) : "";
            stop = machine.run(1);
            String event = event(machine.state().pc());
            if (!event.isEmpty()) {
                events.merge(event, 1, Integer::sum);
            }
            if (site && !event.equals("timer")) {
                seen.add(la);
                if (event.isEmpty() && done.add(la)) {
                    mnemonics.merge(mnemonic, 1, Integer::sum);
                }
            }
        } while (stop instanceof Stop.Budget && machine.retired() < RandomProgram.BUDGET);
        stops.merge(stop.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT), 1, Integer::sum);
        drawn += sites.size();
        reached += seen.size();
        retired += done.size();
    }

    private static String mnemonic(VirtualMachine machine, int la) {
        Cpu cpu = machine.state();
        int bits = cpu.cs().big ? 32 : 16;
        return Decoder.decode(new Peek(cpu, machine.board().bus()).code(la), bits)
                .mnemonic();
    }

    /** What was delivered in place of an instruction: the first instruction of its handler was the one that retired. */
    private static String event(int la) {
        int into = la - Places.STUBS;
        if (into >= 0 && into < 256 * 16 && into % 16 == FIRST_OF_STUB) {
            return Vector.name(into / 16);
        }
        if (la == Places.TIMER + 1) {
            return "timer";
        }
        return la == Places.DOUBLE_FAULT + FIRST_OF_DOUBLE_FAULT ? Vector.name(Vector.DF) : "";
    }

    /** The share of the drawn instructions that retired, in percent. */
    public int percentRetired() {
        return drawn == 0 ? 0 : 100 * retired / drawn;
    }

    /** How many drawn instructions of each mnemonic retired. */
    public Map<String, Integer> mnemonics() {
        return mnemonics;
    }

    /** How often each fault, trap and interrupt was delivered. */
    public Map<String, Integer> events() {
        return events;
    }

    /** How programs ended. */
    public Map<String, Integer> stops() {
        return stops;
    }

    /** The mix in words, the same each time. */
    public String text() {
        return String.format(
                "%d programs: of %d drawn instructions %d were reached and %d retired (%d %%)%nended by %s%nevents %s%nretired %s%n"
                        .replace("%n", "\n"),
                programs,
                drawn,
                reached,
                retired,
                percentRetired(),
                list(stops),
                list(events),
                list(mnemonics));
    }

    private static String list(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}

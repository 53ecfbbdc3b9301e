package ringside.properties.paging;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.paging.Peek;
import ringside.properties.SlottedGuest;
import ringside.vmm.spi.VirtualMachine;

/** What programs come to on the bare machine: which marked instructions retire, in which ring, and which faults come. */
public final class PagingCoverage {
    /** How much of its stub a handler has executed when the instruction before it is done: PUSH vector. */
    private static final int FIRST_OF_STUB = 5;

    private static final String OPEN = "vector " + SlottedGuest.OPEN_VECTOR;

    private final Map<String, Integer> retired = new TreeMap<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private int drawn;
    private int done;

    /** Runs the program bare on such a server, at most {@code budget} instructions, and counts. */
    public void add(PagingProgram program, ServerSpec server, long budget) {
        Map<Integer, String> marks = program.marks();
        drawn += marks.size();
        VirtualMachine machine = bare(program, server, budget);
        Stop stop;
        do {
            Cpu cpu = machine.state();
            String mark = marks.get(cpu.pc());
            boolean user = cpu.cpl == 3;
            stop = machine.run(1);
            String event = delivered(machine);
            boolean faulted = !event.isEmpty() && !event.equals(OPEN);
            if (mark != null && faulted) {
                faults.merge(event + " at " + mark, 1, Integer::sum);
            }
            if (mark != null && !faulted) {
                done++;
                retired.merge(mark, 1, Integer::sum);
                if (user) {
                    retired.merge("in ring 3", 1, Integer::sum);
                }
            }
        } while (stop instanceof Stop.Budget && machine.retired() < budget);
    }

    /** The bare machine with the program, before its first instruction. */
    static VirtualMachine bare(PagingProgram program, ServerSpec server, long budget) {
        ExperimentSpec spec =
                new ExperimentSpec("page tables", server, program.image(), List.of(), List.of(), List.of(), budget);
        return spec.machine(new Setting("bare"));
    }

    /** What was delivered in place of an instruction, or after it, or nothing; counts it. */
    private String delivered(VirtualMachine machine) {
        Cpu cpu = machine.state();
        int into = cpu.pc() - SlottedGuest.STUBS;
        if (into < 0 || into >= 256 * 16 || into % 16 != FIRST_OF_STUB) {
            return "";
        }
        int vector = into / 16;
        String name = "vector " + vector;
        if (vector == 14) {
            Peek peek = new Peek(cpu, machine.board().bus());
            name = String.format("#PF %02x", peek.byteAt(cpu.r[4] + 4));
        }
        faults.merge(name, 1, Integer::sum);
        return name;
    }

    /** How often marked instructions retired, by what they are about. */
    public Map<String, Integer> retired() {
        return retired;
    }

    /** How often each exception was delivered; page faults by their error code; also by the mark it was delivered at. */
    public Map<String, Integer> faults() {
        return faults;
    }

    public int percentRetired() {
        return drawn == 0 ? 0 : 100 * done / drawn;
    }
}

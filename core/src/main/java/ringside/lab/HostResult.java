package ringside.lab;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.machine.devices.net.Capture;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.ResourceControl;

/**
 * What several virtual machines on one server came to.
 *
 * @param scheduler as it is shown
 * @param vms in the order of the specification
 * @param networks in the order in which an adapter was plugged into each
 * @param memory of the machine at the end
 * @param machineTime ticks until the last of them ended, or the budget was spent
 * @param unused ticks of processors that had nobody to run
 * @param held for each expectation, in order, whether it held
 */
public record HostResult(
        HostSpec spec,
        String scheduler,
        List<Vm> vms,
        List<Network> networks,
        Memory memory,
        long machineTime,
        long unused,
        List<Held> held)
        implements Report {
    /**
     * One virtual machine.
     *
     * @param placement where the guest kernel ran
     * @param checkpoints the values of each arrival, in the order of time
     * @param consoles all that it sent, by console
     * @param stopped why it ended; {@code budget} where it did not
     * @param memory how its memory stands at the end; nothing where the mode has no VMM
     * @param control whether its VMM kept control
     * @param exits by reason
     * @param counters what else was counted
     */
    public record Vm(
            HostSpec.Vm vm,
            String placement,
            List<ExperimentResult.Arrival> checkpoints,
            Map<String, String> consoles,
            String stopped,
            int exitCode,
            long instructions,
            Account account,
            Optional<GuestFrames.Census> memory,
            Optional<ResourceControl> control,
            Map<String, Long> exits,
            Map<String, Long> counters) {}

    /**
     * What a virtual machine was given.
     *
     * @param run ticks in which it ran
     * @param steal ticks in which it waited for a processor
     * @param idle ticks in which it slept
     * @param turns how often it got a processor
     * @param switches how often the processor had run another before
     * @param exits of all reasons, hidden faults included
     */
    public record Account(long run, long steal, long idle, long turns, long switches, long exits, long hypercalls) {}

    /**
     * How the machine's memory stands.
     *
     * @param free frames that no guest has
     * @param merged pages that gave up their frame for one of equal content
     * @param parted shared pages that got a frame of their own again, since something was written to them
     * @param events what was done to it, in the order of time; where named pages are taken away
     */
    public record Memory(int free, long merged, long parted, List<MemoryEvent> events) {
        public Memory {
            events = List.copyOf(events);
        }
    }

    /**
     * What passed on a network.
     *
     * @param lost frames of which nothing went on
     * @param capture each frame that was sent, with its time
     */
    public record Network(String name, long frames, long bytes, long lost, Capture capture) {}

    /** How the server's memory stood at {@code tick} of machine time, after {@code what}. */
    public record MemoryEvent(long tick, String what, MachineMemory.Standing standing) {}

    /** An expectation, whether it held, and what there was instead. */
    public record Held(HostExpectation expectation, boolean held, String instead) {}

    public HostResult {
        vms = List.copyOf(vms);
        networks = List.copyOf(networks);
        held = List.copyOf(held);
    }

    /** The virtual machine of this name. */
    public Vm vm(String name) {
        return vms.stream()
                .filter(vm -> vm.vm().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public boolean asExpected() {
        return held.stream().allMatch(Held::held);
    }

    @Override
    public String text() {
        return new HostTable(this).render();
    }

    @Override
    public String json() {
        return HostJson.of(this);
    }
}

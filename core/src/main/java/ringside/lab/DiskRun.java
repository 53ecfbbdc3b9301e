package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ringside.error.RingsideException;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.DiskFault;
import ringside.vmm.Modes;
import ringside.vmm.spi.CostEvent;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/**
 * One run of a guest with its disks looked at: what they were asked, as the guest saw it end, and what they hold after.
 *
 * @param figures what was counted: exits, what the mode and the devices count, what the processor and the VMM did
 * @param requests of all disks, in the order in which they ended
 * @param contents of the disks, in their order
 */
record DiskRun(
        String stopped,
        Map<String, Long> figures,
        Map<String, Long> activity,
        List<BlockRequest> requests,
        List<byte[]> contents) {
    /** Runs to the guest's end or the budget. */
    static DiskRun of(ExperimentSpec experiment, Setting setting) {
        List<BlockRequest> requests = new ArrayList<>();
        VmSpec spec = Recording.specification(experiment, setting);
        List<Peripheral> watched = spec.peripherals().stream()
                .map(one -> one instanceof Peripheral.Block block ? block.watchedBy(requests::add) : one)
                .toList();
        VirtualMachine machine =
                Modes.create(setting.mode(), spec.withAttached(spec.attached().with(watched)));
        Stop stop = machine.run(experiment.budget());
        return new DiskRun(
                word(stop),
                figures(machine),
                machine.activity().asMap(),
                requests,
                spec.attached().all(Peripheral.Block.class).stream()
                        .map(block -> content(block.backing()))
                        .toList());
    }

    private static String word(Stop stop) {
        return switch (stop) {
            case Stop.Halted halted -> "halt";
            case Stop.Shutdown shutdown -> "triple-fault";
            case Stop.Requested requested -> requested.reason();
            default -> "budget";
        };
    }

    private static Map<String, Long> figures(VirtualMachine machine) {
        Map<String, Long> figures = new LinkedHashMap<>(Trial.counters(machine));
        Map<String, Long> activity = machine.activity().asMap();
        figures.put("exits", machine.exits().total());
        figures.put("instructions", machine.retired());
        long switches = 0;
        for (CostEvent event : List.of(CostEvent.VM_EXIT, CostEvent.TRAP, CostEvent.CALLOUT, CostEvent.HYPERCALL)) {
            switches += activity.getOrDefault(event.word(), 0L);
        }
        figures.put("worldSwitches", switches);
        return figures;
    }

    private static byte[] content(DiskBacking backing) {
        byte[] content = new byte[Math.toIntExact(backing.sectors() * DiskBacking.SECTOR)];
        try {
            backing.read(0, (int) backing.sectors(), content, 0);
        } catch (DiskFault fault) {
            throw new RingsideException(fault.getMessage(), "", "repair the image", fault);
        }
        return content;
    }
}

package ringside.properties.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ringside.arch.CpuModel;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.Modes;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.Mode;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.RealDevices;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** A disk reached by one driver, through one device model, in one mode with one memory strategy. */
record DiskWay(String driver, String model, String mode, String memory) {
    private static final int RAM = 8 << 20;
    private static final CpuModel CPU = CpuModel.ofYear(2010);

    /** Every way that nothing stands against. */
    static List<DiskWay> all() {
        List<DiskWay> ways = new ArrayList<>();
        for (Mode mode : Modes.ALL) {
            List<String> memories = mode.memories().isEmpty() ? List.of("") : mode.memories();
            for (String memory : memories) {
                for (String model : List.of("emulated", "passthrough")) {
                    for (String driver : List.of("ide-pio", "ide-multiple", "ide-dma")) {
                        ways.add(new DiskWay(driver, model, mode.name(), memory));
                    }
                }
                ways.add(new DiskWay("virtio-blk", "split", mode.name(), memory));
            }
        }
        return ways.stream().filter(DiskWay::possible).toList();
    }

    private VmSpec spec(DiskBacking backing, BlockRequest.Watcher watcher) {
        Peripheral disk = new Peripheral.Block("data", 0, backing, watcher);
        return new VmSpec(
                        CPU,
                        DeviceSettings.of(RAM),
                        List.of(),
                        DiskProgram.guest(driver),
                        "interpreter",
                        memory,
                        Map.of())
                .withAttached(Attached.NOTHING
                        .with(List.of(disk))
                        .on(new RealDevices(true, List.of()))
                        .through(model));
    }

    private boolean possible() {
        return Modes.refusal(mode, spec(new MemoryBacking(new byte[DiskProgram.SECTOR]), request -> {}))
                .isEmpty();
    }

    /** The machine with the program in its memory. */
    VirtualMachine machine(DiskProgram program, DiskBacking backing, BlockRequest.Watcher watcher) {
        VirtualMachine machine = Modes.create(mode, spec(backing, watcher));
        program.load(machine.board());
        return machine;
    }
}

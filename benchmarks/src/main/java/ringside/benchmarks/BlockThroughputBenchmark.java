package ringside.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import ringside.arch.CpuModel;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.Modes;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Requests of 4 KiB to one disk under hardware assist, by wall time: data port, bus master, split, split in batches. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class BlockThroughputBenchmark {
    private static final int REQUESTS = 256, DISK = 4 << 20, STEP = 2_000;

    /** The driver, its device model, and how many requests it is given at once. */
    @Param({"ide-pio emulated 1", "ide-dma emulated 1", "virtio-blk split 1", "virtio-blk split 64"})
    public String way;

    private VirtualMachine machine;
    private long done;

    /** A guest that reads without end. */
    @Setup
    public void start() {
        String[] words = way.split(" ");
        int together = Integer.parseInt(words[2]);
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < together; i++) {
            table.append("dd 0, ")
                    .append(8 * i)
                    .append(", 8, ")
                    .append(0x300000 + 4096 * i)
                    .append(", -1\n");
        }
        GuestImage guest = ScriptRunner.run(
                        "guest('reads') { include driver('" + words[0] + "'), as: 'disk'\n kernel {\ncall disk_probe\n"
                                + "again:\nmov esi, table\nmov ecx, " + together + "\ncall disk_batch\njmp again\n}\n"
                                + "data { table:\n" + table + "} }",
                        "reads",
                        System.err)
                .guests()
                .getFirst();
        Peripheral disk = new Peripheral.Block("data", 0, new MemoryBacking(new byte[DISK]), request -> done++);
        VmSpec spec = new VmSpec(
                CpuModel.ofYear(2008),
                DeviceSettings.of(16 << 20),
                List.of(),
                guest,
                "interpreter",
                "nested",
                Map.of());
        machine = Modes.create(
                "hardware",
                spec.withAttached(Attached.NOTHING.with(List.of(disk)).through(words[1])));
        requests();
    }

    /** So many requests, from the guest's loop to their end. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public Stop requests() {
        long goal = done + REQUESTS;
        Stop stop = machine.run(STEP);
        while (done < goal) {
            stop = machine.run(STEP);
        }
        return stop;
    }
}

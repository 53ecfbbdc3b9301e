package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import ringside.guest.GuestImage;
import ringside.host.Clocks;
import ringside.host.Scheduler;
import ringside.host.ServerPlan;
import ringside.host.TenantSpec;
import ringside.lab.cost.CostModel;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.net.Switch;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VmSpec;
import ringside.vmm.spi.rule.RuleChange;

/**
 * Several virtual machines on one server, as data: what a script's {@code host} block describes.
 *
 * @param title first line of the report
 * @param server what they run on; its memory is that of a virtual machine which names no size
 * @param vms in the order written
 * @param scheduling how processors are given away
 * @param budget machine time in ticks after which the run ends
 * @param expectations in the order written
 * @param columns of the table, by name
 * @param periodic what the server does by itself from time to time
 * @param rules changes to the translation rules of modes that have any
 * @param hypercalls that the VMMs offer beside their own
 */
public record HostSpec(
        String title,
        ServerSpec server,
        List<Vm> vms,
        Scheduling scheduling,
        long budget,
        List<HostExpectation> expectations,
        List<String> columns,
        List<Periodic> periodic,
        List<RuleChange> rules,
        List<GuestCall> hypercalls)
        implements Study {
    /**
     * One virtual machine.
     *
     * @param weight its share where the scheduler weighs
     * @param ramMib its memory
     * @param attachments disks and network adapters that it alone has, beside those of the server's description
     */
    public record Vm(
            String name, GuestImage guest, Setting setting, int weight, int ramMib, List<Attachment> attachments) {
        public Vm {
            attachments = List.copyOf(attachments);
        }
    }

    /**
     * How processors are given away.
     *
     * @param scheduler makes a new one for each run
     * @param processors how many there are
     * @param switchTicks what a world switch takes
     */
    public record Scheduling(Supplier<Scheduler> scheduler, int processors, long switchTicks, Clocks clocks) {}

    /** Something the server does to its memory every {@code period} ticks. */
    public record Periodic(String what, long period) {
        /** Lets pages of equal content show one frame. */
        public static final String SHARE = "share equal pages";
    }

    public HostSpec {
        vms = List.copyOf(vms);
        expectations = List.copyOf(expectations);
        columns = List.copyOf(columns);
        periodic = List.copyOf(periodic);
        rules = List.copyOf(rules);
        hypercalls = List.copyOf(hypercalls);
    }

    /** The columns that {@link #columns} may hold. */
    public static List<String> columnNames() {
        return HostTable.columnNames();
    }

    @Override
    public List<ExperimentSpec> experiments() {
        return vms.stream().map(this::alone).toList();
    }

    private ExperimentSpec alone(Vm vm) {
        return new ExperimentSpec(
                title + ": " + vm.name(),
                server.withRam(vm.ramMib()),
                vm.guest(),
                List.of(vm.setting()),
                List.of(),
                List.of(),
                CostModel.of(server.cpu()),
                rules,
                budget,
                hypercalls);
    }

    @Override
    public HostResult investigate() {
        return new HostRun(this, vms).result();
    }

    /** The server with {@code some} of the virtual machines, about to start. */
    ServerPlan plan(List<Vm> some) {
        Map<String, Switch> lans = new LinkedHashMap<>();
        List<TenantSpec> tenants = new ArrayList<>();
        for (Vm vm : some) {
            tenants.add(new TenantSpec(vm.name(), vm.setting().mode(), specification(vm, lans), vm.weight()));
        }
        return new ServerPlan(
                tenants,
                scheduling.scheduler().get(),
                scheduling.processors(),
                scheduling.switchTicks(),
                scheduling.clocks());
    }

    private VmSpec specification(Vm vm, Map<String, Switch> lans) {
        List<Attachment> attachments = new ArrayList<>(server.attachments());
        attachments.addAll(vm.attachments());
        List<Peripheral> peripherals = new ArrayList<>();
        for (Attachment attachment : attachments) {
            peripherals.add(
                    attachment instanceof Attachment.Adapter adapter
                            ? plugged(adapter, vms.indexOf(vm), lans)
                            : attachment.open());
        }
        return Recording.specification(alone(vm), vm.setting())
                .withAttached(Attached.NOTHING.with(peripherals).through(vm.setting().devices()));
    }

    /** An adapter on the server's own switch of that name; which one it is follows from the virtual machine's place. */
    private static Peripheral.Network plugged(Attachment.Adapter adapter, int place, Map<String, Switch> lans) {
        long mac = DeviceSettings.DEFAULT_MAC + place + ((long) adapter.number() << 8);
        return new Peripheral.Network(adapter.name(), mac, lans.computeIfAbsent(adapter.name(), Switch::new));
    }
}

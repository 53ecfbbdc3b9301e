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
import ringside.vmm.device.passthrough.GivenDevices;
import ringside.vmm.device.passthrough.PassthroughDevices;
import ringside.vmm.device.passthrough.ServerDevices;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.PhysicalDevices;
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
 * @param machineMib machine memory for all guests together; 0 for as much as they believe to have
 * @param memoryWork what the server does to memory meanwhile
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
        int machineMib,
        List<MemoryWork> memoryWork,
        List<RuleChange> rules,
        List<GuestCall> hypercalls)
        implements Study {
    /**
     * One virtual machine.
     *
     * @param weight its share where the scheduler weighs
     * @param ramMib its memory
     * @param attachments disks and network adapters that it alone has, beside those of the server's description
     * @param service what it has to do with a service VM
     */
    public record Vm(
            String name,
            GuestImage guest,
            Setting setting,
            int weight,
            int ramMib,
            List<Attachment> attachments,
            Service service) {
        public Vm {
            attachments = List.copyOf(attachments);
        }

        /** One that neither is a service VM nor needs one. */
        public Vm(
                String name, GuestImage guest, Setting setting, int weight, int ramMib, List<Attachment> attachments) {
            this(name, guest, setting, weight, ramMib, attachments, Service.NONE);
        }
    }

    /**
     * A virtual machine's part in a service.
     *
     * @param serves whether it works its first disk for the others
     * @param served the name of the virtual machine that works a disk for it; empty for none
     */
    public record Service(boolean serves, String served) {
        public static final Service NONE = new Service(false, "");
    }

    /**
     * How processors are given away.
     *
     * @param scheduler makes a new one for each run
     * @param processors how many there are
     * @param switchTicks what a world switch takes
     */
    public record Scheduling(Supplier<Scheduler> scheduler, int processors, long switchTicks, Clocks clocks) {}

    /** Something the server does to the memory of its virtual machines. */
    public sealed interface MemoryWork {
        /** Pages of equal content, of whichever virtual machine, show one frame, every {@code period} ticks. */
        record Share(long period) implements MemoryWork {}

        /** Frames are taken from virtual machines in turn, every {@code period} ticks, until so many are free. */
        record Reclaim(long period, int frames) implements MemoryWork {}

        /**
         * Takes pages away once.
         *
         * @param balloon as if the guest's balloon driver had said that it needs them no more; else what they hold is kept,
         *     and brought back when it is asked for
         * @param pa of the first
         * @param pages how many follow one another
         */
        record Take(String vm, boolean balloon, long at, int pa, int pages) implements MemoryWork {}
    }

    public HostSpec {
        vms = List.copyOf(vms);
        expectations = List.copyOf(expectations);
        columns = List.copyOf(columns);
        memoryWork = List.copyOf(memoryWork);
        rules = List.copyOf(rules);
        hypercalls = List.copyOf(hypercalls);
    }

    /** The columns that {@link #columns} may hold. */
    public static List<String> columnNames() {
        return HostTable.columnNames();
    }

    /** Whether named pages are taken away: then each thing done to memory is of interest. */
    boolean takesPages() {
        return memoryWork.stream().anyMatch(MemoryWork.Take.class::isInstance);
    }

    @Override
    public List<ExperimentSpec> experiments() {
        return vms.stream().map(vm -> alone(vm, attachments(vm))).toList();
    }

    /** What a virtual machine has attached: as all of them, and its own. */
    private List<Attachment> attachments(Vm vm) {
        List<Attachment> all = new ArrayList<>(server.attachments());
        all.addAll(vm.attachments());
        return all;
    }

    private ExperimentSpec alone(Vm vm, List<Attachment> attachments) {
        return new ExperimentSpec(
                title + ": " + vm.name(),
                server.withRam(vm.ramMib()).onMachine(machineMib).withAttachments(attachments),
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
        return new HostRun(this).result();
    }

    /** The server with the virtual machines about to start; {@code lans} gets its networks. */
    ServerPlan plan(Map<String, Switch> lans) {
        Map<String, List<Peripheral>> peripherals = new LinkedHashMap<>();
        Opened run = new Opened(lans);
        ServicePlan services = new ServicePlan(vms);
        for (Vm vm : vms) {
            List<Peripheral> all = peripherals(vm, run);
            services.disk(vm).ifPresent(all::add);
            peripherals.put(vm.name(), all);
        }
        ServerDevices real = real(peripherals);
        List<TenantSpec> tenants = new ArrayList<>();
        for (Vm vm : vms) {
            Attached attached = Attached.NOTHING
                    .with(peripherals.get(vm.name()))
                    .through(vm.setting().devices());
            VmSpec plain = Recording.specification(alone(vm, List.of()), vm.setting());
            VmSpec spec = (vm.service().serves() ? services.desk(vm, plain) : plain)
                    .withAttached(passes(vm) ? attached.given(given(real, vm)) : attached);
            tenants.add(new TenantSpec(vm.name(), vm.setting().mode(), spec, vm.weight()));
        }
        return new ServerPlan(
                tenants,
                scheduling.scheduler().get(),
                scheduling.processors(),
                scheduling.switchTicks(),
                scheduling.clocks());
    }

    private static boolean passes(Vm vm) {
        return vm.setting().devices().equals(PassthroughDevices.NAME);
    }

    /** What the server has of real devices: those that stand for the peripherals of virtual machines that work them. */
    private ServerDevices real(Map<String, List<Peripheral>> peripherals) {
        List<Peripheral> passed = vms.stream()
                .filter(HostSpec::passes)
                .flatMap(vm -> peripherals.get(vm.name()).stream())
                .toList();
        DeviceSettings settings =
                Attached.NOTHING.with(passed).behindChips(DeviceSettings.of((long) server.ramMib() << 20));
        return new ServerDevices(settings, server.equipment(), server.real().iommu());
    }

    /** What is passed through is the first virtual machine's that asks for it; a second one is refused. */
    private PhysicalDevices given(ServerDevices real, Vm vm) {
        return new GivenDevices(real, server.real().passed(), "VM '" + vm.name() + "'");
    }

    private List<Peripheral> peripherals(Vm vm, Opened run) {
        List<Peripheral> peripherals = new ArrayList<>();
        for (Attachment attachment : attachments(vm)) {
            peripherals.add(
                    attachment instanceof Attachment.Adapter adapter
                            ? adapter.open(run, vms.indexOf(vm))
                            : attachment.open(run));
        }
        return peripherals;
    }
}

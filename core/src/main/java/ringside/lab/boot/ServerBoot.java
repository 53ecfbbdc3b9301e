package ringside.lab.boot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import ringside.error.RingsideException;
import ringside.host.Clocks;
import ringside.host.Scheduler;
import ringside.host.Schedulers;
import ringside.host.Server;
import ringside.host.ServerPlan;
import ringside.host.Tenant;
import ringside.host.TenantSpec;
import ringside.machine.devices.net.Capture;
import ringside.machine.devices.net.Rtl8139;
import ringside.machine.devices.net.Switch;
import ringside.vmm.spi.VmSpec;

/** A boot of several virtual machines on one server. */
public final class ServerBoot {
    /**
     * One virtual machine.
     *
     * @param network its adapter's cable goes to the switch of this name; nothing for no cable
     */
    public record Vm(String name, BootRequest request, int weight, Optional<String> network) {}

    /**
     * What to boot and how processors are given away.
     *
     * @param scheduler by its word
     * @param limit machine time in ticks after which the run ends
     * @param capture gets what is sent on any of the networks
     */
    public record Request(List<Vm> vms, String scheduler, int processors, long limit, Optional<Capture> capture) {
        public Request {
            vms = List.copyOf(vms);
        }
    }

    private final Request request;
    private final Scheduler scheduler;
    private final Server server;
    private final List<Boot> boots = new ArrayList<>();

    private ServerBoot(Request request) {
        this.request = request;
        this.scheduler = Schedulers.named(request.scheduler()).make().apply(Schedulers.DEFAULT_SLICE);
        List<TenantSpec> tenants = new ArrayList<>();
        for (Vm vm : request.vms()) {
            VmSpec plain = Boot.specification(vm.request());
            VmSpec own =
                    plain.withDevices(plain.devices().withMac(plain.devices().mac() + tenants.size()));
            tenants.add(new TenantSpec(vm.name(), vm.request().setting().mode(), own, vm.weight()));
        }
        try {
            server = new Server(new ServerPlan(tenants, scheduler, request.processors(), 0, Clocks.MACHINE));
        } catch (OutOfMemoryError e) {
            throw new RingsideException(
                    "no room for a server with so much memory",
                    "",
                    "give the machines less ram, or Java more memory with JAVA_TOOL_OPTIONS=-Xmx4g",
                    e);
        }
    }

    /** Boots; {@code outputs} by the names of the machines. A mistake is thrown before the first guest instruction. */
    public static ServerBootReport run(Request request, Function<String, Boot.Output> outputs) {
        ServerBoot boot = new ServerBoot(request);
        boot.wire(outputs);
        try {
            long start = System.nanoTime();
            boot.server.run(request.limit());
            return boot.report((System.nanoTime() - start) / 1e9);
        } finally {
            boot.boots.forEach(Boot::close);
        }
    }

    private void wire(Function<String, Boot.Output> outputs) {
        Map<String, Switch> networks = new LinkedHashMap<>();
        for (Vm vm : request.vms()) {
            Tenant tenant = server.tenant(vm.name());
            Boot boot = new Boot(vm.request(), tenant.machine());
            boot.listen(outputs.apply(vm.name()));
            boots.add(boot);
            vm.network()
                    .ifPresent(name -> networks.computeIfAbsent(name, Switch::new)
                            .connect(tenant.machine()
                                    .board()
                                    .platform()
                                    .device(Rtl8139.class)
                                    .port()));
        }
        request.capture().ifPresent(capture -> networks.values().forEach(network -> network.capture(capture)));
    }

    private ServerBootReport report(double seconds) {
        List<ServerBootReport.Vm> vms = new ArrayList<>();
        for (int i = 0; i < boots.size(); i++) {
            Tenant tenant = server.tenants().get(i);
            BootReport report = boots.get(i).report(tenant.last(), explanation(boots.get(i), tenant), seconds);
            vms.add(new ServerBootReport.Vm(
                    tenant.name(), report, tenant.run(), tenant.steal(), tenant.idle(), tenant.turns()));
        }
        return new ServerBootReport(
                vms, scheduler.title(), request.processors(), server.now(), server.unused(), seconds);
    }

    private String explanation(Boot boot, Tenant tenant) {
        if (tenant.stopped().equals(Tenant.LIVELOCK)) {
            return "budget: the guest faults or repeats without end and retires nothing";
        }
        return tenant.ended()
                ? boot.explain(tenant.last())
                : "budget: " + Scheduler.time(request.limit()) + " of machine time; --max-instructions sets another";
    }
}

package ringside.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.guest.Checkpoint;
import ringside.guest.GuestImage;
import ringside.host.Server;
import ringside.host.Tenant;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Disk;
import ringside.machine.devices.net.Capture;
import ringside.machine.devices.net.Switch;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.Modes;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.MachineMemory;

/** A server with the virtual machines of a specification, run to the end and watched from outside. */
final class HostRun {
    /** More arrivals than anybody reads. */
    private static final int MOST_OBSERVATIONS = 100_000;

    private static final int PAGE = PhysicalMemory.PAGE;

    final Server server;
    private final HostSpec spec;
    private final Map<String, Switch> lans = new LinkedHashMap<>();
    private final Map<String, Capture> captures = new LinkedHashMap<>();
    private long merged;
    private final Map<Tenant, List<Observation>> observations = new LinkedHashMap<>();
    private final List<HostResult.MemoryEvent> events = new ArrayList<>();

    /** All of them run. */
    HostRun(HostSpec spec) {
        this(spec, Optional.empty());
    }

    /** @param only the one that runs, the others there but never given a turn; nothing for all */
    private HostRun(HostSpec spec, Optional<HostSpec.Vm> only) {
        this.spec = spec;
        server = new Server(spec.plan(lans));
        lans.forEach((name, lan) -> {
            captures.put(name, new Capture(DeviceSettings.START));
            lan.capture(captures.get(name));
        });
        spec.vms().forEach(vm -> watch(server.tenant(vm.name()), vm));
        only.ifPresent(vm -> server.runOnly(server.tenant(vm.name())));
        spec.memoryWork().forEach(this::plan);
        server.run(spec.budget());
        note(server.now(), "the end");
    }

    private void watch(Tenant tenant, HostSpec.Vm vm) {
        GuestImage image = Modes.named(vm.setting().mode()).image(vm.guest());
        List<Observation> seen = new ArrayList<>();
        Map<String, Integer> visits = new LinkedHashMap<>();
        observations.put(tenant, seen);
        image.checkpoints().forEach(checkpoint -> tenant.machine().probe(checkpoint.la()));
        tenant.onProbe(la -> {
            for (Checkpoint checkpoint : image.checkpoints()) {
                if (checkpoint.la() == la && seen.size() < MOST_OBSERVATIONS) {
                    int visit = visits.merge(checkpoint.name(), 1, Integer::sum);
                    seen.add(Observation.of(
                            checkpoint,
                            visit,
                            tenant.machine().state(),
                            tenant.machine().board()));
                }
            }
        });
    }

    // ---- memory

    private void plan(HostSpec.MemoryWork work) {
        switch (work) {
            case HostSpec.MemoryWork.Share share ->
                server.every(share.period(), tick -> {
                    MachineMemory.Sharing sharing = server.memory().shareEqualPages();
                    merged += sharing.merged();
                    note(tick, "share: " + sharing.merged() + " of " + sharing.scanned() + " pages merged");
                });
            case HostSpec.MemoryWork.Reclaim reclaim ->
                server.every(reclaim.period(), tick -> server.memory().freeUp(reclaim.frames()));
            case HostSpec.MemoryWork.Take take -> server.at(take.at(), tick -> take(tick, take));
        }
    }

    private void take(long tick, HostSpec.MemoryWork.Take take) {
        GuestFrames frames = server.tenant(take.vm()).frames().orElseThrow();
        if (take.balloon()) {
            frames.balloon(take.pa(), take.pages());
        } else {
            for (int page = 0; page < take.pages(); page++) {
                frames.reclaim(take.pa() + page * PAGE);
            }
        }
        String verb = take.balloon() ? "balloon" : "reclaim";
        note(tick, String.format("%s: %d pages of '%s' from %08x", verb, take.pages(), take.vm(), take.pa()));
    }

    private void note(long tick, String what) {
        if (spec.takesPages()) {
            events.add(new HostResult.MemoryEvent(tick, what, server.memory().standing()));
        }
    }

    // ---- what came out

    HostResult result() {
        List<HostResult.Vm> vms =
                spec.vms().stream().map(vm -> vm(vm, server.tenant(vm.name()))).toList();
        List<HostResult.Held> held = spec.expectations().stream()
                .map(expectation -> held(expectation, vms))
                .toList();
        List<HostResult.Network> networks = lans.entrySet().stream()
                .map(lan -> network(lan.getKey(), lan.getValue()))
                .toList();
        return new HostResult(
                spec,
                server.plan().scheduler().title(),
                vms,
                networks,
                new HostResult.Memory(
                        server.memory().freeFrames(),
                        merged,
                        server.memory().standing().copies(),
                        events),
                server.now(),
                server.unused(),
                held);
    }

    private HostResult.Network network(String name, Switch lan) {
        return new HostResult.Network(name, lan.frames(), lan.bytes(), lan.lost(), captures.get(name));
    }

    private HostResult.Vm vm(HostSpec.Vm vm, Tenant tenant) {
        return new HostResult.Vm(
                vm,
                tenant.machine().placement(),
                arrivals(tenant),
                consoles(tenant),
                stopped(tenant),
                tenant.exitCode(),
                tenant.machine().retired(),
                new HostResult.Account(
                        tenant.run(),
                        tenant.steal(),
                        tenant.idle(),
                        tenant.turns(),
                        tenant.switches(),
                        tenant.exits(),
                        tenant.hypercalls()),
                tenant.frames().map(frames -> frames.census()),
                tenant.machine().control(),
                tenant.machine().exits().asMap(),
                Trial.counters(tenant.machine()));
    }

    private static String stopped(Tenant tenant) {
        return tenant.ended() ? tenant.stopped() : "budget";
    }

    private List<ExperimentResult.Arrival> arrivals(Tenant tenant) {
        return observations.get(tenant).stream().map(Observation::arrival).toList();
    }

    private static Map<String, String> consoles(Tenant tenant) {
        Map<String, String> text = new LinkedHashMap<>();
        tenant.machine().board().platform().consoles().forEach((name, console) -> text.put(name, console.text()));
        return text;
    }

    // ---- expectations

    private HostResult.Held held(HostExpectation expectation, List<HostResult.Vm> vms) {
        HostResult.Vm vm = vms.stream()
                .filter(one -> one.vm().name().equals(expectation.vm()))
                .findFirst()
                .orElseThrow();
        return switch (expectation) {
            case HostExpectation.Undisturbed undisturbed -> {
                List<String> found = disturbances(vm.vm());
                yield new HostResult.Held(expectation, found.isEmpty(), String.join("; ", found));
            }
            case HostExpectation.Stops stops ->
                new HostResult.Held(
                        expectation, vm.stopped().equals(stops.reason()), "it stopped with " + vm.stopped());
            case HostExpectation.Share share -> {
                long used = vms.stream().mapToLong(one -> one.account().run()).sum();
                long percent = used == 0 ? 0 : Math.round(100.0 * vm.account().run() / used);
                yield new HostResult.Held(
                        expectation, percent >= share.from() && percent <= share.to(), "it got " + percent + " %");
            }
        };
    }

    /** What the virtual machine saw here and does not see when it has the server for itself; empty where nothing. */
    private List<String> disturbances(HostSpec.Vm vm) {
        Tenant here = server.tenant(vm.name());
        if (!here.ended()) {
            return List.of("it had not come to its end, so nothing can be said");
        }
        HostRun quiet = new HostRun(spec, Optional.of(vm));
        Tenant alone = quiet.server.tenant(vm.name());
        List<String> found = new ArrayList<>();
        compare(found, "its end", stopped(alone) + " " + alone.exitCode(), stopped(here) + " " + here.exitCode());
        List<ExperimentResult.Arrival> before = quiet.arrivals(alone);
        List<ExperimentResult.Arrival> after = arrivals(here);
        compare(found, "the number of checkpoints", before.size(), after.size());
        for (int i = 0; i < Math.min(before.size(), after.size()) && found.isEmpty(); i++) {
            compare(found, "checkpoint '" + after.get(i).checkpoint() + "'", before.get(i), after.get(i));
        }
        Map<String, String> silence = consoles(alone);
        consoles(here).forEach((name, text) -> compare(found, "console " + name, silence.get(name), text));
        for (Difference difference : Difference.between(alone.machine(), here.machine())) {
            compare(found, difference.name(), difference.reference(), difference.observed());
        }
        compareDisks(found, alone, here);
        return found;
    }

    private static void compareDisks(List<String> found, Tenant alone, Tenant here) {
        List<Disk> before = alone.machine().board().platform().settings().disks();
        List<Disk> after = here.machine().board().platform().settings().disks();
        for (int i = 0; i < after.size(); i++) {
            int differs = Arrays.mismatch(before.get(i).content(), after.get(i).content());
            if (differs >= 0) {
                found.add("sector " + differs / Disk.SECTOR + " of "
                        + after.get(i).stateName() + " differs");
            }
        }
    }

    private static void compare(List<String> found, String what, Object alone, Object here) {
        if (!alone.equals(here)) {
            found.add(what + ": alone " + alone + ", here " + here);
        }
    }
}

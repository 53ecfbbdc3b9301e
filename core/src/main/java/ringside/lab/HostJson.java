package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ringside.observe.Json;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.spi.ResourceControl;

/** The result of a server with several virtual machines as JSON: the keys are a contract, more may be added. */
final class HostJson {
    private HostJson() {}

    static String of(HostResult result) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("host", result.spec().title());
        map.put("server", result.spec().server().title());
        map.put("processors", result.spec().scheduling().processors());
        map.put("scheduler", result.scheduler());
        map.put("clocks", result.spec().scheduling().clocks().word());
        map.put("machineTime", result.machineTime());
        map.put("unused", result.unused());
        map.put("vms", result.vms().stream().map(HostJson::vm).toList());
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("free", result.memory().free());
        memory.put("merged", result.memory().merged());
        memory.put("parted", result.memory().parted());
        memory.put(
                "events",
                result.memory().events().stream().map(HostJson::memory).toList());
        map.put("memory", memory);
        map.put("networks", result.networks().stream().map(HostJson::network).toList());
        List<Object> expectations = new ArrayList<>();
        for (HostResult.Held held : result.held()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("text", held.expectation().text());
            one.put("held", held.held());
            one.put("instead", held.held() ? null : held.instead());
            expectations.add(one);
        }
        map.put("expectations", expectations);
        return Json.write(map);
    }

    private static Map<String, Object> vm(HostResult.Vm vm) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("vm", vm.vm().name());
        map.put("guest", vm.vm().guest().name());
        map.put("setting", vm.vm().setting().label());
        map.put("weight", vm.vm().weight());
        map.put("stopped", vm.stopped());
        map.put("exitCode", vm.exitCode());
        map.put("instructions", vm.instructions());
        HostResult.Account account = vm.account();
        map.put("run", account.run());
        map.put("steal", account.steal());
        map.put("idle", account.idle());
        map.put("turns", account.turns());
        map.put("switches", account.switches());
        map.put("hypercalls", account.hypercalls());
        map.put("memory", vm.memory().map(HostJson::memory).orElse(null));
        map.put("controlled", vm.control().map(ResourceControl::kept).orElse(null));
        map.put("lost", vm.control().map(ResourceControl::losses).orElse(List.of()));
        map.put("checkpoints", ResultJson.arrivals(vm.checkpoints()));
        map.put("consoles", vm.consoles());
        map.put("exits", vm.exits());
        map.put("counters", vm.counters());
        return map;
    }

    private static Map<String, Object> network(HostResult.Network network) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("network", network.name());
        map.put("frames", network.frames());
        map.put("bytes", network.bytes());
        map.put("lost", network.lost());
        return map;
    }

    private static Map<String, Object> memory(HostResult.MemoryEvent event) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tick", event.tick());
        map.put("what", event.what());
        map.put("framesInUse", event.standing().inUse());
        map.put("framesShared", event.standing().shown());
        map.put("framesSaved", event.standing().saved());
        map.put("framesSavedOfZeros", event.standing().zeros());
        map.put("partedByWrites", event.standing().copies());
        return map;
    }

    private static Map<String, Object> memory(GuestFrames.Census census) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("own", census.own());
        map.put("shared", census.shared());
        map.put("absent", census.absent());
        map.put("swapped", census.stored());
        map.put("ballooned", census.ballooned());
        map.put("reclaimed", census.reclaimed());
        map.put("broughtBack", census.broughtBack());
        return map;
    }
}

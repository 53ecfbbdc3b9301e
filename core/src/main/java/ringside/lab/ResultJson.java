package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ringside.lab.cost.Bill;
import ringside.observe.Json;
import ringside.vmm.spi.ResourceControl;

/** A result as JSON: the keys are a contract, more may be added. */
final class ResultJson {
    private ResultJson() {}

    static String of(ExperimentResult result) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("experiment", result.spec().title());
        map.put("server", result.spec().server().title());
        List<Object> settings = new ArrayList<>();
        result.runs().forEach(run -> settings.add(run(run)));
        map.put("settings", settings);
        List<Object> expectations = new ArrayList<>();
        for (ExperimentResult.Held held : result.held()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("text", held.expectation().text());
            one.put("held", held.held());
            expectations.add(one);
        }
        map.put("expectations", expectations);
        map.put("explained", result.explained().stream().map(Explained::data).toList());
        return Json.write(map);
    }

    static Map<String, Object> run(ExperimentResult.Run run) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("mode", run.setting().mode());
        map.put(
                "memory",
                run.setting().memory().isEmpty() ? null : run.setting().memory());
        map.put(
                "devices",
                run.setting().devices().isEmpty() ? null : run.setting().devices());
        map.put("engine", run.setting().engine());
        map.put("options", run.setting().options());
        map.put("equivalent", run.equivalent().orElse(null));
        map.put("controlled", run.control().map(ResourceControl::kept).orElse(null));
        map.put("lost", run.control().map(ResourceControl::losses).orElse(List.of()));
        map.put("efficiency", run.efficiency());
        map.put("divergence", run.divergence().map(ResultJson::divergence).orElse(null));
        map.put("stopped", run.stopped());
        map.put("exitCode", run.exitCode());
        map.put("instructions", run.instructions());
        map.put("direct", run.direct());
        map.put("checkpoints", arrivals(run.checkpoints()));
        map.put("exits", run.exits());
        map.put("counters", run.counters());
        map.put("modelledCycles", run.bill().cycles());
        map.put("bill", bill(run.bill()));
        map.put("messages", run.messages());
        map.put("domains", run.domains());
        return map;
    }

    /** Arrivals at checkpoints. */
    static List<Object> arrivals(List<ExperimentResult.Arrival> checkpoints) {
        List<Object> arrivals = new ArrayList<>();
        for (ExperimentResult.Arrival arrival : checkpoints) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("checkpoint", arrival.checkpoint());
            one.put("visit", arrival.visit());
            one.put("values", arrival.values());
            arrivals.add(one);
        }
        return arrivals;
    }

    /** Counted events, each with its price. */
    static List<Object> bill(Bill bill) {
        List<Object> items = new ArrayList<>();
        for (Bill.Item item : bill.items()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("event", item.event().word());
            one.put("counted", item.count());
            one.put("modelledCyclesEach", item.cycles());
            items.add(one);
        }
        return items;
    }

    private static Map<String, Object> divergence(Divergence divergence) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("checkpoint", divergence.checkpoint().isEmpty() ? null : divergence.checkpoint());
        map.put("instruction", divergence.instruction());
        map.put("reference", divergence.reference());
        map.put("observed", divergence.observed());
        map.put("la", Integer.toUnsignedLong(divergence.la()));
        map.put("text", divergence.text());
        map.put("mnemonic", divergence.mnemonic());
        map.put("line", divergence.line().isEmpty() ? null : divergence.line());
        List<Object> changes = new ArrayList<>();
        for (Divergence.Change change : divergence.differences()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", change.name());
            one.put("reference", change.reference());
            one.put("observed", change.observed());
            changes.add(one);
        }
        map.put("differences", changes);
        map.put("why", divergence.why());
        map.put("source", divergence.source());
        map.put("listed", divergence.listed());
        map.put("seen", divergence.seen());
        map.put("later", divergence.later());
        map.put("culprits", divergence.culprits());
        map.put("cured", divergence.cured().orElse(null));
        return map;
    }
}

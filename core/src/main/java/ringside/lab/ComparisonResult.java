package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ringside.observe.Json;
import ringside.vmm.Modes;

/**
 * What a comparison of one guest under all settings showed.
 *
 * @param runs one for each setting that could be run, bare first
 * @param refused the others
 * @param open the manual leaves open what the guest sees: a difference is no defect
 */
public record ComparisonResult(
        ExperimentSpec spec, List<ExperimentResult.Run> runs, List<Refused> refused, boolean open) {
    /** A setting that cannot run this guest on this server, why, and what to do. */
    public record Refused(Setting setting, String reason, String remedy) {}

    public ComparisonResult {
        runs = List.copyOf(runs);
        refused = List.copyOf(refused);
    }

    /** The same of a guest of which the manual leaves open what it sees. */
    public ComparisonResult leftOpen() {
        return new ComparisonResult(spec, runs, refused, true);
    }

    /** Whether nothing differs where nothing may: no divergence that no rule of the manual explains under its mode. */
    public boolean sound() {
        return open || runs.stream().noneMatch(ExperimentResult.Run::unsound);
    }

    /** A script that shows every divergence again; empty where there is none. */
    public String reproduction() {
        return reproduction("program");
    }

    /** As above, the guest being called {@code variable}, so that several scripts can stand in one file. */
    public String reproduction(String variable) {
        return Reproduction.of(this, variable);
    }

    /** The report as it goes to the screen: 100 columns, the same bytes each time. */
    public String text() {
        return new ComparisonTable(this).render();
    }

    /** As one JSON value; {@link ExperimentResult#json} says what a setting has. */
    public Map<String, Object> json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("guest", spec.guest().name());
        map.put("server", spec.server().title());
        map.put("sound", sound());
        map.put("open", open);
        List<Object> settings = new ArrayList<>();
        for (ExperimentResult.Run run : runs) {
            Map<String, Object> one = ResultJson.run(run);
            Setting setting = run.setting();
            one.put("promised", Modes.named(setting.mode()).promisesEquivalence(setting.options()));
            settings.add(one);
        }
        map.put("settings", settings);
        List<Object> others = new ArrayList<>();
        for (Refused one : refused) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("setting", one.setting().label());
            entry.put("reason", one.reason());
            entry.put("remedy", one.remedy());
            others.add(entry);
        }
        map.put("refused", others);
        map.put("reproduction", reproduction().isEmpty() ? null : reproduction());
        return map;
    }

    /** Several comparisons as JSON text. */
    public static String json(List<ComparisonResult> results) {
        return Json.write(results.stream().map(ComparisonResult::json).toList());
    }
}

package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.observe.Json;

/**
 * What the guests of a matrix saw.
 *
 * @param results one for each row
 */
public record MatrixResult(MatrixSpec spec, List<ExperimentResult> results) implements Report {
    public MatrixResult {
        results = List.copyOf(results);
    }

    /** The settings, one for each column. */
    List<Setting> settings() {
        return results.isEmpty() ? List.of() : results.getFirst().spec().settings();
    }

    /** Rows that differ from bare under a setting. */
    List<String> different(Setting setting) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            if (run(i, setting).divergence().isPresent()) {
                names.add(spec.rows().get(i).name());
            }
        }
        return names;
    }

    ExperimentResult.Run run(int row, Setting setting) {
        return results.get(row).runs().stream()
                .filter(run -> run.setting().equals(setting))
                .findFirst()
                .orElseThrow();
    }

    /** Rows in which the manual says what happens. */
    private List<ExperimentResult> defined() {
        List<ExperimentResult> defined = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            if (!spec.rows().get(i).open()) {
                defined.add(results.get(i));
            }
        }
        return defined;
    }

    /** Whether every row, but those that the manual leaves open, is equivalent under the setting of this label. */
    boolean equivalent(String label) {
        return defined().stream()
                .flatMap(result -> result.runs().stream())
                .filter(run -> run.setting().label().equals(label))
                .allMatch(run -> run.divergence().isEmpty());
    }

    /** Divergences that come from another instruction than their row expects, as text. */
    List<String> strangers() {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            MatrixSpec.Row row = spec.rows().get(i);
            for (ExperimentResult.Run run : results.get(i).runs()) {
                Optional<Divergence> divergence = run.divergence();
                boolean strange = divergence.isPresent()
                        && !row.culprit().isEmpty()
                        && !row.culprit().equalsIgnoreCase(divergence.get().mnemonic());
                if (strange) {
                    found.add(row.name() + " under " + run.setting().label() + ": "
                            + divergence.get().mnemonic());
                }
            }
        }
        return found;
    }

    @Override
    public boolean asExpected() {
        return spec.equivalent().stream().allMatch(this::equivalent)
                && strangers().isEmpty()
                && defined().stream().allMatch(ExperimentResult::asExpected);
    }

    @Override
    public String text() {
        return new MatrixTable(this).render();
    }

    @Override
    public String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("matrix", spec.title());
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("row", spec.rows().get(i).name());
            List<Object> cells = new ArrayList<>();
            results.get(i).runs().forEach(run -> cells.add(ResultJson.run(run)));
            row.put("settings", cells);
            rows.add(row);
        }
        map.put("rows", rows);
        map.put("asExpected", asExpected());
        return Json.write(map);
    }
}

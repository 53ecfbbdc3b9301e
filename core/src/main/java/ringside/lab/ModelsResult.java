package ringside.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.machine.devices.disk.BlockRequest;
import ringside.observe.Json;

/** What the same requests came to on each way, and whether the ways were alike. */
public record ModelsResult(ModelsSpec spec, List<Column> columns) implements Report {
    /** The figures, in the order of the table. */
    static final List<String> ROWS = List.of(
            "exits",
            "hypercalls",
            "deviceInterrupts",
            "notifications",
            "bytesCopied",
            "worldSwitches",
            "instructions",
            "cycles");

    /** One way with its two runs. */
    record Column(String name, DiskRun few, DiskRun many) {}

    public ModelsResult {
        columns = List.copyOf(columns);
    }

    /** A figure of one way, for all its requests. */
    public long figure(String way, String row) {
        return columns.stream()
                .filter(column -> column.name.equals(way))
                .mapToLong(column -> figure(column, row))
                .findFirst()
                .orElseThrow();
    }

    long figure(Column column, String row) {
        return row.equals("cycles")
                ? spec.costs().price(column.many.activity()).cycles()
                        - spec.costs().price(column.few.activity()).cycles()
                : column.many.figures().getOrDefault(row, 0L)
                        - column.few.figures().getOrDefault(row, 0L);
    }

    /** Where a way parts from the first one; nothing where they are alike. */
    Optional<String> difference(Column column) {
        Column first = columns.getFirst();
        List<BlockRequest> a = first.many.requests(), b = column.many.requests();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            String here = i < b.size() ? b.get(i).toString() : "none";
            String there = i < a.size() ? a.get(i).toString() : "none";
            if (!here.equals(there)) {
                return Optional.of("request " + (i + 1) + " is " + here + ", of '" + first.name + "' " + there);
            }
        }
        for (int i = 0; i < first.many.contents().size(); i++) {
            int at = Arrays.mismatch(
                    first.many.contents().get(i), column.many.contents().get(i));
            if (at >= 0) {
                return Optional.of(String.format(
                        "byte %x of disk %d is %02x, of '%s' %02x",
                        at,
                        i,
                        column.many.contents().get(i)[at],
                        first.name,
                        first.many.contents().get(i)[at]));
            }
        }
        return Optional.empty();
    }

    boolean alike() {
        return columns.stream().allMatch(column -> difference(column).isEmpty());
    }

    boolean holds(ModelsSpec.Bound bound) {
        return figure(bound.way(), bound.row()) <= bound.factor() * figure(bound.of(), bound.row());
    }

    boolean ended() {
        return columns.stream()
                .allMatch(column -> column.few.stopped().equals("halt")
                        && column.many.stopped().equals("halt"));
    }

    @Override
    public boolean asExpected() {
        return ended() && (!spec.alike() || alike()) && spec.bounds().stream().allMatch(this::holds);
    }

    @Override
    public String text() {
        return new ModelsTable(this).render();
    }

    @Override
    public String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("models", spec.title());
        map.put("server", spec.server().title());
        map.put("requests", spec.requests());
        List<Object> ways = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            Map<String, Object> way = new LinkedHashMap<>();
            way.put("way", column.name);
            way.put("setting", spec.ways().get(i).setting().label());
            way.put("stopped", column.many.stopped());
            ROWS.forEach(row -> way.put(row.equals("cycles") ? "modelledCycles" : row, figure(column, row)));
            way.put("difference", difference(column).orElse(null));
            ways.add(way);
        }
        map.put("ways", ways);
        List<Object> expectations = new ArrayList<>();
        for (ModelsSpec.Bound bound : spec.bounds()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("text", bound.text());
            one.put("held", holds(bound));
            expectations.add(one);
        }
        map.put("expectations", expectations);
        map.put("asExpected", asExpected());
        return Json.write(map);
    }
}

package ringside.lab;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A guest with few and with many repetitions of something: the difference of the two runs is what one of them is made of.
 *
 * @param iterations how many more {@code many} has
 */
record Repeated(ExperimentSpec few, ExperimentSpec many, int iterations) {
    /**
     * One repetition under a setting.
     *
     * @param events by the words of the cost model; only what happened
     * @param counters what the mode, the memory strategy and the devices count, and {@code exits}; likewise
     * @param ends how the two runs ended
     */
    record Counted(Map<String, Double> events, Map<String, Double> counters, String ends) {}

    Counted under(Setting setting) {
        Recording first = new Recording(few, setting).run();
        Recording second = new Recording(many, setting).run();
        return new Counted(
                average(
                        first.machine.activity().asMap(),
                        second.machine.activity().asMap()),
                average(counters(first), counters(second)),
                end(first) + ", " + end(second));
    }

    private static Map<String, Long> counters(Recording run) {
        Map<String, Long> all = Trial.counters(run.machine);
        all.put("exits", run.machine.exits().total());
        return all;
    }

    private Map<String, Double> average(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Double> average = new LinkedHashMap<>();
        after.forEach((event, count) -> {
            double each = (count - before.getOrDefault(event, 0L)) / (double) iterations;
            if (each != 0) {
                average.put(event, each);
            }
        });
        return average;
    }

    /** Why a run ended and after how many instructions; a ported kernel has others than the bare machine's. */
    private static String end(Recording run) {
        boolean ported = run.setting.mode().equals("paravirtual");
        return run.stopped + (ported ? "" : " after " + run.machine.retired());
    }
}

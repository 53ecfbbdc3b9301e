package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ringside.error.RingsideException;
import ringside.lab.road.HeatMap;
import ringside.lab.road.Place;
import ringside.lab.road.Road;

/**
 * The answer to a {@link Question} under one setting.
 *
 * @param title what it is of, in a line
 * @param heading what it is of and where the guest stands, in lines
 * @param road of an address, where one was asked for
 * @param heat where that was
 */
public record Explained(Setting setting, String title, String heading, Optional<Road> road, Optional<HeatMap> heat) {
    /** In words. */
    public String text() {
        return heading + road.map(Road::text).or(() -> heat.map(HeatMap::text)).orElse("the bare machine has no VMM\n");
    }

    /** As a picture, SVG; empty where there is nothing to draw. */
    public String svg() {
        return road.map(one -> one.svg(title))
                .or(() -> heat.map(one -> one.svg(title)))
                .orElse("");
    }

    /** As data: what JSON is made of. */
    public Map<String, Object> data() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("setting", setting.label());
        map.put("title", title);
        map.put("road", road.map(Road::json).orElse(null));
        map.put("heat", heat.map(HeatMap::json).orElse(null));
        return map;
    }

    /** Answers all questions of an experiment, in order. */
    static List<Explained> of(ExperimentSpec spec) {
        Map<List<Object>, Explanation> runs = new LinkedHashMap<>();
        List<Explained> answers = new ArrayList<>();
        for (Question question : spec.questions()) {
            for (Setting setting : question.under().isEmpty() ? spec.settings() : question.under()) {
                try {
                    Explanation run = runs.computeIfAbsent(
                            List.of(setting, question.until()), key -> Explanation.of(spec, setting, question.until()));
                    answers.add(question.heat() ? heat(run, setting) : road(run, setting, question));
                } catch (RingsideException e) {
                    throw e.where().isEmpty() ? new RingsideException(e.what(), question.where(), e.remedy(), e) : e;
                }
            }
        }
        return answers;
    }

    private static Explained heat(Explanation run, Setting setting) {
        return new Explained(setting, run.title(), run.heading("heat"), Optional.empty(), run.heat());
    }

    private static Explained road(Explanation run, Setting setting, Question question) {
        Place place = run.place(question.address(), question.access());
        Road road = run.road(place);
        return new Explained(setting, run.title(place), run.heading(place), Optional.of(road), Optional.empty());
    }
}

package ringside.lab.road;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import ringside.guest.GuestImage;
import ringside.vmm.spi.Heat;

/**
 * Where in guest memory a VMM was kept busy, for a person: the busiest instructions with their lines, and maps of pages.
 *
 * @param heat what was counted
 * @param image says which line an instruction is of
 */
public record HeatMap(Heat heat, GuestImage image) {
    private static final int PAGE_SHIFT = 12;
    private static final String SCALE = ".:-=+*#%@";
    private static final int ROW = 64, LISTED = 12;

    /** An instruction, how often it exited, how often it took a hidden fault, and for what. */
    public record Spot(int la, long exits, long hidden, SortedMap<String, Long> reasons) {
        /** Both together. */
        public long total() {
            return exits + hidden;
        }
    }

    /** A map of pages: how often each, by address. */
    public record Pages(String title, SortedMap<Integer, Long> counts) {
        public long total() {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** All instructions that brought the VMM in, the busiest first. */
    public List<Spot> spots() {
        List<Spot> spots = new ArrayList<>();
        heat.instructions().forEach((la, reasons) -> {
            long hidden = reasons.entrySet().stream()
                    .filter(reason -> reason.getKey().startsWith("hidden "))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            long all = reasons.values().stream().mapToLong(Long::longValue).sum();
            spots.add(new Spot(la, all - hidden, hidden, reasons));
        });
        // equals stay in the order of their addresses
        spots.sort(Comparator.comparingLong(Spot::total).reversed());
        return spots;
    }

    /** The maps that are not empty. */
    public List<Pages> maps() {
        List<Pages> maps = List.of(
                new Pages("exits and hidden faults, by page of the code (LA)", heat.codePages()),
                new Pages("those that touched memory, by page touched (PA)", heat.touchedPages()),
                new Pages("page faults of the guest's own, by page (LA)", heat.faultedPages()));
        return maps.stream().filter(map -> !map.counts().isEmpty()).toList();
    }

    /** The script line of an instruction or the label before it, or nothing. */
    String origin(int la) {
        return new Origin(image).of(la);
    }

    /** The list and the maps, the same bytes each time. */
    public String text() {
        StringJoiner text = new StringJoiner("\n", "", "\n");
        text.add("exits " + sum(heat.exits()) + ", hidden faults " + sum(heat.hidden()));
        List<Spot> spots = spots();
        if (!spots.isEmpty()) {
            text.add("");
            text.add("by instruction" + " ".repeat(37) + "exits   hidden");
        }
        for (Spot spot : spots.subList(0, Math.min(LISTED, spots.size()))) {
            StringJoiner reasons = new StringJoiner(", ");
            spot.reasons().forEach((name, count) -> reasons.add(name + " " + count));
            text.add(String.format(
                            "  %08x  %-36s %8s %8s  %s",
                            spot.la(), origin(spot.la()), count(spot.exits()), count(spot.hidden()), reasons)
                    .stripTrailing());
        }
        if (spots.size() > LISTED) {
            long rest = spots.subList(LISTED, spots.size()).stream()
                    .mapToLong(Spot::total)
                    .sum();
            text.add("  " + (spots.size() - LISTED) + " other instructions: " + rest);
        }
        maps().forEach(map -> map(map, text));
        if (!spots.isEmpty()) {
            text.add("");
            text.add("A character is a page: . one, each next of \"" + SCALE + "\" four times as many.");
        }
        return text.toString();
    }

    /** The same as a picture, SVG; {@code title} stands above it. */
    public String svg(String title) {
        return new HeatPicture(this, title).svg();
    }

    /** As data: sums by reason, and every instruction. */
    public Map<String, Object> json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("exits", heat.exits());
        map.put("hiddenFaults", heat.hidden());
        List<Object> instructions = new ArrayList<>();
        for (Spot spot : spots()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("la", Integer.toUnsignedLong(spot.la()));
            one.put("origin", origin(spot.la()).isEmpty() ? null : origin(spot.la()));
            one.put("reasons", spot.reasons());
            instructions.add(one);
        }
        map.put("instructions", instructions);
        return map;
    }

    private static String count(long count) {
        return count == 0 ? "." : Long.toString(count);
    }

    static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void map(Pages map, StringJoiner text) {
        text.add("");
        text.add(map.title() + ": " + map.total());
        SortedMap<Integer, StringBuilder> rows = new TreeMap<>(Integer::compareUnsigned);
        map.counts().forEach((at, count) -> {
            int page = at >>> PAGE_SHIFT;
            rows.computeIfAbsent(page / ROW * ROW, row -> new StringBuilder(" ".repeat(ROW)))
                    .setCharAt(page % ROW, SCALE.charAt(level(count)));
        });
        rows.forEach((row, marks) -> text.add(String.format("  %08x |%s|", row << PAGE_SHIFT, marks)));
    }

    /** How hot: 0 to 8, a step for each four times. */
    static int level(long count) {
        return Math.min((63 - Long.numberOfLeadingZeros(count)) / 2, SCALE.length() - 1);
    }
}

package ringside.lab.road;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import ringside.lab.chart.Canvas;

/** A heat map as a picture: the busiest instructions as bars, and maps of pages, the hotter the darker. */
final class HeatPicture {
    private static final int WIDTH = 980, MARGIN = 24, HEAD = 64, BAR = 18, LISTED = 12, LABEL = 330, NOTE = 240;
    private static final int CELL = 12, ROW_PAGES = 64, MAP_HEAD = 34, MAP_GAP = 22, MAP_LEFT = 90, PAGE_SHIFT = 12;
    /** From cold to hot, told apart in print too. */
    private static final List<String> SHADES =
            List.of("#ffeda0", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c", "#bd0026", "#800026", "#400013");

    private final HeatMap map;
    private final String title;

    HeatPicture(HeatMap map, String title) {
        this.map = map;
        this.title = title;
    }

    String svg() {
        List<HeatMap.Spot> spots = map.spots();
        List<HeatMap.Spot> listed = spots.subList(0, Math.min(LISTED, spots.size()));
        int maps = map.maps().stream().mapToInt(HeatPicture::height).sum();
        Canvas canvas = new Canvas(WIDTH, HEAD + BAR * (listed.size() + 1) + maps + 70);
        canvas.text(MARGIN, 30, "start", "font-size=\"16\" font-weight=\"bold\"", title);
        canvas.text(
                MARGIN,
                50,
                "start",
                "",
                "exits " + HeatMap.sum(map.heat().exits()) + ", hidden faults "
                        + HeatMap.sum(map.heat().hidden()) + ", by instruction");
        int y = HEAD;
        long most = listed.isEmpty() ? 1 : listed.getFirst().total();
        for (HeatMap.Spot spot : listed) {
            bar(canvas, spot, y, most);
            y += BAR;
        }
        y += BAR;
        for (HeatMap.Pages pages : map.maps()) {
            pages(canvas, pages, y);
            y += height(pages);
        }
        legend(canvas, y + 10);
        return canvas.svg();
    }

    private void bar(Canvas canvas, HeatMap.Spot spot, int y, long most) {
        canvas.text(
                MARGIN,
                y + 13,
                "start",
                "font-family=\"monospace\" font-size=\"11\"",
                String.format("%08x", spot.la()) + "  " + map.origin(spot.la()));
        double room = WIDTH - LABEL - NOTE - 2.0 * MARGIN;
        double exits = room * spot.exits() / most;
        double hidden = room * spot.hidden() / most;
        canvas.box(MARGIN + LABEL, y + 3, exits, BAR - 6.0, "fill=\"#0072b2\"");
        canvas.box(MARGIN + LABEL + exits, y + 3, hidden, BAR - 6.0, "fill=\"#e69f00\"");
        StringBuilder reasons = new StringBuilder();
        spot.reasons()
                .forEach((name, count) -> reasons.append(reasons.isEmpty() ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(count));
        String note = reasons.length() > 44 ? reasons.substring(0, 42) + " ..." : reasons.toString();
        canvas.text(MARGIN + LABEL + exits + hidden + 6, y + 13, "start", "font-size=\"11\"", note);
    }

    private static TreeSet<Integer> rows(HeatMap.Pages pages) {
        TreeSet<Integer> rows = new TreeSet<>();
        pages.counts().keySet().forEach(at -> rows.add((at >>> PAGE_SHIFT) / ROW_PAGES));
        return rows;
    }

    private static int height(HeatMap.Pages pages) {
        return MAP_HEAD + rows(pages).size() * (CELL + 2) + MAP_GAP;
    }

    private void pages(Canvas canvas, HeatMap.Pages pages, int y) {
        canvas.text(MARGIN, y + 14, "start", "font-weight=\"bold\"", pages.title() + ": " + pages.total());
        int top = y + MAP_HEAD - 8;
        for (int row : rows(pages)) {
            canvas.text(
                    MARGIN,
                    top + 10,
                    "start",
                    "font-family=\"monospace\" font-size=\"11\"",
                    String.format("%08x", row * ROW_PAGES << PAGE_SHIFT));
            canvas.box(MARGIN + MAP_LEFT, top, ROW_PAGES * CELL, CELL, "fill=\"#f7f7f7\" stroke=\"#dddddd\"");
            for (Map.Entry<Integer, Long> page : pages.counts().entrySet()) {
                int number = page.getKey() >>> PAGE_SHIFT;
                if (number / ROW_PAGES == row) {
                    canvas.box(
                            MARGIN + MAP_LEFT + number % ROW_PAGES * CELL,
                            top,
                            CELL,
                            CELL,
                            "stroke=\"#999999\" fill=\"" + SHADES.get(HeatMap.level(page.getValue())) + "\"");
                }
            }
            top += CELL + 2;
        }
    }

    private static void legend(Canvas canvas, int y) {
        canvas.box(MARGIN, y, CELL, CELL, "fill=\"#0072b2\"");
        canvas.text(MARGIN + 18, y + 10, "start", "font-size=\"11\"", "exits");
        canvas.box(MARGIN + 70, y, CELL, CELL, "fill=\"#e69f00\"");
        canvas.text(MARGIN + 88, y + 10, "start", "font-size=\"11\"", "hidden faults");
        int x = MARGIN + 200;
        canvas.text(x, y + 10, "start", "font-size=\"11\"", "a page, from");
        long from = 1;
        x += 76;
        for (String shade : SHADES) {
            canvas.box(x, y, CELL, CELL, "stroke=\"#999999\" fill=\"" + shade + "\"");
            canvas.text(x + 16, y + 10, "start", "font-size=\"11\"", Long.toString(from));
            x += 26 + 7 * Long.toString(from).length();
            from *= 4;
        }
        canvas.text(x, y + 10, "start", "font-size=\"11\"", "on; rows without any are left out");
    }
}

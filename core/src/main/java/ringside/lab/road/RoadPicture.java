package ringside.lab.road;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import ringside.lab.chart.Canvas;
import ringside.machine.paging.WalkTrace;
import ringside.machine.paging.WalkTrace.Entry;
import ringside.machine.paging.WalkTrace.Outcome;
import ringside.machine.paging.WalkTrace.Table;

/**
 * A road as a picture: a lane for the guest's own tables, one for what the real processor walks in their place; with nested
 * tables one lane alone, where each address of the guest's goes down through the second dimension.
 */
final class RoadPicture {
    private static final int MARGIN = 24, COLUMN = 262, GAP = 34, HEAD = 96, LANE_HEAD = 70;
    private static final int SMALL = 38, SMALL_GAP = 12, BIG = 116, LANE_GAP = 34, FOOT = 84;
    private static final int WRITER_WIDTH = 46, VERDICT_WIDTH = 110;

    /** How entries of a kind look. */
    private enum Look {
        GUEST("#0072b2", "#eaf3fa", "the guest's own tables"),
        REAL("#d55e00", "#fdf0e6", "tables of the VMM that the real processor walks"),
        NESTED("#009e73", "#e6f5f0", "nested tables, PA to MA"),
        PAGE("#555555", "#f2f2f2", "segment and page"),
        END("#c00000", "#fbe4e4", "where the road ends");

        private final String line;
        private final String fill;
        private final String words;

        Look(String line, String fill, String words) {
            this.line = line;
            this.fill = fill;
            this.words = words;
        }

        String box() {
            return "rx=\"4\" fill=\"" + fill + "\" stroke=\"" + line + "\" stroke-width=\"1.5\"";
        }
    }

    /** An address, the nested entries on its way, and what lies there: an entry, or null for the end of the lane. */
    private record Column(String address, List<Road.Step> way, Road.Step entry) {}

    /** What is drawn in a row. */
    private record Lane(String title, Road.Tables tables, List<Column> columns, boolean numbered, List<String> end) {}

    private final Road road;
    private final String title;
    private final List<Lane> lanes = new ArrayList<>();
    private Canvas canvas;
    private final Set<Look> used = EnumSet.noneOf(Look.class);
    private int number;
    /** The entry that ends the road, or null. */
    private Entry last;

    RoadPicture(Road road, String title) {
        this.road = road;
        this.title = title;
    }

    String svg() {
        if (road.segmentFault().isEmpty()) {
            lanes();
        }
        int columns = lanes.stream().mapToInt(lane -> lane.columns.size()).max().orElse(3);
        int width = 2 * MARGIN + Math.max(columns, 3) * (COLUMN + GAP) - GAP;
        int height = HEAD + lanes.stream().mapToInt(RoadPicture::height).sum() + FOOT;
        canvas = new Canvas(width, height);
        arrowHead();
        head();
        int y = HEAD;
        for (Lane lane : lanes) {
            draw(lane, y);
            y += height(lane);
        }
        foot(y);
        return canvas.svg();
    }

    // ---- what there is to draw

    private void lanes() {
        boolean inlined = road.real().map(Road.Real::guestsOwn).orElse(false);
        boolean alone = road.real().isEmpty() || inlined;
        WalkTrace decides =
                road.real().map(Road.Real::tables).orElse(road.guest()).walk();
        boolean trueFault = road.trueFault().isPresent();
        last = ending(trueFault ? road.guest().walk() : decides);
        List<Column> guest = columns(List.of(Road.Part.NESTED, Road.Part.GUEST), inlined && !trueFault);
        String name = inlined ? "the guest's own tables, each address through nested ones" : "the guest's own tables";
        lanes.add(new Lane(name, road.guest(), guest, alone, inlined && !trueFault ? realEnd() : guestEnd()));
        if (!alone) {
            Road.Real real = road.real().orElseThrow();
            lanes.add(new Lane(
                    "what the real processor walks",
                    real.tables(),
                    columns(List.of(Road.Part.REAL), true),
                    true,
                    realEnd()));
        }
    }

    private List<Column> columns(List<Road.Part> parts, boolean withPage) {
        List<Column> columns = new ArrayList<>();
        List<Road.Step> way = new ArrayList<>();
        for (Road.Step step : road.steps()) {
            if (parts.contains(step.part())) {
                if (step.entry().table().nested()) {
                    way.add(step);
                } else {
                    columns.add(new Column(place(step), List.copyOf(way), step));
                    way.clear();
                }
            }
        }
        List<Road.Step> toPage = withPage
                ? road.steps().stream()
                        .filter(step -> step.part() == Road.Part.PAGE)
                        .toList()
                : List.of();
        columns.add(new Column(toPage.isEmpty() ? "" : pageAddress(), toPage, null));
        return columns;
    }

    private static String place(Road.Step step) {
        return String.format(
                step.ofGuest() || !step.entry().way().isEmpty() ? "PA %08x" : "MA %08x",
                step.entry().at());
    }

    private String pageAddress() {
        return road.guest()
                .walk()
                .page()
                .map(page -> String.format("PA %08x", page.pa()))
                .orElse("");
    }

    private static Entry ending(WalkTrace walk) {
        if (walk.outcome() instanceof Outcome.Page) {
            return null;
        }
        if (!walk.way().isEmpty()) {
            return walk.way().getLast();
        }
        return walk.entries().isEmpty() ? null : walk.entries().getLast();
    }

    private List<String> guestEnd() {
        if (road.trueFault().isPresent()) {
            return List.of("a true fault", EntryText.fault(road.trueFault().get()));
        }
        return List.of(pageAddress(), RoadText.answer(road));
    }

    private List<String> realEnd() {
        WalkTrace walk = road.real().orElseThrow().tables().walk();
        return switch (walk.outcome()) {
            case Outcome.Page(int pa, int ma) -> List.of(String.format("MA %08x", ma), RoadText.answer(road));
            case Outcome.Fault(int error) -> List.of("the VMM's, hidden from the guest:", EntryText.fault(error));
            case Outcome.Violation(int pa, int access, int allowed) ->
                List.of("a violation of the nested tables", String.format("at PA %08x", pa));
            case Outcome.Misconfiguration(int pa) ->
                List.of("a misconfiguration of the nested tables", String.format("at PA %08x", pa));
        };
    }

    // ---- drawing

    private static int height(Lane lane) {
        int deepest = lane.columns.stream()
                .mapToInt(column -> column.way.size())
                .max()
                .orElse(0);
        return LANE_HEAD + deepest * (SMALL + SMALL_GAP) + BIG + LANE_GAP;
    }

    private void arrowHead() {
        canvas.add(
                "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\""
                        + " markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#333333\"/></marker></defs>");
    }

    private void arrow(double x1, double y1, double x2, double y2) {
        canvas.add(
                "<path d=\"M%.1f %.1f L%.1f %.1f\" fill=\"none\" stroke=\"#333333\" marker-end=\"url(#tip)\"/>",
                x1, y1, x2, y2);
    }

    private void head() {
        canvas.text(MARGIN, 30, "start", "font-size=\"16\" font-weight=\"bold\"", title);
        String segment = road.segment()
                .map(s -> String.format("%s %04x: base %08x, limit %08x", s.name(), s.selector(), s.base(), s.limit()))
                .orElse("no segment: a linear address");
        Look look = road.segmentFault().isEmpty() ? Look.PAGE : Look.END;
        canvas.box(MARGIN, 46, 330, 30, box(look));
        mono(MARGIN + 10, 65, segment, 12);
        arrow(MARGIN + 330, 61, MARGIN + 364, 61);
        String la = road.segmentFault().isEmpty() ? String.format("LA %08x", road.la()) : road.segmentFault();
        mono(MARGIN + 372, 65, la, 13);
    }

    private void draw(Lane lane, int y) {
        canvas.text(MARGIN, y + 14, "start", "font-size=\"13\" font-weight=\"bold\"", lane.title);
        if (lane.tables.paging()) {
            mono(MARGIN, y + 34, String.format("CR3 %08x   %s", lane.tables.root(), lane.tables.rights()), 12);
            fields(lane.tables, MARGIN + 400, y + 20);
        } else {
            canvas.text(MARGIN, y + 34, "start", "", "paging is off: PA = LA");
        }
        int deepest = lane.columns.stream()
                .mapToInt(column -> column.way.size())
                .max()
                .orElse(0);
        int top = y + LANE_HEAD;
        int bottom = top + deepest * (SMALL + SMALL_GAP);
        for (int i = 0; i < lane.columns.size(); i++) {
            int x = MARGIN + i * (COLUMN + GAP);
            Column column = lane.columns.get(i);
            int from = bottom - column.way.size() * (SMALL + SMALL_GAP);
            if (i > 0) {
                double into = column.way.isEmpty() ? bottom + BIG / 2.0 : from + SMALL / 2.0;
                arrow(x - GAP, bottom + BIG / 2.0, x - 2, into);
            }
            if (!column.way.isEmpty()) {
                mono(x + 2, from - 6, column.address, 11);
            }
            for (Road.Step nested : column.way) {
                small(nested, x, from);
                arrow(x + COLUMN / 2.0, from + SMALL, x + COLUMN / 2.0, from + SMALL + SMALL_GAP - 1);
                from += SMALL + SMALL_GAP;
            }
            if (column.entry == null) {
                end(lane.end, x, bottom);
            } else {
                big(column, lane.numbered, x, bottom);
            }
        }
    }

    /** The linear address cut into the indexes of its tables. */
    private void fields(Road.Tables tables, int x, int y) {
        List<String> parts = new ArrayList<>();
        for (Entry entry : tables.walk().entries()) {
            parts.add(EntryText.name(entry));
        }
        int shift =
                tables.walk().entries().stream().mapToInt(Entry::shift).max().orElse(0);
        int offset = road.la() & (1 << (shift == 0 ? 12 : shift)) - 1;
        parts.add(shift == 0 ? "..." : String.format("offset %03x", offset));
        for (String part : parts) {
            canvas.box(x, y, 96, 20, "fill=\"white\" stroke=\"#999999\"");
            canvas.text(x + 48, y + 14, "middle", "font-family=\"monospace\" font-size=\"11\"", part);
            x += 96;
        }
    }

    /** How to draw a box of this kind, which the legend then explains. */
    private String box(Look look) {
        used.add(look);
        return look.box();
    }

    private Look look(Road.Step step) {
        if (step.entry() == last) {
            return Look.END;
        }
        return step.entry().table().nested() ? Look.NESTED : step.ofGuest() ? Look.GUEST : Look.REAL;
    }

    private void small(Road.Step step, int x, int y) {
        canvas.box(x, y, COLUMN, SMALL, box(look(step)));
        mono(x + 8, y + 15, ++number + "  " + EntryText.name(step.entry()), 11);
        right(x + COLUMN - 8, y + 15, String.format("MA %08x", step.ma()));
        mono(x + 8, y + 31, EntryText.target(step.entry()) + "  " + EntryText.flags(step.entry()), 11);
    }

    private void big(Column column, boolean numbered, int x, int y) {
        Road.Step step = column.entry;
        Entry entry = step.entry();
        boolean inRegister = entry.table() == Table.PDPTE;
        boolean known = step.ofGuest() || entry.ma() >= 0;
        String prefix = numbered && known && !inRegister ? ++number + "  " : "";
        canvas.box(x, y, COLUMN, BIG, box(look(step)));
        bold(x + 8, y + 17, prefix + EntryText.name(entry));
        right(x + COLUMN - 8, y + 17, column.address);
        if (step.ma() >= 0 && step.ma() != entry.at()) {
            right(x + COLUMN - 8, y + 33, String.format("MA %08x", step.ma()));
        }
        if (known) {
            mono(x + 8, y + 33, EntryText.bits(entry), 11);
            mono(x + 8, y + 49, EntryText.target(entry) + "  " + EntryText.flags(entry), 11);
        } else {
            mono(x + 8, y + 49, "not reached", 11);
        }
        int line = y + 66;
        for (String who : step.writer()) {
            for (String part : RoadText.wrapped(who, WRITER_WIDTH)) {
                if (line < y + BIG) {
                    canvas.text(x + 8, line, "start", "font-size=\"10\" fill=\"#444444\"", part);
                    line += 12;
                }
            }
        }
    }

    private void end(List<String> words, int x, int y) {
        boolean fault = !words.getFirst().matches("[PM]A .*");
        canvas.box(x, y, COLUMN, BIG, box(fault ? Look.END : Look.PAGE));
        bold(x + 8, y + 20, words.getFirst());
        int line = y + 40;
        for (String part : RoadText.wrapped(words.getLast(), 38)) {
            canvas.text(x + 8, line, "start", "font-size=\"12\"", part);
            line += 16;
        }
    }

    private void foot(int y) {
        int line = y + 4;
        for (String part : RoadText.wrapped("So " + new RoadText(road).verdict() + ".", VERDICT_WIDTH)) {
            canvas.text(MARGIN, line, "start", "font-size=\"13\"", part);
            line += 18;
        }
        int x = MARGIN;
        for (Look look : used) {
            canvas.box(x, y + 50, 14, 14, look.box());
            canvas.text(x + 20, y + 61, "start", "font-size=\"11\"", look.words);
            x += 40 + look.words.length() * 6;
        }
    }

    private void mono(double x, double y, String text, int size) {
        canvas.text(x, y, "start", "font-family=\"monospace\" font-size=\"" + size + "\" xml:space=\"preserve\"", text);
    }

    private void bold(double x, double y, String text) {
        canvas.text(x, y, "start", "font-size=\"12\" font-weight=\"bold\" xml:space=\"preserve\"", text);
    }

    private void right(double x, double y, String text) {
        canvas.text(x, y, "end", "font-family=\"monospace\" font-size=\"11\"", text);
    }
}

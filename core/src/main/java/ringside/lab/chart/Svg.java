package ringside.lab.chart;

import java.util.List;
import java.util.Locale;

/** Draws charts below each other as one SVG picture; axes begin at zero. */
public final class Svg {
    private static final int WIDTH = 760, HEIGHT = 440, LEFT = 90, TOP = 50, RIGHT = 200, BOTTOM = 60;
    private static final int PLOT_WIDTH = WIDTH - LEFT - RIGHT, PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
    private static final int STEPS = 5;
    /** Told apart by those who see no red or green too. */
    private static final List<String> COLOURS =
            List.of("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    private final Canvas out;

    private Svg(Canvas out) {
        this.out = out;
    }

    /** One picture of {@code charts}. */
    public static String of(List<Chart> charts) {
        Svg svg = new Svg(new Canvas(WIDTH, HEIGHT * charts.size()));
        for (int i = 0; i < charts.size(); i++) {
            svg.out.add("<g transform=\"translate(0 %d)\">", i * HEIGHT);
            svg.draw(charts.get(i));
            svg.out.add("</g>");
        }
        return svg.out.svg();
    }

    private void draw(Chart chart) {
        double unitX = step(chart.highestX());
        double unitY = step(chart.highestY());
        Scale scale = new Scale(
                PLOT_WIDTH / (unitX * Math.ceil(chart.highestX() / unitX)),
                PLOT_HEIGHT / (unitY * Math.ceil(chart.highestY() / unitY)));
        out.text(LEFT, TOP - 20, "start", "font-size=\"15\"", chart.title());
        axes(chart, scale, unitX, unitY);
        for (int i = 0; i < chart.series().size(); i++) {
            series(chart.series().get(i), scale, COLOURS.get(i % COLOURS.size()), i);
        }
        for (Chart.Dot mark : chart.marks()) {
            out.add(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" fill=\"none\" stroke=\"black\"/>",
                    scale.x(mark.x()), scale.y(mark.y()));
            out.text(scale.x(mark.x()) + 9, scale.y(mark.y()) + 14, "start", "", number(mark.x()));
        }
    }

    private record Scale(double perX, double perY) {
        double x(double value) {
            return LEFT + value * perX;
        }

        double y(double value) {
            return TOP + PLOT_HEIGHT - value * perY;
        }
    }

    /** A round distance of which about {@link #STEPS} reach {@code highest}. */
    private static double step(double highest) {
        double rough = Math.max(highest, 1e-9) / STEPS;
        double decade = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double round : new double[] {1, 2, 5}) {
            if (round * decade >= rough) {
                return round * decade;
            }
        }
        return 10 * decade;
    }

    private void axes(Chart chart, Scale scale, double unitX, double unitY) {
        for (double x = 0; scale.x(x) < LEFT + PLOT_WIDTH + 1; x += unitX) {
            rule(scale.x(x), TOP, scale.x(x), TOP + PLOT_HEIGHT);
            out.text(scale.x(x), TOP + PLOT_HEIGHT + 18, "middle", "", number(x));
        }
        for (double y = 0; scale.y(y) > TOP - 1; y += unitY) {
            rule(LEFT, scale.y(y), LEFT + PLOT_WIDTH, scale.y(y));
            out.text(LEFT - 8, scale.y(y) + 4, "end", "", number(y));
        }
        out.text(LEFT + PLOT_WIDTH / 2.0, TOP + PLOT_HEIGHT + 42, "middle", "", chart.x());
        out.text(LEFT - 8, TOP - 6, "end", "", chart.y());
    }

    private void rule(double x1, double y1, double x2, double y2) {
        out.add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>", x1, y1, x2, y2);
    }

    private void series(Chart.Series series, Scale scale, String colour, int index) {
        StringBuilder points = new StringBuilder();
        for (Chart.Dot dot : series.dots()) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", scale.x(dot.x()), scale.y(dot.y())));
        }
        out.add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                points.toString().strip(), colour);
        int y = TOP + 14 + 20 * index;
        int x = LEFT + PLOT_WIDTH + 14;
        out.add(
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2\"/>",
                x, y - 4, x + 18, y - 4, colour);
        out.text(x + 24, y, "start", "", series.name());
    }

    private static String number(double value) {
        boolean whole = Math.abs(value - Math.rint(value)) < 1e-6;
        return whole ? Long.toString(Math.round(value)) : String.format(Locale.ROOT, "%.1f", value);
    }
}

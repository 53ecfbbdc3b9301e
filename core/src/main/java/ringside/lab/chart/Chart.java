package ringside.lab.chart;

import java.util.List;
import java.util.stream.Stream;

/**
 * Lines over one quantity.
 *
 * @param x what the quantity is, {@code y} what the lines tell of it
 * @param marks points to be pointed at: where two lines cross
 */
public record Chart(String title, String x, String y, List<Series> series, List<Dot> marks) {
    /** A point of a line. */
    public record Dot(double x, double y) {}

    /** A line, its dots in the order of x. */
    public record Series(String name, List<Dot> dots) {
        public Series {
            dots = List.copyOf(dots);
        }
    }

    public Chart {
        series = List.copyOf(series);
        marks = List.copyOf(marks);
    }

    Stream<Dot> dots() {
        return series.stream().flatMap(line -> line.dots().stream());
    }

    double highestX() {
        return dots().mapToDouble(Dot::x).max().orElse(1);
    }

    double highestY() {
        return dots().mapToDouble(Dot::y).max().orElse(1);
    }
}

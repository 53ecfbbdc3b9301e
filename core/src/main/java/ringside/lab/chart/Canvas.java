package ringside.lab.chart;

import java.util.Locale;

/** A picture that is being drawn: SVG, the same bytes each time. */
public final class Canvas {
    private final StringBuilder out = new StringBuilder();
    private final int width;
    private final int height;

    /** An empty white picture. */
    public Canvas(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** Adds a line of SVG, numbers written as everywhere. */
    public void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /**
     * A line of text.
     *
     * @param anchor {@code start}, {@code middle} or {@code end}: what of it lies at {@code x}
     * @param more further attributes
     */
    public void text(double x, double y, String anchor, String more, String text) {
        String plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>", x, y, anchor, more, plain);
    }

    /** A rectangle; {@code more} says how it is filled and bordered. */
    public void box(double x, double y, double boxWidth, double boxHeight, String more) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>", x, y, boxWidth, boxHeight, more);
    }

    /** The whole picture. */
    public String svg() {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\""
                                + " viewBox=\"0 0 %1$d %2$d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                                + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"white\"/>\n",
                        width,
                        height)
                + out
                + "</svg>\n";
    }
}

/**
 * Pictures of results: lines over a quantity, and the canvas that every picture of the laboratory is drawn on.
 *
 * <p>A {@link ringside.lab.chart.Chart} is data: series of dots, and marks where something is to be seen; {@link
 * ringside.lab.chart.Svg} draws it. The picture is text with the same bytes each time, like everything that the laboratory
 * says, so that it can be compared and kept beside the script; nothing is asked of fonts or screens.
 */
package ringside.lab.chart;

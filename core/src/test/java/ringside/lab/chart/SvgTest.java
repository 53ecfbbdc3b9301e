package ringside.lab.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SvgTest {
    private static final Chart CHART = new Chart(
            "this < that & more",
            "misses",
            "cycles",
            List.of(
                    new Chart.Series("rising", List.of(new Chart.Dot(0, 0), new Chart.Dot(100, 50))),
                    new Chart.Series("falling", List.of(new Chart.Dot(0, 50), new Chart.Dot(100, 0)))),
            List.of(new Chart.Dot(50, 25)));

    private static Document parsed(List<Chart> charts) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Svg.of(charts).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_line_goes_through_its_dots_and_a_mark_lies_on_it() throws Exception {
        Document picture = parsed(List.of(CHART));
        NodeList lines = picture.getElementsByTagName("polyline");
        assertThat(lines.getLength()).isEqualTo(2);
        assertThat(((Element) lines.item(0)).getAttribute("points")).isEqualTo("90.0,380.0 560.0,50.0");
        assertThat(((Element) lines.item(1)).getAttribute("points")).isEqualTo("90.0,50.0 560.0,380.0");
        Element mark = (Element) picture.getElementsByTagName("circle").item(0);
        assertThat(mark.getAttribute("cx")).isEqualTo("325.0");
        assertThat(mark.getAttribute("cy")).isEqualTo("215.0");
    }

    @Test
    void text_is_kept_as_it_is_whatever_signs_it_has() throws Exception {
        Document picture = parsed(List.of(CHART));
        assertThat(picture.getElementsByTagName("text").item(0).getTextContent())
                .isEqualTo("this < that & more");
    }

    @Test
    void several_charts_stand_below_each_other() throws Exception {
        Element one = parsed(List.of(CHART)).getDocumentElement();
        Element two = parsed(List.of(CHART, CHART)).getDocumentElement();
        assertThat(Integer.parseInt(two.getAttribute("height")))
                .isEqualTo(2 * Integer.parseInt(one.getAttribute("height")));
    }
}

package ringside.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    @Test
    void objects_take_lines_and_arrays_of_scalars_one() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", List.of(List.of(128, 4294967295L), List.of(244, 0)));
        map.put("rows", List.of(Map.of("held", true)));
        map.put("none", Map.of());
        assertThat(Json.write(map)).isEqualTo("""
                {
                  "z": 1,
                  "a": [[128, 4294967295], [244, 0]],
                  "rows": [
                    {
                      "held": true
                    }
                  ],
                  "none": {}
                }
                """);
    }

    @Test
    void text_is_escaped_and_doubles_have_three_places() {
        assertThat(Json.write(Arrays.asList("a\"b\\c\n\t\u0001é", 1.23456, Double.NaN, null)))
                .isEqualTo("[\"a\\\"b\\\\c\\n\\t\\u0001é\", 1.235, null, null]\n");
    }

    @Test
    void a_value_without_a_json_form_is_a_defect() {
        assertThatThrownBy(() -> Json.write('c')).isInstanceOf(IllegalArgumentException.class);
    }
}

package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;

/** Whatever is typed, the answer is a result or one message with the script's name. */
class MutilatedScriptsTest {
    private static final String SCRIPT = """
            def put(where) { mov dword[where + 4*ecx], -1 }
            def g = guest('g') {
                kernel {
                    again: dec eax
                    jnz short again
                    put ebx
                    mov eax, fs:[ebx + 8]
                    .here: lock inc byte[esi]
                    3.times { push it }
                    checkpoint 'c', eax, [esp]
                    db 'x', 0
                }
                interrupt 13, dpl: 3, { iretd }
            }
            experiment('e') {
                run g, under: [bare, deprivileged(ring: 3)]
                expect deprivileged(ring: 3).diverges(at: 'c', because: POPF)
            }
            """;

    private static List<int[]> tokens() {
        List<int[]> places = new ArrayList<>();
        Matcher matcher = Pattern.compile("\\w+|'[^']*'|[^\\s\\w]|\n").matcher(SCRIPT);
        while (matcher.find()) {
            places.add(new int[] {matcher.start(), matcher.end()});
        }
        return places;
    }

    private static List<int[]> everyThird() {
        List<int[]> all = tokens();
        return IntStream.range(0, all.size())
                .filter(i -> i % 3 == 0)
                .mapToObj(all::get)
                .toList();
    }

    private static boolean runs(String text) {
        try {
            Scripts.run(text);
            return true;
        } catch (RingsideException told) {
            assertThat(told.getMessage()).as(text).startsWith("(test.groovy").doesNotContain("$(", "\n");
            return false;
        }
    }

    @Test
    void the_script_itself_runs() {
        assertThat(runs(SCRIPT)).isTrue();
    }

    @Test
    void a_script_with_any_word_or_sign_left_out_runs_or_is_refused_in_one_line() {
        long ran = tokens().stream()
                .filter(place -> runs(SCRIPT.substring(0, place[0]) + SCRIPT.substring(place[1])))
                .count();
        assertThat(ran).isBetween(10L, tokens().size() / 2L);
    }

    @Test
    void a_script_with_a_word_or_sign_written_twice_runs_or_is_refused_in_one_line() {
        for (int[] place : everyThird()) {
            String word = SCRIPT.substring(place[0], place[1]);
            runs(SCRIPT.substring(0, place[1]) + " " + word + SCRIPT.substring(place[1]));
        }
    }

    @Test
    void a_script_cut_off_somewhere_runs_or_is_refused_in_one_line() {
        for (int[] place : everyThird()) {
            runs(SCRIPT.substring(0, place[1]));
        }
    }
}

package ringside.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearMissTest {
    private static final List<String> KNOWN = List.of("memory", "engine", "mode");

    @Test
    void a_swap_of_neighbours_is_one_mistake() {
        assertThat(NearMiss.distance("memroy", "memory")).isEqualTo(1);
        assertThat(NearMiss.of("memroy", KNOWN)).contains("memory");
    }

    @Test
    void a_word_far_from_all_has_no_suggestion() {
        assertThat(NearMiss.of("kernel", KNOWN)).isEmpty();
        assertThat(NearMiss.hint("kernel", KNOWN, "known: mode")).isEqualTo("known: mode");
    }

    @Test
    void case_is_not_a_mistake_and_one_letter_may_be_missing() {
        assertThat(NearMiss.of("MOD", KNOWN)).contains("mode");
        assertThat(NearMiss.hint("engin", KNOWN, "")).isEqualTo("did you mean 'engine'?");
    }
}

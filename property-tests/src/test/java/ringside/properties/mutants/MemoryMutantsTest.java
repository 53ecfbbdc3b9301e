package ringside.properties.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bug of the catalogue is found by random programs, and shown by a handful of their pieces. */
class MemoryMutantsTest {
    private static final int TRIES = 120, HANDFUL = 10;

    static Stream<Mutant> mutants() {
        return Mutant.all().stream();
    }

    @Test
    void each_component_of_a_cached_shadows_key_has_a_mutant_or_a_reason_to_have_none() throws ClassNotFoundException {
        for (String type : List.of(MemoryMutants.KEY, MemoryMutants.ROLE)) {
            for (RecordComponent component : Class.forName(type).getRecordComponents()) {
                String name = component.getName();
                boolean has = Mutant.all().stream().anyMatch(m -> m.name().equals("the key of a shadow lacks " + name));
                assertThat(has).as(name).isNotEqualTo(MemoryMutants.UNTOLD.containsKey(name));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void it_is_caught_and_shown_by_a_handful_of_pieces(Mutant mutant) throws ReflectiveOperationException {
        MutantLoader loader = new MutantLoader(mutant.edit());
        String caught = (String) loader.loadClass(MutantTrial.class.getName())
                .getMethod("run", String.class, String.class, int.class, int.class)
                .invoke(null, mutant.trial().name(), mutant.settings(), TRIES, HANDFUL);
        assertThat(loader.applied())
                .as("the edit of %s found its place", mutant.edit().place())
                .isTrue();
        assertThat(caught).as("%s", mutant).isNotEmpty();
        int pieces = Integer.parseInt(caught.substring(0, caught.indexOf(' ')));
        assertThat(pieces).as(caught).isLessThanOrEqualTo(HANDFUL);
    }
}

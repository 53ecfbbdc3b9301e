package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import ringside.error.RingsideException;
import ringside.vmm.Modes;

/** What people get wrong, and the whole message they get: {@code misuses.txt} holds script and message of each. */
class MisusesTest {
    private record Misuse(String name, String script, String message) {}

    @TestFactory
    Stream<DynamicTest> a_misuse_is_told_with_place_and_remedy() {
        return misuses().stream()
                .map(misuse -> DynamicTest.dynamicTest(misuse.name, () -> {
                    RingsideException told =
                            catchThrowableOfType(RingsideException.class, () -> Scripts.run(misuse.script));
                    assertThat(told).as(misuse.script).isNotNull();
                    assertThat(told).hasMessage(misuse.message);
                }));
    }

    @Test
    void there_are_more_than_a_hundred_misuses_and_each_names_script_and_line() {
        assertThat(misuses()).hasSizeGreaterThan(100);
        assertThat(misuses()).allSatisfy(m -> assertThat(m.message).matches("\\(test\\.groovy, line \\d+\\) .+"));
    }

    private static List<Misuse> misuses() {
        try (InputStream in = MisusesTest.class.getResourceAsStream("misuses.txt")) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(all.split("(?m)^=== "))
                    .filter(text -> !text.isBlank())
                    .map(MisusesTest::misuse)
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Misuse misuse(String text) {
        int title = text.indexOf('\n');
        int message = text.lastIndexOf("\n--- ");
        return new Misuse(
                text.substring(0, title), text.substring(title + 1, message), expected(text.substring(message + 5)));
    }

    /** {@code {modes}} stands for the modes there are. */
    private static String expected(String message) {
        return message.stripTrailing().replace("{modes}", String.join(", ", Modes.names()));
    }
}

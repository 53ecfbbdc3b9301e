package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnfinishedTest {
    @ParameterizedTest
    @ValueSource(strings = {"guest('a') {", "mov [ebx", "f(1,\n2", "/* a comment", "'''text", "def a = \\", "{ \"}\""})
    void these_want_another_line(String text) {
        assertThat(Unfinished.is(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "step 3",
                "guest('a') { hlt }",
                "x = '{'",
                "// {",
                "it's",
                "say \"\\\"{\"",
                "a }",
                "/* { */ 1"
            })
    void these_are_complete(String text) {
        assertThat(Unfinished.is(text)).isFalse();
    }
}

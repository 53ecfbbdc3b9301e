package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The guide of the language names what the language has. */
class GuideTest {
    @Test
    void the_table_of_privileged_operations_is_the_programs() throws IOException {
        Path root = Path.of(System.getProperty("ringside.root", ".."));
        assertThat(Files.readString(root.resolve("scripts/README.md")))
                .contains(String.join("\n", Operations.reference()));
    }
}

package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every script of the project prints what the file beside it holds, byte for byte. */
class ScriptsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("ringside.root", "..")).toAbsolutePath().normalize();

    /** Names below scripts/, folders included. */
    static List<String> scripts() throws IOException {
        Path top = ROOT.resolve("scripts");
        try (Stream<Path> files = Files.walk(top)) {
            return files.filter(file -> file.toString().endsWith(".groovy"))
                    .map(file -> top.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static String expected(String name) throws IOException {
        return Files.readString(ROOT.resolve("scripts").resolve(name.replace(".groovy", ".out")));
    }

    /** The module's tests run in the project's root: a report quotes the script's name as it was given. */
    @ParameterizedTest
    @MethodSource("scripts")
    void a_script_prints_the_bytes_of_the_file_beside_it(String name) throws IOException {
        Invocation run = Invocation.of("run", "scripts/" + name);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(expected(name));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void what_a_script_prints_is_at_most_120_columns_wide(String name) throws IOException {
        assertThat(expected(name).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }
}

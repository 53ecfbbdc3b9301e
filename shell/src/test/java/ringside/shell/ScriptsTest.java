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

    static List<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("scripts"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".groovy"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void a_script_prints_the_bytes_of_the_file_beside_it(String name) throws IOException {
        Path expected = ROOT.resolve("scripts").resolve(name.replace(".groovy", ".out"));
        Invocation run = run(name);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(Files.readString(expected));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void what_a_script_prints_is_the_same_each_time_and_at_most_100_columns_wide(String name) {
        String first = run(name).out();
        assertThat(run(name).out()).isEqualTo(first);
        assertThat(first.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    /** The module's tests run in the project's root: a report quotes the script's name as it was given. */
    private static Invocation run(String name) {
        return Invocation.of("run", "scripts/" + name);
    }
}

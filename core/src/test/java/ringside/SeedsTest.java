package ringside;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** jqwik knows no seed for all properties: each names its own, so that every run draws the same cases. */
class SeedsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("ringside.root", "..")).toAbsolutePath().normalize();

    @Test
    void every_property_names_its_seed() throws IOException {
        List<String> without = new ArrayList<>();
        for (Path file : properties()) {
            for (String line : Files.readAllLines(file)) {
                if (line.strip().startsWith("@Property") && !line.contains("seed = ")) {
                    without.add(file.getFileName() + ": " + line.strip());
                }
            }
        }
        assertThat(without).isEmpty();
    }

    private static List<Path> properties() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().endsWith("Properties.java"))
                    .filter(file -> file.toString().contains("src/test/java"))
                    .toList();
            assertThat(found).as("properties below " + ROOT).isNotEmpty();
            return found;
        }
    }
}

package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import ringside.vmm.Modes;
import ringside.vmm.mode.paravirtual.Hypercall;
import ringside.vmm.mode.paravirtual.Hypercalls;

/** What the README shows is what the program does. */
class ReadmeTest {
    private static final Path ROOT =
            Path.of(System.getProperty("ringside.root", "..")).toAbsolutePath().normalize();

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    @Test
    void its_screen_is_the_output_of_the_first_script() throws IOException {
        assertThat(readme()).contains("```\n" + Files.readString(ROOT.resolve("scripts/popf.out")) + "```\n");
    }

    @Test
    void its_road_is_what_explain_prints() throws IOException {
        Invocation run = Invocation.of(
                "explain", "scripts/explain.groovy", "402ffe", "--at", "written", "--mode", "deprivileged");
        String road = run.out().substring(0, run.out().indexOf("\nexits "));
        assertThat(readme()).contains("```\n" + road + "```\n");
    }

    @Test
    void its_table_names_every_mode_that_runs() throws IOException {
        assertThat(Modes.names())
                .allSatisfy(mode -> assertThat(readme()).containsPattern("\\| `" + mode + "` .* runs \\|"));
    }

    @Test
    void the_guide_lists_the_calls_about_page_tables_as_the_interface_has_them() throws IOException {
        String guide = Files.readString(ROOT.resolve("scripts/README.md"));
        for (int number : new int[] {9, 10, 11, 12, 13, 32, 33, 34, 35}) {
            Hypercall call = Hypercalls.ALL.get(number);
            assertThat(guide).contains("| " + number + " `" + call.signature() + "` | " + call.doc() + " |\n");
        }
    }

    @Test
    void every_file_that_it_names_exists() throws IOException {
        assertThat(readme().lines().filter(line -> line.matches(".*(scripts|benchmarks|notebooks)/\\w+\\.\\w+.*")))
                .isNotEmpty()
                .allSatisfy(line -> {
                    String file = line.replaceFirst(".*?((scripts|benchmarks|notebooks)/\\w+\\.\\w+).*", "$1");
                    assertThat(ROOT.resolve(file)).exists();
                });
    }
}

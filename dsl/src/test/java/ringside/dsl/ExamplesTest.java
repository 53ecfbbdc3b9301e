package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.HostResult;
import ringside.lab.HostSpec;
import ringside.lab.Study;

/** Scripts that people read first: those in {@code scripts} and those in the language's guide. */
class ExamplesTest {
    private static final Path ROOT = root();

    /** Named by the build; else the first folder upwards that has the scripts. */
    private static Path root() {
        String named = System.getProperty("ringside.root");
        Path folder = Path.of(named == null ? "" : named).toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("scripts"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    @TestFactory
    Stream<DynamicTest> every_script_of_the_project_runs_and_its_expectations_hold() throws IOException {
        List<Path> scripts;
        try (Stream<Path> files = Files.walk(ROOT.resolve("scripts"))) {
            scripts =
                    files.filter(f -> f.toString().endsWith(".groovy")).sorted().toList();
        }
        assertThat(scripts).hasSizeGreaterThan(2);
        return scripts.stream()
                .map(file -> DynamicTest.dynamicTest(
                        file.getFileName().toString(),
                        () -> requireHeld(ScriptRunner.run(file, silent()).experiments())));
    }

    @TestFactory
    Stream<DynamicTest> every_example_of_the_guide_runs() throws IOException {
        List<String> examples = new ArrayList<>();
        Matcher block =
                Pattern.compile("(?s)```groovy\n(.*?)```").matcher(Files.readString(ROOT.resolve("scripts/README.md")));
        while (block.find()) {
            examples.add(block.group(1));
        }
        assertThat(examples).hasSizeGreaterThan(4);
        return examples.stream()
                .map(text -> DynamicTest.dynamicTest(text.lines().findFirst().orElse(""), () -> {
                    ScriptRunner.Result described = ScriptRunner.run(text, "guide.groovy", silent());
                    requireHeld(described.experiments());
                    requireHosts(described);
                }));
    }

    @Test
    void the_first_script_has_its_popf_where_the_first_screen_says() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("scripts/popf.groovy")).get(5))
                .contains("popfd");
    }

    private static PrintStream silent() {
        return new PrintStream(new ByteArrayOutputStream());
    }

    private static void requireHeld(List<ExperimentSpec> experiments) {
        for (ExperimentSpec spec : experiments) {
            ExperimentResult result = Experiment.run(spec);
            assertThat(result.held()).as(result.text()).allMatch(ExperimentResult.Held::held);
        }
    }

    private static void requireHosts(ScriptRunner.Result described) {
        for (Study study : described.studies()) {
            if (study instanceof HostSpec host) {
                HostResult result = host.investigate();
                assertThat(result.asExpected()).as(result.text()).isTrue();
            }
        }
    }
}

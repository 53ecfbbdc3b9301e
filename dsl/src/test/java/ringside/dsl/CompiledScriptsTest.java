package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kept scripts, seen from outside: a JVM of its own for each run. */
class CompiledScriptsTest {
    @TempDir
    Path folder;

    /** What the other JVM runs. */
    public static final class Main {
        private Main() {}

        public static void main(String[] args) {
            System.out.println(ScriptRunner.run(Path.of(args[0]), System.out).guests());
        }
    }

    private String run(Path script) throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dringside.scripts=" + folder.resolve("kept"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        script.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes());
        assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
            return files.toList();
        }
    }

    @Test
    void a_script_is_compiled_once_and_gives_the_same_again_even_from_a_damaged_file() throws Exception {
        Path script = folder.resolve("test.groovy");
        Files.writeString(
                script,
                "guest('g') {\n    kernel {\n        2.times { inc eax }\n        hlt\n    }\n}\nprintln 'ran'\n");
        String first = run(script);
        assertThat(first).startsWith("ran\n").contains("kernel 00100000+3");
        assertThat(kept()).hasSize(1);
        assertThat(run(script)).isEqualTo(first);
        Files.write(kept().getFirst(), new byte[] {1, 2, 3});
        assertThat(run(script)).isEqualTo(first);
        Files.writeString(script, "println 'other'\n");
        assertThat(run(script)).startsWith("other\n");
        assertThat(kept()).hasSize(2);
    }
}

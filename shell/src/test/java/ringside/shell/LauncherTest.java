package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in invented surroundings: a copy of it in a folder with a space, empty homes, fake JDKs and Mavens. */
class LauncherTest {
    private record Outcome(int status, String out, String err) {}

    @TempDir
    Path folder;

    private Path project;
    private Path bin;

    @BeforeEach
    void a_copy_of_the_launcher_in_a_folder_with_a_space() throws IOException {
        project = Files.createDirectories(folder.resolve("a project"));
        bin = Files.createDirectories(folder.resolve("bin"));
        Path original = Path.of(System.getProperty("ringside.root", "..")).resolve("ringside");
        script(project.resolve("ringside"), Files.readString(original));
        for (String tool :
                List.of("sh", "dirname", "readlink", "sed", "head", "find", "mkdir", "rm", "cp", "mv", "cat")) {
            script(bin.resolve(tool), "#!/bin/sh\nexec " + where(tool) + " \"$@\"\n");
        }
    }

    @Test
    void a_named_jdk_that_is_too_old_is_refused_with_its_version() throws Exception {
        Path old = jdk("old jdk", "17.0.2", true);
        Outcome outcome = launch(project.resolve("ringside"), Map.of("RINGSIDE_JDK", old.toString()), "help");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("RINGSIDE_JDK does not name a JDK 25 or newer")
                .contains(old + ": version 17");
    }

    @Test
    void a_named_jdk_that_does_not_exist_is_refused() throws Exception {
        Outcome outcome = launch(project.resolve("ringside"), Map.of("RINGSIDE_JDK", "/no/such"), "help");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("/no/such: no such directory");
    }

    @Test
    void without_any_fit_jdk_it_lists_what_it_saw_and_what_to_install() throws Exception {
        emptySystem();
        Path old = jdk("old jdk", "21.0.4", true);
        Outcome outcome = launch(project.resolve("ringside"), Map.of("JAVA_HOME", old.toString()), "help");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("needs a JDK 25 or newer and found none. Seen:\n    " + old + ": version 21\n")
                .contains("install one");
    }

    @Test
    void without_maven_it_says_where_it_looked_and_what_to_install() throws Exception {
        emptySystem();
        Path fit = jdk("fit jdk", "25", true);
        Outcome outcome = launch(project.resolve("ringside"), Map.of("JAVA_HOME", fit.toString()), "help");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("needs Maven to build and found none")
                .contains("apt install maven");
    }

    @Test
    void a_runtime_without_compiler_is_no_jdk() throws Exception {
        Path jre = jdk("jre", "25", false);
        Outcome outcome = launch(project.resolve("ringside"), Map.of("RINGSIDE_JDK", jre.toString()), "help");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("version 25, a runtime without compiler");
    }

    @Test
    void java_home_wins_over_the_path_and_a_first_use_calls_maven_with_it() throws Exception {
        Path fit = jdk("fit jdk", "25.0.1", true);
        maven("echo \"maven of $JAVA_HOME\"; exit 1");
        Outcome outcome = launch(project.resolve("ringside"), Map.of("JAVA_HOME", fit.toString()), "help");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("first use: building")
                .contains("maven of " + fit)
                .contains("the build failed");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void a_later_run_never_calls_maven_and_passes_arguments_and_status_through() throws Exception {
        Path fit = jdk("fit jdk", "26", true);
        script(fit.resolve("bin/java"), "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; done\nexit 3\n");
        built(fit);
        maven("echo called; exit 1");
        Outcome outcome =
                launch(project.resolve("ringside"), Map.of("JAVA_HOME", fit.toString()), "boot", "--kernel", "a b");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.out()).contains("<ringside.shell.Main>\n<boot>\n<--kernel>\n<a b>\n");
    }

    @Test
    void short_commands_start_with_the_first_compiler_only_and_boot_with_both() throws Exception {
        Path fit = jdk("fit jdk", "25", true);
        script(fit.resolve("bin/java"), "#!/bin/sh\necho \"$@\"\n");
        built(fit);
        Map<String, String> home = Map.of("JAVA_HOME", fit.toString());
        assertThat(launch(project.resolve("ringside"), home, "run", "x").out()).contains("TieredStopAtLevel=1");
        assertThat(launch(project.resolve("ringside"), home, "boot", "x").out()).doesNotContain("TieredStopAtLevel");
    }

    @Test
    void it_works_through_a_symbolic_link_from_any_directory() throws Exception {
        Path fit = jdk("fit jdk", "25", true);
        script(fit.resolve("bin/java"), "#!/bin/sh\necho \"$@\"\n");
        built(fit);
        Path link = Files.createSymbolicLink(bin.resolve("r"), Path.of("../a project/ringside"));
        Outcome outcome = launch(link, Map.of("JAVA_HOME", fit.toString()), "help");
        assertThat(outcome.out()).contains(project.toRealPath() + "/.ringside/lib/core.jar");
    }

    @Test
    void changed_sources_are_built_again() throws Exception {
        Path fit = jdk("fit jdk", "25", true);
        built(fit);
        Path source = Files.createDirectories(project.resolve("core/src/main")).resolve("A.java");
        Files.writeString(source, "class A {}");
        Files.setLastModifiedTime(source, FileTime.fromMillis(4_000_000_000_000L));
        maven("exit 1");
        Outcome outcome = launch(project.resolve("ringside"), Map.of("JAVA_HOME", fit.toString()), "help");
        assertThat(outcome.err()).contains("sources changed: building");
    }

    // ---- surroundings

    /** Lets the launcher's usual places be empty, whatever this system has installed. */
    private void emptySystem() throws IOException {
        Path launcher = project.resolve("ringside");
        Files.writeString(launcher, Files.readString(launcher).replaceAll("/(usr|opt|snap|Library)/", "/nowhere/"));
    }

    private Path jdk(String name, String version, boolean compiler) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "#!/bin/sh\nexit 0\n");
        if (compiler) {
            script(home.resolve("bin/javac"), "#!/bin/sh\nexit 0\n");
        }
        return home;
    }

    private void maven(String body) throws IOException {
        script(bin.resolve("mvn"), "#!/bin/sh\n" + body + "\n");
    }

    private void built(Path jdk) throws IOException {
        Path lib = Files.createDirectories(project.resolve(".ringside/lib"));
        Files.writeString(lib.resolve("core.jar"), "");
        Files.writeString(project.resolve(".ringside/stamp"), "");
        Files.writeString(project.resolve(".ringside/trained"), jdk + "\n" + project.toRealPath() + "\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + file);
        }
    }

    private static Path where(String tool) {
        return Stream.of("/bin", "/usr/bin")
                .map(place -> Path.of(place, tool))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    private Outcome launch(Path launcher, Map<String, String> environment, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
        command.addAll(List.of(args));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", folder.resolve("empty home").toString());
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        return new Outcome(
                status, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }
}

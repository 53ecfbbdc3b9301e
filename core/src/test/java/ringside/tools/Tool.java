package ringside.tools;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program of the system that tests use as an oracle where it is installed. */
public record Tool(Path program) {
    /** What a run left behind; standard error is part of {@code output}. */
    public record Result(int status, String output) {}

    /** The tool called {@code name}; where it is missing the test is skipped, saying so. */
    public static Tool require(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Tool::new)
                .orElseGet(() -> Assumptions.abort(name + " is not installed"));
    }

    /** Runs it in {@code folder}; ends it after a minute. */
    public Result run(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("tool", ".out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        int status = process.waitFor();
        String text = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        return new Result(status, text);
    }

    /** Runs it and fails the test unless it succeeds. */
    public String succeed(Path folder, String... arguments) throws IOException, InterruptedException {
        Result result = run(folder, arguments);
        if (result.status() != 0) {
            throw new AssertionError(program + " " + String.join(" ", arguments) + ": " + result.output());
        }
        return result.output();
    }
}

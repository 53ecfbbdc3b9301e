package ringside.shell;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import ringside.lab.boot.Boot;

/** The output of several guests on one stream: whole lines, each with its machine's name before it. */
final class VmConsoles implements AutoCloseable {
    /** A line that no guest ends in so many bytes is shown all the same. */
    private static final int LONGEST = 4096;

    private final boolean quiet;
    private final PrintStream out;
    private final Map<String, StringBuilder> open = new LinkedHashMap<>();
    private boolean printed;

    /** @param quiet nothing goes to {@code out} */
    VmConsoles(boolean quiet, PrintStream out) {
        this.quiet = quiet;
        this.out = out;
    }

    /** The console of the machine of this name. */
    Boot.Output of(String name) {
        StringBuilder line = open.computeIfAbsent(name, fresh -> new StringBuilder());
        return new Boot.Output() {
            @Override
            public void serial(int value) {
                if (value != '\n') {
                    line.append((char) value);
                }
                if (value == '\n' || line.length() == LONGEST) {
                    end(name, line);
                }
            }
        };
    }

    private void end(String name, StringBuilder line) {
        if (!quiet) {
            byte[] bytes = line.toString().getBytes(StandardCharsets.ISO_8859_1);
            out.print(name + "| ");
            out.write(bytes, 0, bytes.length);
            out.print('\n');
            out.flush();
            printed = true;
        }
        line.setLength(0);
    }

    /** Shows what no guest ended, and sets what follows apart with an empty line. */
    @Override
    public void close() {
        open.forEach((name, line) -> {
            if (!line.isEmpty()) {
                end(name, line);
            }
        });
        out.print(printed ? "\n" : "");
    }
}

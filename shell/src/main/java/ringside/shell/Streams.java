package ringside.shell;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes; tests give buffers.
 *
 * @param out results
 * @param err messages and progress
 */
public record Streams(InputStream in, PrintStream out, PrintStream err) {}

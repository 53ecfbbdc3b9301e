package ringside.shell;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import ringside.error.RingsideException;
import ringside.lab.boot.Boot;
import ringside.lab.boot.BootReport;

/** The guest's output: COM1 to stdout or a file, each write to a watched port on a line of its own on stdout. */
final class BootConsole implements Boot.Output, AutoCloseable {
    private final boolean quiet;
    private final PrintStream out;
    /** Null where COM1 goes to {@link #out}. */
    private final OutputStream file;

    private IOException failure;
    private boolean printed;
    private boolean lineOpen;

    private BootConsole(OutputStream file, boolean quiet, PrintStream out) {
        this.file = file;
        this.quiet = quiet;
        this.out = out;
    }

    /**
     * @param serial {@code stdio}, or a file to write
     * @param quiet nothing goes to {@code out}
     */
    static BootConsole open(String serial, boolean quiet, PrintStream out) {
        if (serial.equals("stdio")) {
            return new BootConsole(null, quiet, out);
        }
        try {
            return new BootConsole(new BufferedOutputStream(Files.newOutputStream(Path.of(serial))), quiet, out);
        } catch (IOException e) {
            throw new RingsideException(
                    "--serial '" + serial + "' cannot be written", "", "name a file in a folder that exists", e);
        }
    }

    @Override
    public void serial(int value) {
        if (file != null) {
            toFile(value);
        } else if (!quiet) {
            out.write(value);
            printed = true;
            lineOpen = value != '\n';
            if (!lineOpen) {
                out.flush();
            }
        }
    }

    private void toFile(int value) {
        try {
            file.write(value);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    @Override
    public void portWrite(BootReport.PortWrite write) {
        if (!quiet) {
            endLine();
            out.print(write + "\n");
            printed = true;
        }
    }

    private void endLine() {
        if (lineOpen) {
            out.print('\n');
            lineOpen = false;
        }
    }

    /** Ends the last line, and sets what follows apart with an empty one. */
    @Override
    public void close() throws IOException {
        endLine();
        out.print(printed ? "\n" : "");
        if (file != null) {
            file.close();
        }
        if (failure != null) {
            throw new RingsideException(
                    "the file of --serial could not be written", "", "look for space on the disk", failure);
        }
    }
}

package ringside.guest;

/**
 * A place in a script.
 *
 * @param file as the script was named on the command line
 * @param line from 1
 */
public record SourceLine(String file, int line) {
    /** {@code scripts/popf.groovy:6}. */
    @Override
    public String toString() {
        return file + ":" + line;
    }
}

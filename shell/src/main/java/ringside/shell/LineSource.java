package ringside.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Where the interactive shell gets its input: a terminal, or a pipe. */
interface LineSource extends AutoCloseable {
    /** The next complete input, which may span lines; null at the end, empty where the user took it back. */
    String next() throws IOException;

    @Override
    void close() throws IOException;

    /** Lines of a pipe or file: no prompt, no editing; unfinished ones are joined. */
    static LineSource piped(InputStream in) {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        return new LineSource() {
            @Override
            public String next() throws IOException {
                String text = reader.readLine();
                while (text != null && Unfinished.is(text)) {
                    String more = reader.readLine();
                    if (more == null) {
                        return text;
                    }
                    text = (text.endsWith("\\") ? text.substring(0, text.length() - 1) : text) + "\n" + more;
                }
                return text;
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }
}

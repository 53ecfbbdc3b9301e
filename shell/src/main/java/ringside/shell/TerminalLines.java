package ringside.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jline.reader.Completer;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Input from a person at a terminal: editing, history kept between sessions, completion, several lines at a time. */
final class TerminalLines implements LineSource {
    private final Terminal terminal;
    private final LineReader reader;

    /** @param history file that keeps what was typed; created with its folder where absent */
    TerminalLines(Completer completer, Path history) throws IOException {
        Files.createDirectories(history.toAbsolutePath().getParent());
        terminal = TerminalBuilder.builder().system(true).build();
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("ringside")
                .completer(completer)
                .parser(new WholeInput())
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "       ... ")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    @Override
    public String next() {
        try {
            return reader.readLine("ringside> ");
        } catch (UserInterruptException e) {
            return "";
        } catch (EndOfFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }

    /** JLine's parser, asking for another line while the input is unfinished. */
    private static final class WholeInput implements Parser {
        private final DefaultParser words = new DefaultParser()
                .quoteChars(new char[0])
                .escapeChars(new char[0])
                .regexCommand("");

        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            if (context == ParseContext.ACCEPT_LINE && Unfinished.is(line)) {
                throw new EOFError(-1, -1, "unfinished");
            }
            return words.parse(line, cursor, context == ParseContext.ACCEPT_LINE ? ParseContext.UNSPECIFIED : context);
        }
    }

    /** Completes the word under the cursor from fixed words. */
    static Completer completer(List<String> words) {
        return new org.jline.reader.impl.completer.StringsCompleter(words);
    }
}

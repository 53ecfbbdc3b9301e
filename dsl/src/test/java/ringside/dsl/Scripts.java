package ringside.dsl;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;

/** Runs scripts for tests. */
final class Scripts {
    private Scripts() {}

    static ScriptRunner.Result run(String text) {
        return ScriptRunner.run(text, "scripts/test.groovy", new PrintStream(new ByteArrayOutputStream()));
    }

    /** What the script prints. */
    static String output(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ScriptRunner.run(text, "scripts/test.groovy", new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The only guest of the script. */
    static GuestImage guest(String text) {
        return run(text).guests().getFirst();
    }

    /** The bytes of {@code source} as the block {@code name} of a guest. */
    static byte[] section(String name, String source) {
        return section(guest("guest('test') {\n" + name + " {\n" + source + "\n}\n}\n"), name);
    }

    static byte[] section(GuestImage image, String name) {
        return image.segments().stream()
                .filter(s -> s.name().equals(name))
                .map(LoadSegment::bytes)
                .findFirst()
                .orElse(new byte[0]);
    }
}

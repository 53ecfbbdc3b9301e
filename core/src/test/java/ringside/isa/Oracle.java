package ringside.isa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The assembler and the disassembler that nobody here wrote, run over many instructions at once. */
final class Oracle {
    private static final Pattern ERROR = Pattern.compile("[^:]*:(\\d+): error: (.*)");
    private static final Pattern LISTED = Pattern.compile("\\s*([0-9a-f]+):\\t([0-9a-f ]+?)\\s*(?:\\t(.*))?");
    /** Bytes between the starts of two lines given to nasm. */
    static final int SLOT = 16;

    private Oracle() {}

    /** Skips the test, saying so, where {@code tool} is not installed. */
    static void need(String tool) {
        boolean present =
                Stream.of(System.getenv("PATH").split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, tool)));
        if (!present) {
            Assumptions.abort(tool + " is not installed: no oracle to compare with");
        }
    }

    /** What nasm made of one line: 16 bytes that begin with the instruction and are filled up with NOPs, or an error. */
    record Assembled(byte[] slot, String error) {}

    /** Assembles each line at a multiple of {@link #SLOT}; {@code $} is the line's own address. */
    static List<Assembled> nasm(List<String> lines, int codeBits) throws Exception {
        Path folder = Files.createTempDirectory("nasm");
        try {
            List<String> errors = new ArrayList<>();
            lines.forEach(line -> errors.add(null));
            byte[] image = null;
            while (image == null) {
                image = assemble(folder, lines, codeBits, errors);
            }
            List<Assembled> all = new ArrayList<>();
            for (int n = 0; n < lines.size(); n++) {
                byte[] slot = java.util.Arrays.copyOfRange(image, n * SLOT, (n + 1) * SLOT);
                all.add(new Assembled(slot, errors.get(n)));
            }
            return all;
        } finally {
            delete(folder);
        }
    }

    /** One run; null after noting new errors. */
    private static byte[] assemble(Path folder, List<String> lines, int codeBits, List<String> errors)
            throws Exception {
        StringBuilder source = new StringBuilder("bits " + codeBits + "\n");
        for (int n = 0; n < lines.size(); n++) {
            source.append(errors.get(n) == null ? lines.get(n) : "nop").append('\n');
            source.append("times ").append((n + 1) * SLOT).append("-($-$$) nop\n");
        }
        Files.writeString(folder.resolve("in.asm"), source);
        String said = run(folder, "nasm", "-w-all", "-f", "bin", "-o", "out.bin", "in.asm");
        boolean clean = true;
        for (String line : said.lines().toList()) {
            Matcher m = ERROR.matcher(line);
            if (m.matches()) {
                int index = (Integer.parseInt(m.group(1)) - 2) / 2;
                clean = clean && errors.get(index) != null;
                errors.set(index, m.group(2));
            }
        }
        return clean ? Files.readAllBytes(folder.resolve("out.bin")) : null;
    }

    /** One line of objdump. */
    record Listed(int length, String text) {}

    /** Disassembles {@code code} from its start to its end; by offset. */
    static TreeMap<Integer, Listed> objdump(byte[] code, int codeBits) throws Exception {
        Path folder = Files.createTempDirectory("objdump");
        try {
            Files.write(folder.resolve("in.bin"), code);
            String machine = codeBits == 16 ? "i8086" : "i386";
            String said = run(
                    folder, "objdump", "-D", "-b", "binary", "-m", machine, "-M", "intel", "--insn-width=16", "in.bin");
            TreeMap<Integer, Listed> all = new TreeMap<>();
            said.lines()
                    .map(LISTED::matcher)
                    .filter(Matcher::matches)
                    .forEach(m -> all.put(
                            Integer.parseInt(m.group(1), 16),
                            new Listed((m.group(2).length() + 1) / 3, m.group(3) == null ? "" : m.group(3))));
            return all;
        } finally {
            delete(folder);
        }
    }

    private static String run(Path folder, String... command) throws Exception {
        Path output = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.waitFor();
        return Files.readString(output);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

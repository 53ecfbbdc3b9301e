package ringside.machine.cpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * One case captured from a real 80286: an instruction and the HLT after it, in real mode.
 *
 * @param form the opcode form it belongs to, such as {@code D3.4}
 * @param registers values before, by name
 * @param memory physical address and byte, before
 * @param finalRegisters the registers that changed
 * @param finalMemory the bytes that changed
 * @param vector the exception, or -1; FLAGS are pushed at the final SS:SP + 4 (the captures' own address is rounded down
 *     to even)
 */
record HardwareVector(
        String form,
        int index,
        String name,
        String bytes,
        int flagsMask,
        Map<String, Integer> registers,
        List<List<Integer>> memory,
        Map<String, Integer> finalRegisters,
        List<List<Integer>> finalMemory,
        int vector) {

    /** All cases below {@code folder}, file by file in the order of their names. */
    static List<HardwareVector> all(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsonl.gz"))
                    .sorted()
                    .flatMap(file -> read(file).stream())
                    .toList();
        }
    }

    private static List<HardwareVector> read(Path file) {
        String form = file.getFileName().toString().replace(".jsonl.gz", "");
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            return lines.lines().map(line -> of(form, JsonLine.parse(line))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    @SuppressWarnings("unchecked")
    private static HardwareVector of(String form, Map<String, Object> line) {
        Map<String, Object> before = (Map<String, Object>) line.get("initial");
        Map<String, Object> after = (Map<String, Object>) line.get("final");
        Map<String, Integer> exception = (Map<String, Integer>) line.getOrDefault("exception", Map.of());
        return new HardwareVector(
                form,
                (Integer) line.get("i"),
                (String) line.get("name"),
                (String) line.get("bytes"),
                (Integer) line.get("flagsMask"),
                (Map<String, Integer>) before.get("regs"),
                (List<List<Integer>>) before.get("ram"),
                (Map<String, Integer>) after.get("regs"),
                (List<List<Integer>>) after.get("ram"),
                exception.getOrDefault("vector", -1));
    }

    /** What register {@code name} must hold afterwards. */
    int expected(String name) {
        return finalRegisters.getOrDefault(name, registers.get(name));
    }

    @Override
    public String toString() {
        return form + " #" + index + " " + bytes + " " + name;
    }
}

package ringside.oracle.processor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ringside.arch.Reg;
import ringside.arch.Vector;

/**
 * How an instruction ended; the layout of {@code struct result} in the C helper.
 *
 * @param segments CS, SS, DS, ES, FS, GS
 * @param vector the exception: 1 (#DB) where single step ended it
 * @param changes how many bytes of the writable pages differ from the pattern
 * @param hash over all of them
 * @param listed the first of them: offset * 256 + value
 */
record ProcessorResult(
        int[] registers,
        int eflags,
        int eip,
        int[] segments,
        int vector,
        int error,
        int cr2,
        int changes,
        int hash,
        int[] listed) {
    static final int LISTED = 11;
    static final int SIZE = 4 * (8 + 2 + 6 + 3 + 2 + LISTED);

    static ProcessorResult read(ByteBuffer from) {
        int[] registers = ints(from, 8);
        int eflags = from.getInt();
        int eip = from.getInt();
        int[] segments = ints(from, 6);
        return new ProcessorResult(
                registers,
                eflags,
                eip,
                segments,
                from.getInt(),
                from.getInt(),
                from.getInt(),
                from.getInt(),
                from.getInt(),
                ints(from, LISTED));
    }

    private static int[] ints(ByteBuffer from, int count) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = from.getInt();
        }
        return values;
    }

    /** Where this and {@code other} part, one line each; EFLAGS bits in {@code open} do not count. */
    List<String> differences(ProcessorResult other, int open) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            differ(lines, Reg.NAMES32[i], registers[i], other.registers[i]);
        }
        differ(lines, "eip", eip, other.eip);
        differ(lines, "eflags", eflags & ~open, other.eflags & ~open);
        String[] names = {"cs", "ss", "ds", "es", "fs", "gs"};
        for (int i = 0; i < 6; i++) {
            differ(lines, names[i], segments[i], other.segments[i]);
        }
        differ(lines, "vector", vector, other.vector);
        if (vector == other.vector && Vector.hasErrorCode(vector)) {
            differ(lines, "error", error, other.error);
        }
        if (vector == other.vector && vector == Vector.PF) {
            differ(lines, "cr2", cr2, other.cr2);
        }
        if (changes != other.changes || hash != other.hash) {
            lines.add("memory: simulated " + memory() + ", native " + other.memory());
        }
        return lines;
    }

    private static void differ(List<String> lines, String name, int simulated, int real) {
        if (simulated != real) {
            lines.add(String.format("%s: simulated %08x, native %08x", name, simulated, real));
        }
    }

    private String memory() {
        StringBuilder text = new StringBuilder(changes + " bytes");
        for (int entry : Arrays.copyOf(listed, Math.min(changes, LISTED))) {
            text.append(String.format(" +%04x=%02x", entry >>> 8, entry & 0xff));
        }
        return text.toString();
    }
}

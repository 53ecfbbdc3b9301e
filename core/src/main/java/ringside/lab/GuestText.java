package ringside.lab;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;

/** A guest image as the lines of a script's {@code guest} block: its bytes and its entry state, nothing symbolic. */
final class GuestText {
    /** Runs of zeros of this length are left out: memory holds zeros anyway. */
    private static final int ZEROS = 64;

    private static final int BYTES_PER_LINE = 24, LONGEST_HEX = 768, LONGEST_PACKED = 0x8000, PACKED_PER_LINE = 76;

    private final List<String> lines = new ArrayList<>();

    private GuestText() {}

    static List<String> of(GuestImage image) {
        GuestText text = new GuestText();
        text.lines.addAll(entry(image.entry()).lines().toList());
        if (!(image.entry() instanceof EntryState.Reset)) {
            text.lines.add("    registers: " + registers(image.entry()));
        }
        image.segments().forEach(text::segment);
        return text.lines;
    }

    private static String entry(EntryState entry) {
        return switch (entry) {
            case EntryState.Reset _ -> "entry 'reset'";
            case EntryState.Real real ->
                String.format(
                        "entry real: 0x%x, cs: 0x%x, ss: 0x%x, stack: 0x%x, ds: 0x%x,",
                        real.eip(), real.cs(), real.ss(), real.esp(), real.ds());
            case EntryState.Flat flat ->
                String.format(
                        "entry flat: 0x%x, code: 0x%x, data: 0x%x, stack: 0x%x, gdt: 0x%x, gdtLimit: %d,"
                                + "\n    idt: 0x%x, idtLimit: %d,",
                        flat.eip(),
                        flat.codeSelector(),
                        flat.dataSelector(),
                        flat.esp(),
                        flat.gdtBase(),
                        flat.gdtLimit(),
                        flat.idtBase(),
                        flat.idtLimit());
        };
    }

    private static String registers(EntryState entry) {
        return entry.registers().stream()
                .map(value -> String.format("0x%x", value))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** The parts of a segment between long runs of zeros. */
    private void segment(LoadSegment segment) {
        byte[] bytes = segment.bytes();
        if (segment.rom()) {
            packed(segment.pa(), bytes, 0, bytes.length, ", rom: true");
            return;
        }
        for (int at = 0; at < bytes.length; ) {
            if (bytes[at] == 0) {
                at++;
                continue;
            }
            int end = at;
            for (int zeros = 0; end < bytes.length && zeros < ZEROS; end++) {
                zeros = bytes[end] == 0 ? zeros + 1 : 0;
            }
            while (bytes[end - 1] == 0) {
                end--;
            }
            part(segment.pa(), bytes, at, end);
            at = end;
        }
    }

    private void part(int pa, byte[] bytes, int from, int to) {
        if (to - from <= LONGEST_HEX) {
            hex(pa + from, bytes, from, to);
            return;
        }
        packed(pa, bytes, from, to, "");
    }

    private void hex(int pa, byte[] bytes, int from, int to) {
        lines.add(String.format("bytes 0x%x, '''", pa));
        for (int at = from; at < to; at += BYTES_PER_LINE) {
            StringBuilder line = new StringBuilder("    ");
            for (int i = at; i < Math.min(to, at + BYTES_PER_LINE); i++) {
                line.append(String.format("%02x ", bytes[i]));
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.set(lines.size() - 1, lines.getLast() + "'''");
    }

    private void packed(int pa, byte[] bytes, int from, int to, String more) {
        for (int at = from; at < to; at += LONGEST_PACKED) {
            int end = Math.min(to, at + LONGEST_PACKED);
            lines.add(String.format("packed 0x%x, '''", pa + at));
            String text = Base64.getEncoder().encodeToString(deflated(bytes, at, end));
            for (int i = 0; i < text.length(); i += PACKED_PER_LINE) {
                lines.add("    " + text.substring(i, Math.min(text.length(), i + PACKED_PER_LINE)));
            }
            lines.set(lines.size() - 1, lines.getLast() + "'''" + more);
        }
    }

    private static byte[] deflated(byte[] bytes, int from, int to) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        deflater.setInput(bytes, from, to - from);
        deflater.finish();
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (!deflater.finished()) {
            small.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return small.toByteArray();
    }
}

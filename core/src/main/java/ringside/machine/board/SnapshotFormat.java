package ringside.machine.board;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import ringside.error.RingsideException;

/**
 * How a snapshot lies in a file: gzip over a magic word, the configuration, and tagged values by part and name.
 *
 * <p>Every value carries its kind and length, so that a damaged file is found out by reading, not by running.
 */
final class SnapshotFormat {
    private static final int MAGIC = 0x52534e31;
    /** No array of a machine is larger. */
    private static final int LARGEST = 0x4100_0000;

    private SnapshotFormat() {}

    static void write(Map<String, String> configuration, Map<String, Map<String, Object>> parts, OutputStream to) {
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(to))) {
            out.writeInt(MAGIC);
            out.writeInt(configuration.size());
            for (Map.Entry<String, String> setting : configuration.entrySet()) {
                out.writeUTF(setting.getKey());
                out.writeUTF(setting.getValue());
            }
            out.writeInt(parts.size());
            for (Map.Entry<String, Map<String, Object>> part : parts.entrySet()) {
                out.writeUTF(part.getKey());
                out.writeInt(part.getValue().size());
                for (Map.Entry<String, Object> value : part.getValue().entrySet()) {
                    out.writeUTF(value.getKey());
                    writeValue(value.getValue(), out);
                }
            }
        } catch (IOException e) {
            throw new RingsideException("the snapshot cannot be written: " + e.getMessage(), "", "", e);
        }
    }

    private static void writeValue(Object value, DataOutputStream out) throws IOException {
        switch (value) {
            case Integer i -> {
                out.writeByte('i');
                out.writeInt(i);
            }
            case Long n -> {
                out.writeByte('l');
                out.writeLong(n);
            }
            case byte[] bytes -> {
                out.writeByte('B');
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            case int[] ints -> {
                out.writeByte('I');
                out.writeInt(ints.length);
                for (int i : ints) {
                    out.writeInt(i);
                }
            }
            case long[] longs -> {
                out.writeByte('L');
                out.writeInt(longs.length);
                for (long n : longs) {
                    out.writeLong(n);
                }
            }
            default -> throw new IOException("a value of " + value.getClass());
        }
    }

    static Snapshot read(InputStream from) {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(from))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("another kind of file");
            }
            Map<String, String> configuration = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                configuration.put(in.readUTF(), in.readUTF());
            }
            Map<String, Map<String, Object>> parts = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                parts.put(in.readUTF(), readPart(in));
            }
            return new Snapshot(configuration, parts);
        } catch (IOException e) {
            throw new RingsideException(
                    "this is no snapshot, or a damaged one: " + e.getMessage(),
                    "",
                    "give a file that Ringside saved",
                    e);
        }
    }

    private static Map<String, Object> readPart(DataInputStream in) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            values.put(in.readUTF(), readValue(in));
        }
        return values;
    }

    private static Object readValue(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case 'i' -> in.readInt();
            case 'l' -> in.readLong();
            case 'B' -> in.readNBytes(length(in));
            case 'I' -> {
                int[] ints = new int[length(in)];
                for (int i = 0; i < ints.length; i++) {
                    ints[i] = in.readInt();
                }
                yield ints;
            }
            case 'L' -> {
                long[] longs = new long[length(in)];
                for (int i = 0; i < longs.length; i++) {
                    longs[i] = in.readLong();
                }
                yield longs;
            }
            default -> throw new IOException("a value of unknown kind " + kind);
        };
    }

    private static int length(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LARGEST) {
            throw new IOException("a length of " + length);
        }
        return length;
    }
}

package ringside.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import ringside.error.RingsideException;

/**
 * The bytes of an image file with its name: every read is checked, and a file cut short is told with offset and need.
 *
 * @param name what messages call it: the file's name as given
 * @param bytes content; not changed after construction
 */
public record ImageFile(String name, byte[] bytes) {
    /** The largest file that is read: the most memory that a machine can have. */
    public static final long MAX_SIZE = 0x4000_0000;

    /** Reads a file; absence, a directory, and an absurd size are the user's mistakes. */
    public static ImageFile read(Path file) {
        String name = file.toString();
        try {
            if (!Files.exists(file)) {
                throw new RingsideException("there is no file '" + name + "'", "", "check the path");
            }
            if (!Files.isRegularFile(file)) {
                throw new RingsideException("'" + name + "' is not a regular file", "", "name the image file itself");
            }
            if (Files.size(file) > MAX_SIZE) {
                throw new RingsideException(
                        "'%s' has %d bytes, more than any machine's memory".formatted(name, Files.size(file)),
                        "",
                        "images have at most 1 GiB");
            }
            return new ImageFile(name, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new RingsideException("'" + name + "' cannot be read", "", "check its permissions", e);
        }
    }

    public int length() {
        return bytes.length;
    }

    /** The last part of the name. */
    public String shortName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    public int get8(int offset, String what) {
        return require(offset, 1, what)[offset] & 0xff;
    }

    public int get16(int offset, String what) {
        require(offset, 2, what);
        return bytes[offset] & 0xff | (bytes[offset + 1] & 0xff) << 8;
    }

    public int get32(int offset, String what) {
        require(offset, 4, what);
        return get16(offset, what) | get16(offset + 2, what) << 16;
    }

    /** A copy of {@code length} bytes, followed by zeroes up to {@code size}. */
    public byte[] slice(int offset, int length, int size, String what) {
        return Arrays.copyOf(Arrays.copyOfRange(require(offset, length, what), offset, offset + length), size);
    }

    /** The text from {@code offset} to the next zero byte. */
    public String text(int offset, String what) {
        int end = offset;
        while (get8(end, what) != 0) {
            end++;
        }
        return new String(bytes, offset, end - offset, StandardCharsets.ISO_8859_1);
    }

    public boolean startsWith(int... first) {
        return hasAt(0, first);
    }

    public boolean hasAt(int offset, int... values) {
        if (offset + values.length > bytes.length) {
            return false;
        }
        for (int i = 0; i < values.length; i++) {
            if ((bytes[offset + i] & 0xff) != values[i]) {
                return false;
            }
        }
        return true;
    }

    /** A mistake in this file at {@code offset}. */
    public RingsideException refuse(String what, int offset, String remedy) {
        return new RingsideException(what, "%s, offset 0x%x".formatted(name, offset), remedy);
    }

    /** A mistake that concerns the whole file. */
    public RingsideException refuse(String what, String remedy) {
        return new RingsideException(what, name, remedy);
    }

    /** All bytes of the file, if {@code length} of them lie at {@code offset}. */
    byte[] require(int offset, int length, String what) {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw refuse(
                    "the file is cut short: %s needs %s bytes here and the file has %d in all"
                            .formatted(what, Integer.toUnsignedString(length), bytes.length),
                    offset,
                    "build or copy the image anew");
        }
        return bytes;
    }
}

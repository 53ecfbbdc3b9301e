package ringside.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Little-endian data under construction. */
final class Words {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Words put32(int... values) {
        for (int value : values) {
            for (int shift = 0; shift < 32; shift += 8) {
                out.write(value >> shift);
            }
        }
        return this;
    }

    Words put64(long... values) {
        for (long value : values) {
            put32((int) value, (int) (value >> 32));
        }
        return this;
    }

    Words put(byte[] more) {
        out.writeBytes(more);
        return this;
    }

    /** Text and its closing zero. */
    Words putText(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        out.write(0);
        return this;
    }

    /** Zeroes up to {@code size} bytes in all. */
    Words padTo(int size) {
        while (out.size() < size) {
            out.write(0);
        }
        return this;
    }

    int size() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}

package ringside.dsl;

import groovy.lang.Closure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import ringside.error.RingsideException;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.DiskFault;

/**
 * Storage whose sectors are a script's closures. What one throws ends the run at its line; a guest gets an I/O error where
 * the closure gives null.
 */
final class ScriptedContent implements DiskBacking {
    private final String name;
    private final long sectors;
    private final Closure<?> read;
    private final Closure<?> write;

    ScriptedContent(String name, long sectors, Closure<?> read, Closure<?> write) {
        this.name = name;
        this.sectors = sectors;
        this.read = read;
        this.write = write;
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public void read(long lba, int count, byte[] to, int offset) throws DiskFault {
        for (int i = 0; i < count; i++) {
            byte[] sector = read == null ? new byte[0] : bytes(call(read, lba + i), lba + i);
            System.arraycopy(Arrays.copyOf(sector, SECTOR), 0, to, offset + i * SECTOR, SECTOR);
        }
    }

    @Override
    public void write(long lba, int count, byte[] from, int offset) throws DiskFault {
        for (int i = 0; i < count; i++) {
            if (write == null) {
                throw new DiskFault(
                        DiskFault.Kind.UNWRITABLE,
                        "sector " + (lba + i) + " was not written: storage '" + name + "' has no write block");
            }
            int at = offset + i * SECTOR;
            call(write, lba + i, Arrays.copyOfRange(from, at, at + SECTOR));
        }
    }

    @Override
    public void flush() {
        // what a closure was given it has
    }

    private static Object call(Closure<?> body, Object... values) {
        try {
            return body.call(Arrays.copyOf(values, Math.min(values.length, body.getMaximumNumberOfParameters())));
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw ((RingsideScript) body.getThisObject()).placed(e);
        }
    }

    private byte[] bytes(Object given, long lba) throws DiskFault {
        byte[] bytes = switch (given) {
            case null ->
                throw new DiskFault(
                        DiskFault.Kind.UNREADABLE,
                        "sector " + lba + " was not read: the read block of storage '" + name + "' gave null");
            case byte[] some -> some;
            case List<?> numbers when numbers.stream().allMatch(Number.class::isInstance) -> numbers(numbers);
            case CharSequence text -> text.toString().getBytes(StandardCharsets.ISO_8859_1);
            default ->
                throw new RingsideException(
                        "the read block of storage '" + name + "' gave " + Block.kinds(new Object[] {given}),
                        "",
                        "give bytes, a list of numbers, text, or null for a sector that cannot be read");
        };
        if (bytes.length > SECTOR) {
            throw new RingsideException(
                    "the read block of storage '" + name + "' gave " + bytes.length + " bytes for sector " + lba,
                    "",
                    "a sector has " + SECTOR);
        }
        return bytes;
    }

    private static byte[] numbers(List<?> numbers) {
        byte[] bytes = new byte[numbers.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = ((Number) numbers.get(i)).byteValue();
        }
        return bytes;
    }
}

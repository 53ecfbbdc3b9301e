package ringside.machine.devices.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import ringside.error.RingsideException;

/**
 * Sectors of a raw image file, written in place: what was written is there when the machine, or this program, is gone.
 *
 * <p>Its content is no part of a snapshot; put a {@link CopyOnWrite} on it to have both.
 */
public final class FileBacking implements DiskBacking {
    private final String name;
    private final FileChannel channel;
    private final boolean writable;
    private final long sectors;
    /** A wrapped array kept from call to call: machines read into the same buffers again and again. */
    private ByteBuffer window = ByteBuffer.allocate(0);

    /** Opens the file; its absence and emptiness are the user's mistakes. */
    public FileBacking(Path file, boolean writable) {
        this.name = file.toString();
        this.writable = writable;
        if (!Files.isRegularFile(file)) {
            throw new RingsideException("there is no disk image '" + name + "'", "", "check the path");
        }
        try {
            channel = writable
                    ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(file, StandardOpenOption.READ);
            sectors = (channel.size() + SECTOR - 1) / SECTOR;
        } catch (IOException e) {
            throw new RingsideException("'" + name + "' cannot be opened", "", "check its permissions", e);
        }
        if (sectors == 0) {
            throw new RingsideException(
                    "the disk image '" + name + "' is empty", "", "give one of at least one sector");
        }
    }

    @Override
    public long sectors() {
        return sectors;
    }

    private ByteBuffer window(byte[] array, int offset, int count) {
        if (window.array() != array) {
            window = ByteBuffer.wrap(array);
        }
        return window.clear().position(offset).limit(offset + count * SECTOR);
    }

    @Override
    public void read(long lba, int count, byte[] to, int offset) throws DiskFault {
        ByteBuffer into = window(to, offset, count);
        try {
            long position = lba * SECTOR;
            while (into.hasRemaining()) {
                int n = channel.read(into, position);
                if (n < 0) {
                    Arrays.fill(to, into.position(), into.limit(), (byte) 0); // past the end of a ragged file
                    return;
                }
                position += n;
            }
        } catch (IOException e) {
            throw new DiskFault(DiskFault.Kind.UNREADABLE, trouble("read", lba, e), e);
        }
    }

    @Override
    public void write(long lba, int count, byte[] from, int offset) throws DiskFault {
        if (!writable) {
            throw new DiskFault(
                    DiskFault.Kind.UNWRITABLE,
                    "sector " + lba + " of '" + name + "' was not written: the image was opened for reading only");
        }
        ByteBuffer source = window(from, offset, count);
        try {
            long position = lba * SECTOR;
            while (source.hasRemaining()) {
                position += channel.write(source, position);
            }
        } catch (IOException e) {
            throw new DiskFault(DiskFault.Kind.UNWRITABLE, trouble("written", lba, e), e);
        }
    }

    @Override
    public void flush() throws DiskFault {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new DiskFault(DiskFault.Kind.UNWRITABLE, trouble("flushed", 0, e), e);
        }
    }

    private String trouble(String done, long lba, IOException e) {
        return "sector " + lba + " of '" + name + "' could not be " + done + ": " + e.getMessage();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new RingsideException("'" + name + "' could not be closed", "", "check the disk it lies on", e);
        }
    }
}

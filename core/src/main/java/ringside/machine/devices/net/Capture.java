package ringside.machine.devices.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import ringside.error.RingsideException;
import ringside.machine.time.VirtualClock;

/** Frames in the pcap format with nanoseconds, their times virtual: the same run gives the same file. */
public final class Capture {
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int MOST_BYTES = 65_535;
    private static final int ETHERNET = 1;
    private static final long NANOSECONDS_PER_TICK = 1_000_000_000L / VirtualClock.TICKS_PER_SECOND;

    private final long start;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private int frames;

    /** @param start the date and time at tick 0, taken as UTC */
    public Capture(LocalDateTime start) {
        this.start = start.toEpochSecond(ZoneOffset.UTC);
        content.writeBytes(little(24)
                .putInt(MAGIC_NANOSECONDS)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(MOST_BYTES)
                .putInt(ETHERNET)
                .array());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void add(long tick, byte[] frame) {
        long nanoseconds = tick % VirtualClock.TICKS_PER_SECOND * NANOSECONDS_PER_TICK;
        content.writeBytes(little(16)
                .putInt((int) (start + tick / VirtualClock.TICKS_PER_SECOND))
                .putInt((int) nanoseconds)
                .putInt(frame.length)
                .putInt(frame.length)
                .array());
        content.writeBytes(frame);
        frames++;
    }

    public int frames() {
        return frames;
    }

    /** The file as it would be now. */
    public byte[] bytes() {
        return content.toByteArray();
    }

    public void write(Path file) {
        try {
            Files.write(file, bytes());
        } catch (IOException e) {
            throw new RingsideException("'" + file + "' cannot be written", "", "choose a place that can", e);
        }
    }
}

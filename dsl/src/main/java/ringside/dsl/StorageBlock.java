package ringside.dsl;

import groovy.lang.Closure;
import java.util.Set;
import java.util.function.Supplier;
import ringside.error.RingsideException;
import ringside.lab.StoreSpec;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.device.stack.Discipline;
import ringside.vmm.device.stack.Timing;

/** {@code storage('spindle') { size 16.MiB; queue 'elevator'; seek 4.ms }}: what disks lie on. */
public final class StorageBlock extends Block {
    private static final Set<String> SETTINGS = Set.of("size", "queue", "request", "seek", "rate", "read", "write");
    private static final int MOST_BYTES = 256 << 20;

    private final String name;
    private long bytes;
    private Discipline queue = Discipline.ALL.getFirst();
    private long request;
    private long seek;
    private long rate;
    private Closure<?> read;
    private Closure<?> write;

    StorageBlock(String name) {
        this.name = name;
    }

    @Override
    String blockName() {
        return "storage '" + name + "'";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "size" -> "size 16.MiB";
            case "queue" -> "queue '" + String.join("', or queue '", Discipline.names()) + "'";
            case "request" -> "request 100.us, for any request";
            case "seek" -> "seek 8.ms, from the first sector to the last";
            case "rate" -> "rate 50.MiB, a second";
            case "read" -> "read { sector -> bytes }, of at most " + DiskBacking.SECTOR;
            default -> "write { sector, bytes -> ... }";
        };
    }

    /** How much it holds, in bytes; whole sectors. */
    public void size(long amount) {
        if (amount < DiskBacking.SECTOR || amount % DiskBacking.SECTOR != 0 || amount > MOST_BYTES) {
            throw new RingsideException(
                    "storage of " + amount + " bytes is not possible",
                    "",
                    "give whole sectors of " + DiskBacking.SECTOR + " bytes, up to " + (MOST_BYTES >> 20) + " MiB: "
                            + usage("size"));
        }
        bytes = amount;
    }

    /** In which order requests are served. */
    public void queue(String word) {
        queue = Discipline.named(word);
    }

    /** Ticks that any request takes. */
    public void request(long ticks) {
        request = notNegative("request", ticks);
    }

    /** Ticks from the first sector to the last; less in proportion to the way. */
    public void seek(long ticks) {
        seek = notNegative("seek", ticks);
    }

    /** Bytes a second. */
    public void rate(long bytesPerSecond) {
        if (bytesPerSecond < DiskBacking.SECTOR) {
            throw new RingsideException(
                    "a rate of " + bytesPerSecond + " bytes a second", "", "write " + usage("rate"));
        }
        rate = bytesPerSecond;
    }

    /** What a sector holds: bytes, a list of numbers or text, zeros behind. */
    public void read(Closure<?> body) {
        read = body;
    }

    /** What becomes of a sector that is written. */
    public void write(Closure<?> body) {
        write = body;
    }

    private long notNegative(String setting, long ticks) {
        if (ticks < 0) {
            throw new RingsideException("'" + setting + "' of " + ticks + " ticks", "", "write " + usage(setting));
        }
        return ticks;
    }

    StoreSpec spec() {
        if (bytes == 0) {
            throw new RingsideException(blockName() + " has no size", "", "give it one: " + usage("size"));
        }
        long sectors = bytes / DiskBacking.SECTOR;
        Supplier<DiskBacking> content = read == null && write == null
                ? () -> new MemoryBacking(new byte[(int) bytes])
                : () -> new ScriptedContent(name, sectors, read, write);
        return new StoreSpec(name, content, queue, new Timing(request, seek, rate));
    }
}

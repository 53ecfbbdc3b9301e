package ringside.properties.disk;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.machine.board.Board;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.devices.disk.BlockRequest.Operation;
import ringside.machine.devices.disk.BlockRequest.Status;

/**
 * Random requests to a disk, in batches, and what has to come of them by a model that is a few lines of Java.
 *
 * <p>Every driver's guest is the same program: it takes the batches from a table in its memory. A request lies on the disk
 * or begins behind its end; one that crosses the end may be carried out in part, and drives differ in that.
 */
final class DiskProgram {
    static final int SECTORS = 512, SECTOR = 512;
    static final int BUFFERS = 0x300000, BUFFER_BYTES = 0x80000;
    private static final int TABLE = 0x500000, ENTRY = 20, MOST_SECTORS = 24;

    private static final Map<String, GuestImage> GUESTS = new LinkedHashMap<>();

    /** One request; {@code buffer} counts from {@link #BUFFERS}. */
    record Request(boolean write, int sector, int sectors, int buffer) {
        boolean fails() {
            return sector >= SECTORS;
        }

        BlockRequest seen() {
            return new BlockRequest(
                    write ? Operation.WRITE : Operation.READ, sector, sectors, fails() ? Status.FAILED : Status.DONE);
        }
    }

    private final List<List<Request>> batches;
    private final byte[] initial = new byte[BUFFER_BYTES];

    /** @param batches as they are given to the driver */
    DiskProgram(List<List<Request>> batches, SplittableRandom random) {
        this.batches = batches;
        random.nextBytes(initial);
    }

    static DiskProgram random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Request>> batches = new ArrayList<>();
        for (int b = random.nextInt(1, 4); b > 0; b--) {
            List<Request> batch = new ArrayList<>();
            int size = random.nextInt(8) == 0 ? random.nextInt(100, 150) : random.nextInt(1, 8);
            for (int i = 0; i < size; i++) {
                int most = size > 8 ? 2 : MOST_SECTORS;
                int sectors = random.nextInt(1, most + 1);
                int sector = random.nextInt(12) == 0
                        ? SECTORS + random.nextInt(1000)
                        : random.nextInt(SECTORS - sectors + 1);
                int buffer = random.nextInt((BUFFER_BYTES - sectors * SECTOR) / 4) * 4;
                batch.add(new Request(random.nextBoolean(), sector, sectors, buffer));
            }
            batches.add(batch);
        }
        return new DiskProgram(batches, random);
    }

    /** The guest with that driver. */
    static synchronized GuestImage guest(String driver) {
        return GUESTS.computeIfAbsent(
                driver,
                name -> ScriptRunner.run("""
                        guest('%1$s') {
                            include driver('%1$s'), as: 'disk'
                            kernel {
                                call disk_probe
                                jc none
                                mov esi, 0x%2$x
                                lodsd
                                mov ebp, eax
                                .batch:
                                test ebp, ebp
                                jz .end
                                lodsd
                                mov ecx, eax
                                call disk_batch
                                lea ecx, [ecx + ecx*4]
                                lea esi, [esi + ecx*4]
                                dec ebp
                                jmp .batch
                                .end:
                                call disk_flush
                                checkpoint 'flushed', eax
                                none:
                                halt
                            }
                        }
                        """.formatted(name, TABLE), name, new PrintStream(new ByteArrayOutputStream()))
                        .guests()
                        .getFirst());
    }

    /** Puts the requests and the buffers' first content into a guest's memory. */
    void load(Board board) {
        int size = 4 + batches.stream().mapToInt(b -> 4 + ENTRY * b.size()).sum();
        ByteBuffer table =
                ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putInt(batches.size());
        for (List<Request> batch : batches) {
            table.putInt(batch.size());
            for (Request request : batch) {
                table.putInt(request.write ? 1 : 0)
                        .putInt(request.sector)
                        .putInt(request.sectors)
                        .putInt(BUFFERS + request.buffer)
                        .putInt(-1);
            }
        }
        board.write(TABLE, table.array());
        board.write(BUFFERS, initial);
    }

    List<Request> requests() {
        return batches.stream().flatMap(List::stream).toList();
    }

    /** What whoever looks at the disk's requests has to see, the flush at the end included. */
    List<BlockRequest> seen() {
        List<BlockRequest> seen =
                new ArrayList<>(requests().stream().map(Request::seen).toList());
        seen.add(new BlockRequest(Operation.FLUSH, 0, 0, Status.DONE));
        return seen;
    }

    /** Whether the guest was told of each request what became of it. */
    boolean told(Board board) {
        int at = TABLE + 4;
        for (List<Request> batch : batches) {
            at += 4;
            for (Request request : batch) {
                int status = board.bus().read(32, at + 16);
                if ((status != 0) != request.fails() || status == -1) {
                    return false;
                }
                at += ENTRY;
            }
        }
        return true;
    }

    /** The disk, changed as it has to be; the buffers as they have to be at the end. */
    byte[] carriedOut(byte[] disk) {
        byte[] memory = initial.clone();
        for (Request request : requests()) {
            if (!request.fails()) {
                int bytes = request.sectors * SECTOR;
                int at = request.sector * SECTOR;
                if (request.write) {
                    System.arraycopy(memory, request.buffer, disk, at, bytes);
                } else {
                    System.arraycopy(disk, at, memory, request.buffer, bytes);
                }
            }
        }
        return memory;
    }

    static byte[] buffers(Board board) {
        byte[] memory = new byte[BUFFER_BYTES];
        for (int i = 0; i < BUFFER_BYTES; i += 4) {
            int value = board.bus().read(32, BUFFERS + i);
            for (int k = 0; k < 4; k++) {
                memory[i + k] = (byte) (value >> 8 * k);
            }
        }
        return memory;
    }

    @Override
    public String toString() {
        return batches.stream().map(List::toString).reduce("", (a, b) -> a + "\n" + b) + Arrays.hashCode(initial);
    }
}

package ringside.machine.devices.ata;

import java.util.Optional;
import ringside.machine.devices.disk.BlockRequest.Operation;

/** The commands a drive knows, one line each, by their code and by how they move data (ATA/ATAPI-5, T13 1321D). */
enum AtaCommand {
    RECALIBRATE(0x10, 0x1f, Protocol.NO_DATA),
    READ_SECTORS(0x20, 0x21, Protocol.PIO_IN),
    WRITE_SECTORS(0x30, 0x31, Protocol.PIO_OUT),
    VERIFY(0x40, 0x41, Protocol.NO_DATA),
    SEEK(0x70, 0x7f, Protocol.NO_DATA),
    DIAGNOSE(0x90, 0x90, Protocol.NO_DATA),
    SET_GEOMETRY(0x91, 0x91, Protocol.NO_DATA),
    OLD_STANDBY_NOW(0x94, 0x94, Protocol.NO_DATA),
    OLD_IDLE_NOW(0x95, 0x95, Protocol.NO_DATA),
    OLD_CHECK_POWER(0x98, 0x98, Protocol.NO_DATA),
    READ_MULTIPLE(0xc4, 0xc4, Protocol.PIO_IN),
    WRITE_MULTIPLE(0xc5, 0xc5, Protocol.PIO_OUT),
    SET_MULTIPLE(0xc6, 0xc6, Protocol.NO_DATA),
    READ_DMA(0xc8, 0xc9, Protocol.DMA_IN),
    WRITE_DMA(0xca, 0xcb, Protocol.DMA_OUT),
    STANDBY_NOW(0xe0, 0xe0, Protocol.NO_DATA),
    IDLE_NOW(0xe1, 0xe1, Protocol.NO_DATA),
    STANDBY(0xe2, 0xe2, Protocol.NO_DATA),
    IDLE(0xe3, 0xe3, Protocol.NO_DATA),
    CHECK_POWER(0xe5, 0xe5, Protocol.NO_DATA),
    FLUSH(0xe7, 0xe7, Protocol.NO_DATA),
    IDENTIFY(0xec, 0xec, Protocol.PIO_IN),
    SET_FEATURES(0xef, 0xef, Protocol.NO_DATA),
    NATIVE_SIZE(0xf8, 0xf8, Protocol.NO_DATA),
    /** Whatever has no line here: aborted. */
    UNKNOWN(-1, -1, Protocol.NO_DATA);

    /** How a command moves its data. */
    enum Protocol {
        NO_DATA,
        PIO_IN,
        PIO_OUT,
        DMA_IN,
        DMA_OUT
    }

    private static final Optional<Operation> READ = Optional.of(Operation.READ),
            WRITE = Optional.of(Operation.WRITE),
            FLUSHED = Optional.of(Operation.FLUSH);

    private static final AtaCommand[] BY_CODE = new AtaCommand[256];

    static {
        for (AtaCommand command : values()) {
            for (int code = Math.max(0, command.first); code <= command.last; code++) {
                BY_CODE[code] = command;
            }
        }
    }

    private final int first;
    private final int last;
    final Protocol protocol;

    AtaCommand(int first, int last, Protocol protocol) {
        this.first = first;
        this.last = last;
        this.protocol = protocol;
    }

    static AtaCommand of(int code) {
        AtaCommand command = BY_CODE[code];
        return command == null ? UNKNOWN : command;
    }

    /** Whether it addresses sectors by the task file: they are looked at before the command starts. */
    boolean addressesSectors() {
        return switch (this) {
            case READ_SECTORS, WRITE_SECTORS, VERIFY, READ_MULTIPLE, WRITE_MULTIPLE, READ_DMA, WRITE_DMA -> true;
            default -> false;
        };
    }

    /** What it is to whoever looks at the disk's requests; nothing for the other commands. */
    Optional<Operation> operation() {
        return switch (this) {
            case READ_SECTORS, READ_MULTIPLE, READ_DMA -> READ;
            case WRITE_SECTORS, WRITE_MULTIPLE, WRITE_DMA -> WRITE;
            case FLUSH -> FLUSHED;
            default -> Optional.empty();
        };
    }

    boolean multiple() {
        return this == READ_MULTIPLE || this == WRITE_MULTIPLE;
    }

    boolean dma() {
        return protocol == Protocol.DMA_IN || protocol == Protocol.DMA_OUT;
    }
}

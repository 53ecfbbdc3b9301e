package ringside.vmm.device.split;

import java.util.Arrays;

/** The registers of virtio-mmio version 2 (virtio 1.2, section 4.2.2), 32 bits each; names are the specification's. */
enum Register {
    MAGIC_VALUE(0x000, true, false),
    VERSION(0x004, true, false),
    DEVICE_ID(0x008, true, false),
    VENDOR_ID(0x00c, true, false),
    DEVICE_FEATURES(0x010, true, false),
    DEVICE_FEATURES_SEL(0x014, false, true),
    DRIVER_FEATURES(0x020, false, true),
    DRIVER_FEATURES_SEL(0x024, false, true),
    QUEUE_SEL(0x030, false, true),
    QUEUE_NUM_MAX(0x034, true, false),
    QUEUE_NUM(0x038, false, true),
    QUEUE_READY(0x044, true, true),
    QUEUE_NOTIFY(0x050, false, true),
    INTERRUPT_STATUS(0x060, true, false),
    INTERRUPT_ACK(0x064, false, true),
    STATUS(0x070, true, true),
    QUEUE_DESC_LOW(0x080, false, true),
    QUEUE_DESC_HIGH(0x084, false, true),
    QUEUE_DRIVER_LOW(0x090, false, true),
    QUEUE_DRIVER_HIGH(0x094, false, true),
    QUEUE_DEVICE_LOW(0x0a0, false, true),
    QUEUE_DEVICE_HIGH(0x0a4, false, true),
    SHM_SEL(0x0ac, false, true),
    SHM_LEN_LOW(0x0b0, true, false),
    SHM_LEN_HIGH(0x0b4, true, false),
    SHM_BASE_LOW(0x0b8, true, false),
    SHM_BASE_HIGH(0x0bc, true, false),
    QUEUE_RESET(0x0c0, true, true),
    CONFIG_GENERATION(0x0fc, true, false);

    /** Where the device's configuration space begins. */
    static final int CONFIGURATION = 0x100;

    private static final Register[] AT = new Register[CONFIGURATION / 4];

    static {
        Arrays.stream(values()).forEach(register -> AT[register.offset / 4] = register);
    }

    private final int offset;
    private final boolean read;
    private final boolean written;

    Register(int offset, boolean read, boolean written) {
        this.offset = offset;
        this.read = read;
        this.written = written;
    }

    int offset() {
        return offset;
    }

    boolean readable() {
        return read;
    }

    boolean writable() {
        return written;
    }

    /** The register at an offset below {@link #CONFIGURATION}, which is a multiple of 4; null where there is none. */
    static Register at(int offset) {
        return AT[offset / 4];
    }
}

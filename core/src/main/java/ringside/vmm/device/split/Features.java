package ringside.vmm.device.split;

/** Feature bits of every device (virtio 1.2, section 6), and what of them a driver may accept together. */
final class Features {
    static final long INDIRECT_DESC = 1L << 28;
    static final long EVENT_IDX = 1L << 29;
    static final long VERSION_1 = 1L << 32;
    static final long ACCESS_PLATFORM = 1L << 33;
    static final long RING_RESET = 1L << 40;

    private Features() {}

    /** What is offered beside the bits of the device's kind. */
    static long offered(boolean grants) {
        return INDIRECT_DESC | EVENT_IDX | VERSION_1 | RING_RESET | (grants ? ACCESS_PLATFORM : 0);
    }

    /** Why the device does not accept what the driver chose; empty where it does. */
    static String refusal(long offered, long chosen) {
        if ((chosen & ~offered) != 0) {
            return String.format("feature %d was not offered", Long.numberOfTrailingZeros(chosen & ~offered));
        }
        if ((chosen & VERSION_1) == 0) {
            return "VERSION_1 was not accepted, and there is no older form of the device";
        }
        if ((offered & ~chosen & ACCESS_PLATFORM) != 0) {
            return "ACCESS_PLATFORM was not accepted, and the back end may only reach what it was granted";
        }
        return "";
    }
}

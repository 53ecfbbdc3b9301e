package ringside.machine.devices;

import ringside.observe.Counters;

/** The words under which every device model counts what it did for its guest, so that models can be compared. */
public final class DeviceCounts {
    /** Requests completed, with success or without. */
    public static final String REQUESTS = "requests";
    /** Bytes of data that the requests were about. */
    public static final String REQUEST_BYTES = "requestBytes";
    /** Bytes that software copied between the guest's memory and the back end. */
    public static final String BYTES_COPIED = "bytesCopied";
    /** Times the guest told the back end that there is work. */
    public static final String NOTIFICATIONS = "notifications";
    /** Times the device began to ask for an interrupt. */
    public static final String INTERRUPTS = "deviceInterrupts";

    private DeviceCounts() {}

    /** All words at zero. */
    public static Counters none() {
        return Counters.of(REQUESTS, REQUEST_BYTES, BYTES_COPIED, NOTIFICATIONS, INTERRUPTS);
    }
}

package ringside.vmm.device.split;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import ringside.machine.devices.DeviceCounts;
import ringside.observe.Counters;

/** What a machine's split devices did, in numbers, and what their front ends did wrong, in words. */
final class Tally {
    /** What a front end did that was refused or dropped: every time, not once a message. */
    static final String MISUSES = "misuses";

    private static final int MOST_MESSAGES = 100;

    private final String device;
    private final Counters counters;
    private final List<String> messages;

    private Tally(String device, Counters counters, List<String> messages) {
        this.device = device;
        this.counters = counters;
        this.messages = messages;
    }

    Tally() {
        this("", DeviceCounts.none(), new ArrayList<>());
        counters.add(MISUSES, 0);
    }

    /** The same tally as {@code name} adds to it, whose messages begin with it. */
    Tally of(String name) {
        return new Tally(name + ": ", counters, messages);
    }

    void request(long dataBytes) {
        counters.add(DeviceCounts.REQUESTS);
        counters.add(DeviceCounts.REQUEST_BYTES, dataBytes);
    }

    void copied(long bytes) {
        counters.add(DeviceCounts.BYTES_COPIED, bytes);
    }

    void notified() {
        counters.add(DeviceCounts.NOTIFICATIONS);
    }

    void interrupted() {
        counters.add(DeviceCounts.INTERRUPTS);
    }

    /** Something was refused; the user reads it once, however often a guest tries. */
    void refused(String message) {
        counters.add(MISUSES);
        tell(message);
    }

    /** Something went wrong that is not the guest's fault. */
    void tell(String message) {
        String whole = device + message;
        if (messages.size() < MOST_MESSAGES && !messages.contains(whole)) {
            messages.add(whole);
        }
    }

    Counters counters() {
        return counters;
    }

    List<String> messages() {
        return Collections.unmodifiableList(messages);
    }
}

package ringside.vmm.device.split;

import java.util.Arrays;
import ringside.machine.state.StateVisitor;

/** The configuration space as the driver reaches it: bytes of the back end, and a count of their changes. */
final class ConfigurationSpace {
    private final BackEnd backEnd;
    private final Tally tally;
    private byte[] last;
    private int generation;

    ConfigurationSpace(BackEnd backEnd, Tally tally) {
        this.backEnd = backEnd;
        this.tally = tally;
        last = backEnd.configuration().clone();
    }

    int read(int bits, int offset) {
        byte[] space = backEnd.configuration();
        int bytes = bits / 8;
        if (offset + bytes > space.length) {
            tally.refused(String.format(
                    "a read of %d bits at offset %d of a configuration of %d bytes", bits, offset, space.length));
            return 0;
        }
        int value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | space[offset + i] & 0xff;
        }
        return value;
    }

    void write(int bits, int offset, int value) {
        if (!backEnd.configure(offset, bits, value)) {
            tally.refused(String.format("a write of %d bits at offset %d of the configuration", bits, offset));
        }
    }

    /** Grows when the configuration is not what it was when the driver last asked. */
    int generation() {
        byte[] now = backEnd.configuration();
        if (!Arrays.equals(now, last)) {
            last = now.clone();
            generation++;
        }
        return generation;
    }

    void visit(StateVisitor v) {
        generation = v.int32("generation", generation);
        last = v.blob("lastConfiguration", last);
    }
}

package ringside.machine.iommu;

import java.util.function.IntConsumer;

/** The last faults as software finds them: eight records of four words, a status, and the message that is sent. */
final class FaultRegisters {
    static final int RECORDS = 8, WORDS = 4;
    /** Status bits: a record was lost for want of room, one waits. */
    static final int OVERFLOW = 1, PENDING = 2;

    /** Event control: no message. */
    static final int MASKED = 1 << 31;

    private static final int VALID = 1 << 31, READ = 1 << 30;

    private final int[] records = new int[RECORDS * WORDS];
    private int next;
    private int status;
    private int control = MASKED;
    private int vector;

    /** Notes a fault and, where none waited, sends the message to {@code processor}; false where there is no room. */
    boolean note(DmaFault fault, IntConsumer processor) {
        if ((records[next * WORDS + 3] & VALID) != 0) {
            status |= OVERFLOW;
            return false;
        }
        records[next * WORDS] = fault.address();
        records[next * WORDS + 2] = fault.requester().id();
        records[next * WORDS + 3] =
                VALID | (fault.write() ? 0 : READ) | fault.reason().number();
        next = (next + 1) % RECORDS;
        boolean first = (status & PENDING) == 0;
        status |= PENDING;
        if (first && control >= 0) {
            processor.accept(vector);
        }
        return true;
    }

    /** Status, with the number of the record that comes next. */
    int status() {
        return status | next << 8;
    }

    /** Writing a one takes the overflow back. */
    void clear(int bits) {
        status &= ~(bits & OVERFLOW);
    }

    int control() {
        return control;
    }

    void control(int value) {
        control = value & MASKED;
    }

    int vector() {
        return vector;
    }

    void vector(int value) {
        vector = value & 0xff;
    }

    int record(int word) {
        return records[word];
    }

    /** Writing a one to a record's valid bit frees it; once all are free none waits any more. */
    void release(int word, int value) {
        if (word % WORDS == 3 && value < 0) {
            records[word] &= ~VALID;
            boolean waits = false;
            for (int i = 3; i < records.length; i += WORDS) {
                waits |= records[i] < 0;
            }
            status = waits ? status : status & ~PENDING;
        }
    }

    /** The fault in a record, or null where it is free. */
    static DmaFault decode(int address, int requester, int last) {
        boolean valid = last < 0;
        return valid
                ? new DmaFault(Requester.of(requester), address, (last & READ) == 0, FaultReason.of(last & 0xff))
                : null;
    }
}

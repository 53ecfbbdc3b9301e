package ringside.vmm.device.stack;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.devices.disk.BlockRequest;
import ringside.machine.state.StateVisitor;

/** Requests of a queue as numbers of a snapshot. */
final class WaitingState {
    private static final int FIELDS = 9;

    private WaitingState() {}

    static List<Waiting> visit(StateVisitor v, List<Waiting> requests) {
        long[] packed = new long[requests.size() * FIELDS];
        int at = 0;
        for (Waiting w : requests) {
            for (long field : new long[] {
                w.disk(),
                w.operation().ordinal(),
                w.sector(),
                w.sectors(),
                w.order(),
                w.arrived(),
                w.eligible(),
                w.delay(),
                w.used()
            }) {
                packed[at++] = field;
            }
        }
        long[] f = v.longs("store.requests", packed);
        List<Waiting> loaded = new ArrayList<>();
        for (int i = 0; i < f.length; i += FIELDS) {
            loaded.add(new Waiting(
                    (int) f[i],
                    BlockRequest.Operation.values()[(int) f[i + 1]],
                    f[i + 2],
                    (int) f[i + 3],
                    f[i + 4],
                    f[i + 5],
                    f[i + 6],
                    f[i + 7],
                    f[i + 8]));
        }
        return loaded;
    }
}

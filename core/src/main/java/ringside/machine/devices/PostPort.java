package ringside.machine.devices;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.BytePorts;
import ringside.machine.state.StateVisitor;

/** Port 80h, where firmware reports how far it came: keeps every code in order; reading gives the last. */
public final class PostPort implements Device, BytePorts {
    /** A guest that uses the port for delays must not fill the memory: older codes are forgotten. */
    private static final int KEPT = 4096;

    private final List<Integer> codes = new ArrayList<>();

    /** The codes written, oldest first, at least the last 2048. */
    public List<Integer> codes() {
        return List.copyOf(codes);
    }

    @Override
    public int in8(int port) {
        return codes.isEmpty() ? 0xff : codes.getLast();
    }

    @Override
    public void out8(int port, int value) {
        if (codes.size() == KEPT) {
            codes.subList(0, KEPT / 2).clear();
        }
        codes.add(value);
    }

    @Override
    public String stateName() {
        return "postPort";
    }

    @Override
    public void visit(StateVisitor v) {
        long[] stored = v.longs("codes", codes.stream().mapToLong(code -> code).toArray());
        codes.clear();
        for (long code : stored) {
            codes.add((int) code);
        }
    }
}

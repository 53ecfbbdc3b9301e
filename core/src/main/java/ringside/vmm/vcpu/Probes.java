package ringside.vmm.vcpu;

import java.util.HashSet;
import java.util.Set;

/** The addresses at which a client wants to be told, each arrival once: a hidden fault restarts the instruction. */
public final class Probes {
    private final Set<Integer> addresses = new HashSet<>();
    private long lastAt = -1;
    private int lastLa;

    public void add(int la) {
        addresses.add(la);
    }

    public boolean contains(int la) {
        return !addresses.isEmpty() && addresses.contains(la);
    }

    /** Whether this arrival, after {@code retired} instructions, is another than the last one told. */
    public boolean arrived(int la, long retired) {
        boolean fresh = lastAt != retired || lastLa != la;
        lastAt = retired;
        lastLa = la;
        return fresh;
    }
}

package ringside.vmm.compression;

import java.util.AbstractSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/** Machine pages whose writes are traced on behalf of a mode; remembers whether they changed. */
final class TracedPages extends AbstractSet<Integer> {
    private final Set<Integer> pages = new HashSet<>();
    private boolean changed;

    /** Whether a page came or went since this was last asked. */
    boolean takeChanged() {
        boolean taken = changed;
        changed = false;
        return taken;
    }

    @Override
    public boolean add(Integer page) {
        boolean added = pages.add(page);
        changed |= added;
        return added;
    }

    @Override
    public boolean remove(Object page) {
        boolean removed = pages.remove(page);
        changed |= removed;
        return removed;
    }

    @Override
    public void clear() {
        changed |= !pages.isEmpty();
        pages.clear();
    }

    @Override
    public boolean contains(Object page) {
        return pages.contains(page);
    }

    @Override
    public Iterator<Integer> iterator() {
        return pages.iterator();
    }

    @Override
    public int size() {
        return pages.size();
    }
}

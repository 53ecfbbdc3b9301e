package ringside.vmm.memory.shadow;

import static ringside.vmm.memory.shadow.TableFormat.PAGE;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import ringside.machine.paging.Walker;
import ringside.vmm.memory.shadow.ShadowPage.Key;
import ringside.vmm.memory.shadow.ShadowPage.Origin;
import ringside.vmm.spi.VmmRegion;

/** The pages of cached tables: found by what they stand for and by the frame of the guest's table. */
final class ShadowCache {
    private final TableFormat format;
    private final boolean ownMapping;
    private final boolean openCache;
    private final Map<Key, ShadowPage> pages = new LinkedHashMap<>();
    private final Map<Integer, List<ShadowPage>> byFrame = new HashMap<>();
    private final ShadowPage[] byOffset = new ShadowPage[VmmRegion.POOL_END / PAGE];
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    ShadowCache(TableFormat format, boolean ownMapping, boolean openCache) {
        this.format = format;
        this.ownMapping = ownMapping;
        this.openCache = openCache;
        for (int at = VmmRegion.POOL; at < VmmRegion.POOL_END; at += PAGE) {
            free.add(at);
        }
    }

    /** The page for {@code key}, or null. */
    ShadowPage find(Key key) {
        return pages.get(key);
    }

    boolean isFull() {
        return free.isEmpty();
    }

    /** A new, empty page for {@code key}; the guest's table lies at {@code frame}, -1 where there is none. */
    ShadowPage make(Key key, int frame) {
        ShadowPage page = new ShadowPage(key, free.remove(), frame, format.entriesPerTable());
        format.region().fill(page.at, PAGE, 0);
        if (ownMapping && coversOwn(page)) {
            format.mapOwn(page.at, openCache);
        }
        pages.put(key, page);
        byOffset[page.at / PAGE] = page;
        if (frame >= 0) {
            byFrame.computeIfAbsent(frame, f -> new ArrayList<>()).add(page);
        }
        return page;
    }

    private boolean coversOwn(ShadowPage page) {
        return page.key.origin() == Origin.DIRECTORY && (!format.wide() || page.key.part() == 3);
    }

    /** The pages made from the guest's table at {@code frame}. */
    List<ShadowPage> of(int frame) {
        return byFrame.getOrDefault(frame, List.of());
    }

    Collection<ShadowPage> all() {
        return pages.values();
    }

    /** The page that a present entry of a directory leads to. */
    ShadowPage child(int entry) {
        return byOffset[format.offset(entry) / PAGE];
    }

    /** Makes the entry at {@code parent} of a directory lead to {@code page}. */
    void link(int parent, ShadowPage page) {
        format.setTable(parent, page.at);
        page.parents.add(parent);
    }

    /** Clears the entry with this index; the VMM's own mapping stays. */
    void clear(ShadowPage page, int index) {
        int at = page.at + index * format.entrySize();
        int entry = format.get(at);
        if ((entry & Walker.P) == 0 || ownMapping && coversOwn(page) && isOwn(index)) {
            return;
        }
        if (!page.isLeaf()) {
            child(entry).parents.remove((Integer) at);
        }
        format.set(at, 0, true);
    }

    private boolean isOwn(int index) {
        return index >= format.directoryIndex(VmmRegion.BASE);
    }

    void clearAll(ShadowPage page) {
        for (int index = 0; index < format.entriesPerTable(); index++) {
            clear(page, index);
        }
    }

    /** Nothing leads to the page any more, and it leads nowhere; whoever still has it as a root gives it back. */
    void remove(ShadowPage page) {
        clearAll(page);
        for (int parent : page.parents) {
            format.set(parent, 0, true);
        }
        page.parents.clear();
        pages.remove(page.key, page);
        List<ShadowPage> siblings = of(page.frame);
        if (siblings.remove(page) && siblings.isEmpty()) {
            byFrame.remove(page.frame);
        }
    }

    /** The page may be used for something else. */
    void giveBack(ShadowPage page) {
        byOffset[page.at / PAGE] = null;
        free.add(page.at);
    }

    /** Calls {@code action} with the offset of each present leaf entry whose frame is meant. */
    void eachLeaf(IntPredicate frames, IntConsumer action) {
        for (ShadowPage page : pages.values()) {
            if (page.isLeaf()) {
                for (int at = page.at; at < page.at + PAGE; at += format.entrySize()) {
                    int entry = format.get(at);
                    if ((entry & Walker.P) != 0 && frames.test(entry & -PAGE)) {
                        action.accept(at);
                    }
                }
            }
        }
    }

    /** Calls {@code action} with each index of the page that stands for the guest's entries in the bytes from {@code from}. */
    void eachIndex(ShadowPage page, int from, int length, IntConsumer action) {
        int size = page.key.role().entrySize();
        boolean split = format.wide() && size == 4;
        for (int entry = from / size; entry <= (from + length - 1) / size; entry++) {
            if (!split) {
                action.accept(entry);
            } else if (page.key.origin() == Origin.DIRECTORY && entry >>> 8 == page.key.part()) {
                action.accept((entry & 0xff) * 2);
                action.accept((entry & 0xff) * 2 + 1);
            } else if (page.key.origin() == Origin.TABLE && entry >>> 9 == page.key.part()) {
                action.accept(entry & 0x1ff);
            }
        }
    }

    /** Offset, in the guest's table, of the entry that this index of a table was made from. */
    int guestOffset(ShadowPage page, int index) {
        boolean split = format.wide() && page.key.role().entrySize() == 4;
        return (index + (split ? page.key.part() * 512 : 0)) * page.key.role().entrySize();
    }
}

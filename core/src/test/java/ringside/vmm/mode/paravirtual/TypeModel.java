package ringside.vmm.mode.paravirtual;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the types of frames are supposed to be, said a second time and as simply as can be: a page is a table exactly as
 * long as somebody refers to it, and a request that fails changes nothing.
 *
 * <p>Pages hold entries with PAs. Answers are error numbers, or 0.
 */
final class TypeModel {
    static final int PRESENT = 1, WRITABLE = 2, LARGE = 0x80, GLOBAL = 0x100, ENTRIES = 1024, OWN = 1023;

    private static final int PAGE = 0x1000;
    private static final int EPERM = Errno.EPERM.result(), EBUSY = Errno.EBUSY.result();
    private static final int EINVAL = Errno.EINVAL.result();

    /** A page that is a table now. */
    static final class Type {
        final boolean directory;
        int count;
        boolean pinned;

        Type(boolean directory) {
            this.directory = directory;
        }
    }

    final Map<Integer, Type> types = new TreeMap<>();
    private final Map<Integer, int[]> content = new TreeMap<>();
    private final int ramSize;
    int root;
    /** Pages that became tables, and tables that became pages, so far. */
    int made;

    int ended;
    /** The page with the guest's LDT, with its GDT, and the shared one; 0 for none. */
    int local;

    private final int gdt;
    int shared;

    /** A guest whose first directory and table are in force. */
    TypeModel(int ramSize, int gdt, int directory, int table) {
        this.ramSize = ramSize;
        this.gdt = gdt;
        this.root = directory;
        for (int i = 0; i < ENTRIES; i++) {
            boolean readOnly = i == directory >>> 12 || i == table >>> 12 || i == gdt >>> 12;
            page(table)[i] = i << 12 | (readOnly ? 1 : 3);
        }
        page(directory)[0] = table | 7;
        types.put(table, new Type(false));
        types.put(directory, new Type(true));
        types.get(table).count = 1;
        types.get(directory).count = 1;
    }

    int[] page(int page) {
        return content.computeIfAbsent(page, none -> new int[ENTRIES]);
    }

    boolean isDirectory(int page) {
        return types.containsKey(page) && types.get(page).directory;
    }

    boolean isRam(int page) {
        return Integer.compareUnsigned(page, ramSize) < 0;
    }

    boolean describes(int page) {
        return page == local || page == gdt;
    }

    private boolean isWritten(int page) {
        for (Map.Entry<Integer, Type> type : types.entrySet()) {
            for (int entry : type.getValue().directory ? new int[0] : page(type.getKey())) {
                if ((entry & 3) == 3 && (entry & -PAGE) == page) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- references

    private int take(int page, boolean directory) {
        Type type = types.get(page);
        if (type != null && type.directory != directory) {
            return EBUSY;
        }
        if (type == null) {
            int result = validate(page, directory);
            if (result != 0) {
                return result;
            }
        }
        types.get(page).count++;
        return 0;
    }

    private int validate(int page, boolean directory) {
        if (!isRam(page)) {
            return EINVAL;
        }
        if (page == shared || describes(page) || isWritten(page)) {
            return EBUSY;
        }
        // while it is looked at it counts as what it is to become, without entries
        types.put(page, new Type(directory));
        int[] entries = page(page).clone();
        Arrays.fill(page(page), 0);
        int result = 0;
        for (int i = 0; i < ENTRIES && result == 0; i++) {
            result = refer(page, i, entries[i]);
            page(page)[i] = result == 0 ? entries[i] : 0;
        }
        made++;
        if (result != 0) {
            end(page);
            made--;
            ended--;
            System.arraycopy(entries, 0, page(page), 0, ENTRIES);
        }
        return result;
    }

    private int refer(int page, int index, int entry) {
        boolean directory = types.get(page).directory;
        if ((entry & PRESENT) == 0) {
            return 0;
        }
        if ((entry & (directory ? LARGE : LARGE | GLOBAL)) != 0 || directory && index == OWN) {
            return EPERM;
        }
        int target = entry & -PAGE;
        if (directory) {
            return take(target, false);
        }
        if (!isRam(target)) {
            return EINVAL;
        }
        return (entry & WRITABLE) != 0 && (types.containsKey(target) || describes(target)) ? EBUSY : 0;
    }

    private void drop(int page) {
        Type type = types.get(page);
        type.count--;
        if (type.count == 0 && !type.pinned) {
            end(page);
        }
    }

    private void end(int page) {
        Type type = types.remove(page);
        ended++;
        for (int entry : type.directory ? page(page) : new int[0]) {
            if ((entry & PRESENT) != 0) {
                drop(entry & -PAGE);
            }
        }
    }

    // ---- requests

    int load(int page) {
        int result = take(page, true);
        if (result == 0) {
            int before = root;
            root = page;
            drop(before);
        }
        return result;
    }

    int pin(int page, boolean directory) {
        Type before = types.get(page);
        if (before != null && before.pinned) {
            return before.directory == directory ? EINVAL : EBUSY;
        }
        int result = take(page, directory);
        if (result == 0) {
            types.get(page).pinned = true;
            types.get(page).count--;
        }
        return result;
    }

    int unpin(int page) {
        Type type = types.get(page);
        if (type == null || !type.pinned) {
            return EINVAL;
        }
        type.pinned = false;
        if (type.count == 0) {
            end(page);
        }
        return 0;
    }

    int update(int pa, int entry) {
        int page = pa & -PAGE;
        int index = (pa & PAGE - 1) / 4;
        if (!isRam(page) || (entry & PRESENT) != 0 && !isRam(entry & -PAGE)) {
            return EINVAL;
        }
        if (describes(page)) {
            return EPERM;
        }
        Type type = types.get(page);
        if (type != null) {
            int result = type.directory && index == OWN ? EPERM : refer(page, index, entry);
            if (result != 0) {
                return result;
            }
            int before = page(page)[index];
            page(page)[index] = entry;
            if (type.directory && (before & PRESENT) != 0) {
                drop(before & -PAGE);
            }
        }
        page(page)[index] = entry;
        return 0;
    }

    int updateMapping(int va, int entry) {
        int directoryEntry = page(root)[va >>> 22];
        if ((entry & PRESENT) != 0 && !isRam(entry & -PAGE) || (directoryEntry & PRESENT) == 0) {
            return EINVAL;
        }
        return update((directoryEntry & -PAGE) + (va >>> 12 & ENTRIES - 1) * 4, entry);
    }

    int share(int page) {
        int result = describes(page) ? EPERM : types.containsKey(page) ? EBUSY : 0;
        shared = result == 0 ? page : shared;
        return result;
    }

    /** The LDT is to lie at {@code va}, whose kernel mapping decides. */
    int describe(int va) {
        int page = pageAt(va, false);
        if (page == -1) {
            return Errno.EFAULT.result();
        }
        if (types.containsKey(page) || isWritten(page)) {
            return EBUSY;
        }
        if (page == shared) {
            return EPERM;
        }
        local = page;
        return 0;
    }

    /** Whether a table shows the page's frame, or it is one. */
    boolean shows(int page) {
        boolean mapped = types.entrySet().stream()
                .filter(type -> !type.getValue().directory)
                .flatMapToInt(type -> Arrays.stream(page(type.getKey())))
                .anyMatch(entry -> (entry & PRESENT) != 0 && (entry & -PAGE) == page);
        return mapped || types.containsKey(page);
    }

    // ---- memory

    /** The page that the guest's kernel reaches at {@code va}, or -1. */
    int pageAt(int va, boolean write) {
        int needed = write ? 3 : 1;
        int directoryEntry = page(root)[va >>> 22];
        int entry = (directoryEntry & PRESENT) == 0 ? 0 : page(directoryEntry & -PAGE)[va >>> 12 & ENTRIES - 1];
        return (directoryEntry & entry & needed) == needed ? entry & -PAGE : -1;
    }

    /** A device writes; what it writes into tables in use is undone. */
    void written(int pa, int value) {
        if (!types.containsKey(pa & -PAGE)) {
            page(pa & -PAGE)[(pa & PAGE - 1) / 4] = value;
        }
    }
}

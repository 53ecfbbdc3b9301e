package ringside.properties.paging;

import static ringside.properties.paging.PagingPlaces.*;

import ringside.properties.SlottedGuest;

/** Changes of page-table and directory entries, each with its flush; all in ring 0. */
final class PagingEntries {
    private static final int LARGE = 0xe7, MARKS = 0x60;

    private PagingEntries() {}

    /** Where the directory in force shows the entry with number {@code index} of its first window's table. */
    static int self(PagingWriter w, int index) {
        int table = (w.wide ? WIDE_SELF : SELF) + firstIndex(w.wide) * 0x1000;
        return table + index * entrySize(w.wide);
    }

    private static int low(PagingWriter w) {
        return w.random.nextInt(8) | (w.random.nextInt(4) == 0 ? 0 : 1) | w.random.nextInt(4) << 5;
    }

    /** An entry that leads to some frame with some rights; now and then it is global, now and then absent. */
    static int value(PagingWriter w) {
        return w.frame() | low(w) & ~MARKS | w.global(6);
    }

    // ---- parts of entries

    static void partial(PagingWriter w) {
        int index = w.random.nextInt(USED - 1);
        int at = w.tableEntry(w.random.nextInt(2), index);
        int touched = 1;
        w.perhapsUse(index).kernel();
        switch (w.random.nextInt(9)) {
            case 0 -> w.mark(w.inFormat("1 byte")).raw(0xc6, 0x05).dword(at).raw(low(w));
            case 1 -> {
                int value = w.random.nextInt(COUNT) << 12 | low(w);
                w.mark(w.inFormat("2 bytes")).raw(0x66, 0xc7, 0x05).dword(at).raw(value, value >> 8);
            }
            case 2 -> {
                int value = w.random.nextInt(COUNT) << 4 | w.random.nextInt(8) << 1 | w.global(2) >>> 8;
                w.mark(w.inFormat("2 bytes, unaligned"))
                        .raw(0x66, 0xc7, 0x05)
                        .dword(at + 1)
                        .raw(value, FRAMES >> 16);
            }
            case 3 -> touched = across(w, at);
            case 4 -> {
                int bit = 1 << w.random.nextInt(3);
                boolean set = w.random.nextBoolean();
                w.mark(w.inFormat("locked"))
                        .raw(0xf0, 0x80, set ? 0x0d : 0x25)
                        .dword(at)
                        .raw(set ? bit : ~bit);
            }
            case 5 -> {
                w.raw(0xbc).dword(at + 4).mark(w.inFormat("pushed")).raw(0x68).dword(value(w));
                w.raw(0xbc).dword(SlottedGuest.STACK);
            }
            case 6 -> {
                touched = 2;
                w.raw(0xbf).dword(at).eax(w.wide ? 0 : value(w)).raw(0xb9).dword(w.wide ? 4 : 2);
                w.mark(w.inFormat("string")).raw(0xf3, 0xab);
            }
            case 7 -> {
                w.eax(value(w))
                        .raw(0xba)
                        .dword(TableWriter.PLACE)
                        .raw(0xef, 0xbf)
                        .dword(at);
                w.mark(w.inFormat("from a port")).raw(0x6d);
            }
            default -> touched = eightBytes(w, at);
        }
        w.flushEntries(index, touched).perhapsUse(index);
    }

    /** Shadows of the table may be made while it is out of step. */
    static void othersFirst(PagingWriter w) {
        int index = w.random.nextInt(USED);
        int other = (index + 1 + w.random.nextInt(USED - 1)) % USED;
        w.perhapsUse(other).kernel();
        w.mark(w.inFormat("entry whose flush comes late"));
        w.store(w.tableEntry(w.random.nextInt(2), index), value(w)).end();
        for (int window = 0; window < 2; window++) {
            w.mark("use of another entry").read(w.page(window, other) | 0x60).end();
        }
        w.flushEntries(index, 1).perhapsUse(index);
    }

    /** Four bytes of two entries; with PAE the upper half of one: no execution, or a reserved bit. */
    private static int across(PagingWriter w, int at) {
        if (!w.wide) {
            int second = w.random.nextInt() & 0xfe0f0000 | w.global(2) << 16;
            w.mark("4 bytes across entries").store(at + 2, second | 0x00070040);
            return 2;
        }
        int high = switch (w.random.nextInt(4)) {
            case 0 -> 0x80000000;
            case 1 -> 0x100;
            default -> 0;
        };
        w.mark(high == 0x100 ? "reserved bit" : "upper half").store(at + 4, high);
        return 1;
    }

    /** CMPXCHG8B, which the first time only learns what is there. */
    private static int eightBytes(PagingWriter w, int at) {
        w.raw(0xbf).dword(at).raw(0x0f, 0xc7, 0x0f).raw(0xbb).dword(value(w)).raw(0xb9);
        w.dword(w.wide ? 0 : value(w)).mark(w.inFormat("8 bytes")).raw(0x0f, 0xc7, 0x0f);
        return w.wide ? 1 : 2;
    }

    // ---- directory entries

    static void directory(PagingWriter w) {
        int at = w.directoryEntry(w.random.nextInt(2), w.random.nextInt(2));
        if (w.random.nextInt(3) == 0) {
            w.mark(w.inFormat("marks of a directory entry cleared"));
            w.clear(at, MARKS).flushDirectory().end();
            return;
        }
        int rights = w.random.nextInt(8) | (w.random.nextInt(5) == 0 ? 0 : 1);
        switch (w.random.nextInt(8)) {
            case 0, 1 -> {
                int marks = w.random.nextInt(2) << 6 | w.global(2) | (w.random.nextInt(8) == 0 ? 0x2000 : 0);
                w.mark(w.inFormat("large page")).store(at, FRAMES | 0x80 | marks | rights);
            }
            case 2 -> {
                if (w.wide) {
                    w.mark("no execution by a directory entry").store(at + 4, w.random.nextInt(2) << 31);
                } else {
                    w.mark("directory entry through the self map");
                    w.store(SELF + (SELF >>> 22) * 0x1000 + (at & 0xfff), w.table(w.random.nextInt(2)) | rights);
                }
            }
            case 3 -> {
                int table = (w.wide ? TABLES : WIDE_TABLES)[w.random.nextInt(2)];
                w.mark(w.inFormat("table of the other format")).store(at, table | rights);
            }
            default -> w.mark(w.inFormat("directory entry")).store(at, w.table(w.random.nextInt(2)) | rights);
        }
        w.flushDirectory().end();
    }

    /** The window is shown by one entry in both directories. */
    static void bothDirectories(PagingWriter w, int window, int value) {
        w.store(w.directoryEntry(0, window), value).store(w.directoryEntry(1, window), value);
        w.flushAll().end();
    }

    static void large(PagingWriter w, int window) {
        bothDirectories(w, window, FRAMES | LARGE);
    }

    static void turnPageSize(PagingWriter w, int la) {
        w.mark("CR4.PSE turned over").turnCr4(PSE).flushAll().end();
        w.mark("read").read(la).end();
    }

    static void dirtyAgain(PagingWriter w) {
        int window = w.random.nextInt(2);
        int la = w.page(window, 0) | 0x100;
        large(w, window);
        w.mark("write of a large page").write(la).end();
        w.clear(w.directoryEntry(0, window), MARKS).clear(w.directoryEntry(1, window), MARKS);
        w.flushAll().end();
        w.mark("read of a large page").read(la + 0x1000);
        w.mark("first write of a large page").write(la).end();
    }

    static void split(PagingWriter w) {
        int window = w.random.nextInt(2);
        int table = w.random.nextInt(2);
        int page = w.random.nextInt(USED);
        int la = w.page(window, page) | 0x80;
        large(w, window);
        w.mark("read of a large page").read(la);
        w.mark("write of a large page").write(la).end();
        w.store(w.tableEntry(table, page), FRAMES + page * 0x1000 | 7);
        if (w.wide) {
            w.store(w.tableEntry(table, page) + 4, 0);
        }
        w.end();
        bothDirectories(w, window, w.table(table) | 7);
        w.mark("write after a split").write(la).end();
        if (w.random.nextBoolean()) {
            bothDirectories(w, window, FRAMES | LARGE & ~MARKS);
            w.mark("read after joining").read(la).end();
        }
    }

    static void alias(PagingWriter w) {
        int table = w.random.nextInt(2);
        int frame = w.frame();
        int[] index = {w.random.nextInt(USED), w.random.nextInt(USED)};
        w.store(w.tableEntry(table, index[0]), frame | 7);
        w.store(w.tableEntry(table, index[1]), frame | 5 | w.random.nextInt(2) << 1);
        w.flushAll().end();
        int[] la = {w.page(w.random.nextInt(2), index[0]) | 0x200, w.page(w.random.nextInt(2), index[1]) | 0x200};
        w.eax(w.random.nextInt()).mark("write by one name").write(la[0]);
        w.mark("read by another name")
                .read(la[1])
                .mark("write by another name")
                .write(la[1])
                .end();
    }

    /** Without a flush until all is done: the first use after the change may meet either translation. */
    static void stale(PagingWriter w) {
        int index = w.random.nextInt(USED);
        int la = w.page(w.random.nextInt(2), index) | 0x80;
        boolean write = w.random.nextBoolean();
        use(w, la, write).end();
        int value = switch (w.random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> w.frame() | 5;
            default -> w.frame() | 7 | w.global(3);
        };
        w.store(w.tableEntry(0, index), value)
                .store(w.tableEntry(1, index), value)
                .end();
        use(w.mark("use of a changed page"), la, w.random.nextInt(3) == 0);
        use(w, la, false);
        switch (w.random.nextInt(4)) {
            case 0 -> w.invlpg(la);
            case 1 -> w.raw(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8);
            case 2 -> w.turnCr4(PGE);
            default -> {}
        }
        use(w, la, write).end();
    }

    private static PagingWriter use(PagingWriter w, int la, boolean write) {
        return write ? w.write(la) : w.read(la);
    }

    // ---- odd places

    /** Where a table may lie beside where they do, for two levels and for PAE; what is written may be read there alone. */
    private enum Odd {
        EARLY("in the first MiB", EARLY_TABLE, EARLY_WIDE_TABLE, true),
        ROM("in ROM", ROM_TABLE, ROM_TABLE + 0x1000, true),
        DEVICE("in a device", DEVICE_TABLE, DEVICE_TABLE + 0x1000, true),
        ABSENT("that is not there", NOWHERE, NOWHERE, false);

        private final String where;
        private final int table;
        private final int wideTable;
        private final boolean leadsToFrames;

        Odd(String where, int table, int wideTable, boolean leadsToFrames) {
            this.where = where;
            this.table = table;
            this.wideTable = wideTable;
            this.leadsToFrames = leadsToFrames;
        }
    }

    /** Used, then the directory entry leads to a table of the windows again: what it shows is no place to write to. */
    static void oddTable(PagingWriter w) {
        Odd odd = Odd.values()[w.random.nextInt(Odd.values().length)];
        int window = w.random.nextInt(2);
        int directory = w.random.nextInt(2);
        int at = w.directoryEntry(directory, window);
        int page = w.page(window, w.random.nextInt(USED));
        w.store(at, (w.wide ? odd.wideTable : odd.table) | 7)
                .loadCr3(w.root(directory))
                .flushAll()
                .end();
        w.mark(w.inFormat("read by a table " + odd.where)).read(page | 0x300).end();
        if (odd.leadsToFrames) {
            w.mark("write by a table " + odd.where).write(page | 0x300);
            w.mark("read by a table " + odd.where).read(page | 0x304).end();
            w.eax(page | RET)
                    .mark("call by a table " + odd.where)
                    .raw(0xff, 0xd0)
                    .end();
        }
        if (odd == Odd.DEVICE) {
            w.read(DEVICE_TABLE + (page >>> 12 & 7) * entrySize(w.wide) + (w.wide ? 0x1000 : 0))
                    .end();
        }
        w.store(at, w.table(directory ^ window) | 7).flushAll().end();
    }

    /** What the page shows changes under other translations: each change is flushed. */
    static void oddFrame(PagingWriter w) {
        int index = w.random.nextInt(USED);
        int window = w.random.nextInt(2);
        int at = w.tableEntry(w.random.nextInt(2), index);
        int la = w.page(window, index);
        switch (w.random.nextInt(5)) {
            case 0 -> {
                w.store(at, NOWHERE | 7).flushAll().end();
                w.mark("read where nothing answers").read(la);
                w.mark("write where nothing answers").write(la).end();
            }
            case 3 -> {
                w.store(at, ROM_TABLE | 7).flushAll().end();
                w.mark("read of ROM").read(la);
                w.mark("write of ROM").write(la + 0x10).end();
            }
            case 4 -> {
                w.store(at, DEVICE_TABLE | 7).flushAll().end();
                w.mark("read of a device").read(la);
                w.mark("write of a device").write(la + 0x80).end();
            }
            case 1 -> {
                int other = w.random.nextInt(USED);
                w.store(at, w.table(w.random.nextInt(2)) | 7).flushAll().end();
                w.mark(w.inFormat("table written through a window"));
                w.store(la + other * entrySize(w.wide), value(w)).flushAll().end();
            }
            default -> {
                int directory = (w.wide ? WIDE : DIRECTORIES)[w.random.nextInt(2)];
                w.store(at, directory | 7).flushAll().end();
                w.mark(w.inFormat("directory read through a window"))
                        .read(la + firstIndex(w.wide) * 8)
                        .end();
            }
        }
        w.store(at, w.frame() | 7).flushAll().end();
    }
}

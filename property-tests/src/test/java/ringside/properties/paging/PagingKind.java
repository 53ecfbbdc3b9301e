package ringside.properties.paging;

import static ringside.properties.paging.PagingPlaces.*;

import java.util.SplittableRandom;
import ringside.properties.SlottedGuest;

/** What the parts of a {@link PagingProgram} are. */
public enum PagingKind {
    READ(12) {
        @Override
        void write(PagingWriter w) {
            int la = w.anywhere();
            w.mark(PagingWriter.crosses(la) ? "read across pages" : "read")
                    .read(la)
                    .end();
        }
    },
    WRITE(12) {
        @Override
        void write(PagingWriter w) {
            int la = w.anywhere();
            w.mark(PagingWriter.crosses(la) ? "write across pages" : "write")
                    .write(la)
                    .end();
        }
    },
    MODIFY(6) {
        @Override
        void write(PagingWriter w) {
            int la = w.anywhere();
            w.mark(PagingWriter.crosses(la) ? "modify across pages" : "modify")
                    .raw(0xff, 0x05)
                    .dword(la)
                    .end();
        }
    },
    FETCH(7) {
        @Override
        void write(PagingWriter w) {
            int la = w.page(w.random.nextInt(2), w.random.nextInt(USED)) | RET;
            w.eax(la).mark("call").raw(0xff, 0xd0).end();
        }
    },
    /** REP MOVSD over a page's end: a fault in the middle leaves ECX, ESI and EDI where it stopped. */
    STRING(4) {
        @Override
        void write(PagingWriter w) {
            int from = w.page(w.random.nextInt(2), w.random.nextInt(USED - 1)) + 0xff8;
            int to = w.page(w.random.nextInt(2), w.random.nextInt(USED - 1)) + 0xff0;
            w.raw(0xbe).dword(from).raw(0xbf).dword(to).raw(0xb9).dword(6);
            w.mark("string across pages").raw(0xf3, 0xa5).end();
        }
    },
    /** A new entry, by one doubleword, where it lies or through the self map. */
    ENTRY(18) {
        @Override
        void write(PagingWriter w) {
            int index = w.random.nextInt(USED);
            boolean self = w.random.nextInt(4) == 0;
            int at = self ? PagingEntries.self(w, index) : w.tableEntry(w.random.nextInt(2), index);
            int value = PagingEntries.value(w);
            String what = (value & 1) == 0 ? "unmap" : self ? "entry through the self map" : "entry";
            w.perhapsUse(index).kernel().mark(w.inFormat(what)).store(at, value).flushEntries(index, 1);
            w.perhapsUse(index);
        }
    },
    /** Part of an entry, or parts of two: 1, 2, 8 and unaligned 4 bytes, locked, pushed, or by a string instruction. */
    PARTIAL(20) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.partial(w);
        }
    },
    /** A new entry, or parts of two, by DMA. */
    DMA(8) {
        @Override
        void write(PagingWriter w) {
            int index = w.random.nextInt(USED - 1);
            boolean across = !w.wide && w.random.nextInt(3) == 0;
            int at = w.tableEntry(w.random.nextInt(2), index) + (across ? 2 : 0);
            int value = across ? w.random.nextInt() & 0xfe0f0000 | 0x00070040 : PagingEntries.value(w);
            w.perhapsUse(index)
                    .kernel()
                    .eax(at)
                    .raw(0xba)
                    .dword(TableWriter.PLACE)
                    .raw(0xef);
            w.eax(value).raw(0x83, 0xc2, TableWriter.DATA - TableWriter.PLACE);
            w.mark(w.inFormat(across ? "DMA across entries" : "DMA")).raw(0xef);
            w.flushEntries(index, across ? 2 : 1).perhapsUse(index);
        }
    },
    /** An entry changed, and others of its table used before the flush that it needs. */
    OTHERS_FIRST(8) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.othersFirst(w);
        }
    },
    /** Accessed and dirty bits cleared. */
    CLEAR_MARKS(8) {
        @Override
        void write(PagingWriter w) {
            int index = w.random.nextInt(USED);
            int at = w.tableEntry(w.random.nextInt(2), index);
            w.perhapsUse(index).kernel().mark(w.inFormat("accessed and dirty cleared"));
            w.clear(at, 0x60).flushEntries(index, 1).perhapsUse(index);
        }
    },
    /** A directory entry that leads to a table, or to a large page, or has its marks cleared. */
    DIRECTORY(12) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.directory(w.kernel());
        }
    },
    /** A large page that is written, has its dirty bit cleared, and is read elsewhere before it is written again. */
    DIRTY_AGAIN(4) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.dirtyAgain(w.kernel());
        }
    },
    /** A large page split into small ones, and put together again. */
    SPLIT(4) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.split(w.kernel());
        }
    },
    /** One frame at two addresses, written by the one and read by the other. */
    ALIAS(4) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.alias(w.kernel());
        }
    },
    /** A table in the first MiB; one where nothing answers, whose entries read as ones. */
    ODD_TABLE(4) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.oddTable(w.kernel());
        }
    },
    /** A page that shows a page table, one that shows a directory, one where nothing answers. */
    ODD_FRAME(4) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.oddFrame(w.kernel());
        }
    },
    /** A global page used before and after a CR3 load, and invalidated. */
    GLOBAL(4) {
        @Override
        void write(PagingWriter w) {
            int index = w.random.nextInt(USED);
            w.kernel().store(w.tableEntry(w.random.nextInt(2), index), w.frame() | PagingPlaces.GLOBAL | 7);
            w.flushAll().end();
            int la = w.page(w.random.nextInt(2), index) | 0x40;
            w.mark("read").read(la).raw(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8);
            w.mark("read of a global page after a CR3 load").read(la).end();
            w.invlpg(la).mark("read").read(la).end();
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.globals();
        }
    },
    WRITE_PROTECT(6) {
        @Override
        void write(PagingWriter w) {
            int index = w.random.nextInt(USED);
            w.perhapsUse(index).kernel().raw(0x0f, 0x20, 0xc0, 0x35).dword(0x10000);
            w.mark("CR0.WP turned over").raw(0x0f, 0x22, 0xc0).perhapsUse(index);
        }
    },
    LOAD_CR3(8) {
        @Override
        void write(PagingWriter w) {
            w.kernel().eax(w.root(w.random.nextInt(2)));
            w.mark(w.inFormat("CR3 load")).raw(0x0f, 0x22, 0xd8);
            if (w.globals()) {
                w.flushAll();
            }
            w.end();
        }
    },
    INVALIDATE(4) {
        @Override
        void write(PagingWriter w) {
            w.kernel().mark("INVLPG").invlpg(w.anywhere()).end();
        }
    },
    /** CR4.PSE turned over, which need not flush, under a large page: without it the page itself is taken for a table. */
    PAGE_SIZE(4) {
        @Override
        void write(PagingWriter w) {
            int window = w.random.nextInt(2);
            int la = w.page(window, w.random.nextInt(USED)) | 0x90;
            PagingEntries.large(w.kernel(), window);
            w.mark("read").read(la).end();
            PagingEntries.turnPageSize(w, la);
            if (w.random.nextBoolean()) {
                PagingEntries.turnPageSize(w, la);
            }
        }
    },
    /** The format changed, paging off meanwhile. */
    FORMAT(4) {
        @Override
        void write(PagingWriter w) {
            w.kernel();
            w.wide = !w.wide;
            w.raw(0x0f, 0x20, 0xc3, 0x89, 0xd8, 0x25).dword(0x7fffffff).raw(0x0f, 0x22, 0xc0);
            w.turnCr4(PAE).loadCr3(w.root(0));
            w.mark(w.wide ? "PAE on" : "PAE off").raw(0x0f, 0x22, 0xc3).end();
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.mayBeWide();
        }
    },
    /** A page that may not be executed, called from ring 0 and, where there are users, from ring 3. */
    NO_EXECUTE(4) {
        @Override
        void write(PagingWriter w) {
            if (!w.wide) {
                return;
            }
            int index = w.random.nextInt(USED);
            w.kernel();
            for (int table = 0; table < 2; table++) {
                w.store(w.tableEntry(table, index), w.frame() | 7);
                w.store(w.tableEntry(table, index) + 4, 1 << 31);
                w.end();
            }
            w.flushAll().end();
            int la = w.page(w.random.nextInt(2), index);
            w.mark("read of a page without execution").read(la | 0x44).end();
            if (w.users() && w.random.nextBoolean()) {
                w.toUser();
            }
            w.eax(la | RET)
                    .mark("jump to a page without execution")
                    .raw(0xff, 0xe0)
                    .end();
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.mayBeWide();
        }
    },
    /** EFER.NXE turned over: bit 63 forbids execution, or is reserved. */
    EXECUTE_DISABLE(5) {
        @Override
        void write(PagingWriter w) {
            int index = w.random.nextInt(USED);
            w.kernel();
            if (w.wide && w.random.nextBoolean()) {
                w.store(w.tableEntry(0, index) + 4, 1 << 31).store(w.tableEntry(1, index) + 4, 1 << 31);
                w.flushAll().perhapsUse(index);
            }
            w.raw(0xb9).dword(PagingWriter.EFER).raw(0x0f, 0x32, 0x35).dword(PagingWriter.NXE);
            w.mark("EFER.NXE turned over").raw(0x0f, 0x30).flushAll().perhapsUse(index);
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.mayBeWide();
        }
    },
    /** One table under directories of both formats, used in the one and then in the other. */
    ONE_TABLE_IN_BOTH(3) {
        @Override
        void write(PagingWriter w) {
            int window = w.random.nextInt(2);
            int table = (w.random.nextBoolean() ? TABLES : WIDE_TABLES)[w.random.nextInt(2)];
            for (int i = 0; i < 2; i++) {
                w.kernel();
                PagingEntries.bothDirectories(w, window, table | 7);
                w.mark(w.inFormat("read by a table for both formats")).read(w.page(window, 2) | 0x30);
                w.end();
                w.perhapsUse(w.random.nextInt(USED)).kernel();
                FORMAT.write(w);
            }
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.mayBeWide();
        }
    },
    /** PAE switched on under a directory that is no table of pointers: #GP, and nothing changed. */
    REFUSED_FORMAT(1) {
        @Override
        void write(PagingWriter w) {
            if (!w.wide) {
                w.kernel().raw(0x0f, 0x20, 0xe0, 0x35).dword(PAE);
                w.mark("PAE refused").raw(0x0f, 0x22, 0xe0).end();
            }
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.mayBeWide();
        }
    },
    /** An exception whose gate lies on a page that is not there: a page fault while it is delivered. */
    NESTED_FAULT(5) {
        @Override
        void write(PagingWriter w) {
            int at = (w.wide ? WIDE_LOW[0] : LOW_TABLE) + FIRST_GATES * entrySize(w.wide);
            w.kernel().clear(at, 1).invlpg(FIRST_GATES << 12);
            switch (w.random.nextInt(4)) {
                case 0 -> w.mark("#UD without its gate").raw(0x0f, 0x0b);
                case 1 -> w.mark("#BP without its gate").raw(0xcc);
                case 2 -> w.eax(0xfff0).mark("#GP without its gate").raw(0x8e, 0xd8);
                default -> w.raw(0x31, 0xc9).mark("#DE without its gate").raw(0xf7, 0xf1);
            }
            w.end();
            w.raw(0x80, 0x0d).dword(at).raw(1).invlpg(FIRST_GATES << 12).end();
        }
    },
    /** A descriptor in a window: loading it reads its page, and writes the page to mark it accessed. */
    DESCRIPTOR_PAGE(5) {
        @Override
        void write(PagingWriter w) {
            int base = w.page(w.random.nextInt(2), w.random.nextInt(USED));
            int high = base & 0xff000000 | 0x8200 | base >>> 16 & 0xff;
            w.kernel().store(SlottedGuest.GDT + LOCAL_SELECTOR, base << 16 | 0x7f);
            w.store(SlottedGuest.GDT + LOCAL_SELECTOR + 4, high);
            w.eax(LOCAL_SELECTOR).raw(0x0f, 0x00, 0xd0).end();
            w.eax(PagingPlaces.DESCRIPTOR | 4 | 3);
            w.mark("descriptor in a window").raw(0x8e, 0xe0).end();
        }
    },
    TO_USER(12) {
        @Override
        void write(PagingWriter w) {
            w.toUser();
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.users();
        }
    },
    /** A page used, its entries changed under whichever table, and used again before and after a flush. */
    STALE(40) {
        @Override
        void write(PagingWriter w) {
            PagingEntries.stale(w.kernel());
        }

        @Override
        boolean suits(PagingProgram program) {
            return !program.flushes();
        }
    },
    /** The user's stack in a window, perhaps across two pages. */
    USER_STACK(4) {
        @Override
        void write(PagingWriter w) {
            w.toUser();
            int esp = w.anywhere() + 4;
            w.raw(0xbc).dword(esp).mark("push on a window").raw(0x50).raw(0x5a).end();
            w.kernel();
        }

        @Override
        boolean suits(PagingProgram program) {
            return program.users();
        }
    };

    private final int weight;

    PagingKind(int weight) {
        this.weight = weight;
    }

    /** Writes one part of this kind. */
    abstract void write(PagingWriter w);

    /** Whether such a program may have parts of this kind. */
    boolean suits(PagingProgram program) {
        return true;
    }

    /** One at random, by weight, that suits the program. */
    static PagingKind draw(SplittableRandom random, PagingProgram program) {
        int total = 0;
        for (PagingKind kind : values()) {
            total += kind.suits(program) ? kind.weight : 0;
        }
        int at = random.nextInt(total);
        for (PagingKind kind : values()) {
            at -= kind.suits(program) ? kind.weight : 0;
            if (at < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("no kind suits");
    }
}

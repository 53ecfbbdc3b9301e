package ringside.properties.ported;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import ringside.properties.SlottedGuest;
import ringside.properties.ported.TableSteps.Op;

/**
 * A random life of page tables for the kernel of {@link TableSteps}: entries made, changed and taken away, tables linked,
 * pinned and given back, directories changed, each change with its flush, and uses of what is mapped in between.
 *
 * <p>Whoever keeps to the interface asks for nothing that {@code direct} memory refuses: a page is mapped read-only before
 * it is linked as a table, and for writing again when no directory names it. Whoever does not, writes tables with
 * instructions of every width, and shows a directory in itself.
 */
public final class TableProgram {
    private static final int[] DIRECTORIES = {0x4000, 0x20000};
    private static final int LOW = 0x5000;
    private static final int[] TABLES = {0x7000, 0x8000, 0x21000, 0x22000};
    /** From here on: what the ported kernel maps read-only itself, and for writing again. */
    private static final int FIRST_SPARE = 2;

    /** Two windows of 4 MiB; few pages of each, so that changes meet uses. The last is for tables seen as data. */
    private static final int WINDOW = 2, USED = 4, SELF = 1020;

    private static final int CLEAN = ~0x60;

    private final SplittableRandom random;
    private final TableSteps steps = new TableSteps();
    private final boolean ownWrites;
    private final boolean showsTables;
    private final int[][] slots = {{0, 1}, {1, 0}};
    private final boolean[] sealed = {true, true, true, true};
    private final boolean[] pinned = new boolean[TABLES.length];
    private final boolean rude;
    private int current;

    private TableProgram(SplittableRandom random, boolean ownWrites, boolean showsTables, boolean rude) {
        this.random = random;
        this.ownWrites = ownWrites;
        this.showsTables = showsTables;
        this.rude = rude;
    }

    /**
     * @param ownWrites whether it writes its tables with its own instructions too
     * @param showsTables whether windows lead to tables, whose entries hold what PAs or MAs they do
     */
    public static TableSteps of(long seed, int pieces, boolean ownWrites, boolean showsTables) {
        return new TableProgram(new SplittableRandom(seed), ownWrites, showsTables, false).made(pieces);
    }

    /** One that asks for what it may not have too, and lives on. */
    public static TableSteps rude(long seed, int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        return new TableProgram(random, random.nextBoolean(), true, true).made(pieces);
    }

    private TableSteps made(int pieces) {
        start();
        for (int i = 0; i < pieces; i++) {
            if (rude && random.nextInt(3) == 0) {
                rudeness();
            } else {
                piece();
            }
        }
        return steps;
    }

    private void start() {
        var directory = SlottedGuest.buffer(0x1000);
        directory.putInt(LOW | 7).putInt(LOW + 0x1000 | 7).putInt(TABLES[1] | 7).putInt(TABLES[0] | 7);
        if (ownWrites) {
            directory.putInt(SELF * 4, DIRECTORIES[1] | 3);
        }
        steps.with("directory", DIRECTORIES[1], directory.array());
        mapOnto(DIRECTORIES[1], true);
        for (int table = 0; table < TABLES.length; table++) {
            if (table >= FIRST_SPARE) {
                var entries = SlottedGuest.buffer(USED * 4);
                for (int i = 0; i < USED; i++) {
                    entries.putInt(value(i));
                }
                steps.with("table " + table, TABLES[table], entries.array());
                mapOnto(TABLES[table], true);
            }
            for (int i = 0; i < USED && table < FIRST_SPARE; i++) {
                steps.add(Op.SET, TABLES[table] + i * 4, value(i), 0);
            }
        }
        if (ownWrites) {
            steps.add(Op.SET, DIRECTORIES[0] + SELF * 4, DIRECTORIES[0] | 3, 0);
        }
    }

    private void piece() {
        switch (random.nextInt(20)) {
            case 0, 1 -> steps.add(Op.READ, address(), 0, 0);
            case 2, 3 -> steps.add(Op.WRITE, address(), random.nextInt(), 0);
            case 4 -> steps.add(Op.ADD, address(), random.nextInt(), 0);
            case 5 -> steps.add(Op.CALL, code(), 0, 0);
            case 6 -> steps.add(Op.COPY, address(), address(), random.nextInt(1, 9));
            case 7, 8 -> user();
            case 9, 10, 11 -> entry();
            case 12 -> steps.add(Op.FLAGS, TABLES[random.nextInt(4)] + random.nextInt(USED) * 4, 0, 0);
            case 13 -> steps.add(Op.FLAGS, DIRECTORIES[random.nextInt(2)] + (WINDOW + random.nextInt(2)) * 4, 0, 0);
            case 14, 15 -> directoryEntry();
            case 16 -> {
                current = random.nextInt(2);
                steps.add(Op.LOAD, DIRECTORIES[current], 0, 0);
            }
            case 17 -> steps.add(Op.NESTED, address(), 0, 0);
            case 18 -> seal();
            default -> pin();
        }
    }

    /** Something that types of frames, or the bounds of the guest's memory, stand against more often than not. */
    private void rudeness() {
        int page = random.nextBoolean() ? TABLES[random.nextInt(TABLES.length)] : DIRECTORIES[random.nextInt(2)];
        int other = random.nextInt(3) == 0 ? page : random.nextInt(0x4000) << 12;
        int entry = random.nextInt(0x4000) << 12 | random.nextInt(0x400) | 1;
        switch (random.nextInt(7)) {
            case 0 -> steps.add(Op.SET, page + random.nextInt(1, 1024) * 4, entry, 0);
            case 1 -> steps.add(Op.MAP, address() & -0x1000, entry, 0);
            case 2 -> steps.add(Op.BATCH, page + random.nextInt(1, 1023) * 4, page | 3, entry);
            case 3 -> steps.add(Op.PIN, other, random.nextInt(2), 0);
            case 4 -> steps.add(Op.UNPIN, other, 0, 0);
            case 5 -> steps.add(Op.SEAL, page, page | (random.nextBoolean() ? 1 : 3), 0);
            default -> steps.add(Op.SET, LOW + (page >>> 12) * 4, DIRECTORIES[random.nextInt(2)] | 3, 0);
        }
    }

    /** Somewhere in the windows, perhaps across two pages of one. */
    private int address() {
        boolean crossing = random.nextInt(5) == 0;
        int page = window() + random.nextInt(crossing ? USED - 1 : USED) * 0x1000;
        return page + (crossing ? 0xffe : random.nextInt(8, 0x3f0) * 4);
    }

    private int window() {
        return WINDOW + random.nextInt(2) << 22;
    }

    private int code() {
        return window() + random.nextInt(USED - 1) * 0x1000 + TableSteps.RET;
    }

    private void user() {
        int how = random.nextInt(3);
        steps.add(Op.USER, how == 2 ? code() : address(), random.nextInt(), how);
    }

    /** What entry {@code index} of a table may become. */
    private int value(int index) {
        int rights = random.nextInt(8) | (random.nextInt(4) == 0 ? 0 : 1) | random.nextInt(4) << 5;
        if (showsTables && index == USED - 1 && random.nextInt(2) == 0) {
            return TABLES[random.nextInt(TABLES.length)] | rights & ~2;
        }
        int ignored = ownWrites ? random.nextInt(4) << 7 : random.nextInt(8) << 9;
        return TableSteps.FRAMES + random.nextInt(TableSteps.COUNT) * 0x1000 | rights | ignored;
    }

    // ---- entries of tables

    private void entry() {
        int table = random.nextInt(TABLES.length);
        int index = random.nextInt(USED);
        int at = TABLES[table] + index * 4;
        int slot = slotOfAlone(table);
        switch (random.nextInt(ownWrites || !sealed[table] ? 7 : 4)) {
            case 0 -> steps.add(Op.SET, at, value(index), 0);
            case 1 -> {
                int next = (index + 1) % USED;
                int first = Math.min(index, next);
                steps.add(Op.BATCH, TABLES[table] + first * 4, value(first), value(first + 1));
            }
            case 2 -> {
                if (slot >= 0) {
                    steps.add(Op.SET_ONE, at, value(index), (WINDOW + slot << 22) + index * 0x1000);
                }
            }
            case 3 -> {
                // bare finds the PTE of a VA in the tables that it began with
                if (slot >= 0 && TABLES[table] == LOW + (WINDOW + slot) * 0x1000) {
                    steps.add(Op.MAP, (WINDOW + slot << 22) + index * 0x1000, value(index), 0);
                }
            }
            default -> ownWrite(at, index, slot);
        }
    }

    /** The slot of the directory in force that alone leads to the table, or -1. */
    private int slotOfAlone(int table) {
        int[] now = slots[current];
        return now[0] == now[1] ? -1 : now[0] == table ? 0 : now[1] == table ? 1 : -1;
    }

    /** By an instruction of the guest's own, through the identity map or through the directory seen as a table. */
    private void ownWrite(int at, int index, int slot) {
        boolean self = ownWrites && slot >= 0 && random.nextInt(3) == 0;
        int place = self ? (SELF << 22) + (WINDOW + slot) * 0x1000 + index * 4 : at;
        switch (random.nextInt(5)) {
            case 0 -> steps.add(Op.STORE, place, value(index), 0);
            case 1 -> steps.add(Op.STORE_WORD, place, value(0), 0);
            case 2 -> steps.add(Op.STORE_BYTE, place, value(0), 0);
            case 3 -> steps.add(Op.AND, place, random.nextBoolean() ? CLEAN : ~3, 0);
            // the upper half of one entry and the lower half of the next
            default -> {
                if (index < USED - 1) {
                    steps.add(Op.STORE, place + 2, value(0) << 16 | TableSteps.FRAMES >>> 16, 0);
                }
            }
        }
    }

    // ---- directories

    private void directoryEntry() {
        int directory = random.nextInt(2);
        int slot = random.nextInt(2);
        int at = DIRECTORIES[directory] + (WINDOW + slot) * 4;
        int table = random.nextInt(TABLES.length);
        if (random.nextInt(6) == 0) {
            slots[directory][slot] = -1;
            steps.add(Op.SET, at, random.nextInt() & ~1, 0);
        } else if (sealed[table]) {
            slots[directory][slot] = table;
            int ignored = ownWrites ? random.nextInt(2) << 7 : 0;
            Op op = ownWrites && random.nextInt(3) == 0 ? Op.STORE : Op.SET;
            steps.add(op, at, TABLES[table] | random.nextInt(8) | 1 | ignored, 0);
        }
    }

    private boolean linked(int table) {
        List<Integer> all = new ArrayList<>();
        for (int[] directory : slots) {
            for (int slot : directory) {
                all.add(slot);
            }
        }
        return all.contains(table);
    }

    /** A spare page stops being one of the kernel's data, or is that again. */
    private void seal() {
        int table = random.nextInt(FIRST_SPARE, TABLES.length);
        if (!sealed[table] || !linked(table) && !pinned[table]) {
            sealed[table] = !sealed[table];
            mapOnto(TABLES[table], sealed[table]);
        }
    }

    private void mapOnto(int page, boolean readOnly) {
        if (!ownWrites) {
            steps.add(Op.SEAL, page, page | (readOnly ? 1 : 3), 0);
        }
    }

    private void pin() {
        int table = random.nextInt(TABLES.length);
        if (pinned[table]) {
            steps.add(Op.UNPIN, TABLES[table], 0, 0);
            pinned[table] = false;
        } else if (sealed[table]) {
            steps.add(Op.PIN, TABLES[table], 0, 0);
            pinned[table] = true;
        }
    }
}

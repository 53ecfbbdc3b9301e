package ringside.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The surroundings of a foreign binary that is entered in flat protected mode: a small GDT, so that its segment loads work,
 * and a stack, both where the binary itself is not.
 */
final class FlatEntry {
    static final int CODE = 0x08, DATA = 0x10;

    /** Marked accessed: whoever entered the guest has loaded them. */
    private static final long[] GDT = {0, 0x00cf9b000000ffffL, 0x00cf93000000ffffL};

    private static final int STACK = 0x4000;

    private FlatEntry() {}

    static GuestImage image(String name, List<LoadSegment> segments, int eip) {
        return image(name, segments, eip, Map.of());
    }

    static GuestImage image(String name, List<LoadSegment> segments, int eip, Map<String, Integer> symbols) {
        byte[] gdt = new Words().put64(GDT).bytes();
        int place = FreePlace.find(name, segments, STACK + gdt.length);
        List<LoadSegment> all = new ArrayList<>(segments);
        all.add(new LoadSegment("GDT", place + STACK, gdt));
        int esp = place + STACK;
        EntryState entry =
                new EntryState.Flat(CODE, eip, DATA, esp, esp, gdt.length - 1, 0, -1, EntryState.cleared(esp));
        return new GuestImage(name, all, entry, new TreeMap<>(symbols), new TreeMap<>(), List.of());
    }
}

package ringside.guest;

import java.util.List;

/** Builds the structure that EBX points at when a Multiboot kernel starts, and places modules. */
final class MultibootInformation {
    private static final int HAS_MEMORY = 1, HAS_COMMAND_LINE = 4, HAS_MODULES = 8, HAS_MAP = 0x40, HAS_NAME = 0x200;
    private static final int SIZE = 88;
    private static final int MODULE_SIZE = 16;
    private static final int KIB = 1024, CONVENTIONAL = 0x9fc00, CONVENTIONAL_END = 0xa0000;
    private static final int BIOS = 0xf0000, EXTENDED = 0x100000;
    private static final int AVAILABLE = 1, RESERVED = 2;

    private MultibootInformation() {}

    /** Adds modules and the structure to {@code segments}; returns the structure's PA. */
    static int add(
            String name, List<LoadSegment> segments, String line, List<MultibootImage.Module> modules, int ramSize) {
        int[] starts = new int[modules.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = FreePlace.above(name, segments);
            segments.add(new LoadSegment(
                    "module " + i, starts[i], modules.get(i).file().bytes()));
        }
        // the length does not depend on the place: build once to measure, once to keep
        int size = build(0, line, modules, starts, ramSize).length;
        int pa = FreePlace.find(name, segments, size);
        segments.add(new LoadSegment("Multiboot information", pa, build(pa, line, modules, starts, ramSize)));
        return pa;
    }

    private static byte[] build(int pa, String line, List<MultibootImage.Module> modules, int[] starts, int ramSize) {
        byte[] map = memoryMap(ramSize);
        int mapPa = pa + SIZE;
        int listPa = mapPa + map.length;
        int textPa = listPa + MODULE_SIZE * modules.size();
        Words texts = new Words().putText(line);
        int namePa = textPa + texts.size();
        texts.putText("Ringside");
        Words list = new Words();
        for (int i = 0; i < starts.length; i++) {
            int end = starts[i] + modules.get(i).file().length();
            list.put32(starts[i], end, textPa + texts.size(), 0);
            texts.putText(modules.get(i).text());
        }
        int flags = HAS_MEMORY | HAS_COMMAND_LINE | HAS_MAP | HAS_NAME | (starts.length == 0 ? 0 : HAS_MODULES);
        Words info = new Words()
                .put32(flags, Math.min(ramSize, CONVENTIONAL) / KIB, Math.max(0, ramSize - EXTENDED) / KIB)
                .put32(0, textPa, starts.length, listPa)
                .put32(0, 0, 0, 0)
                .put32(map.length, mapPa)
                .put32(0, 0, 0)
                .put32(namePa)
                .padTo(SIZE);
        return new Words()
                .put(info.bytes())
                .put(map)
                .put(list.bytes())
                .put(texts.bytes())
                .bytes();
    }

    private static byte[] memoryMap(int ramSize) {
        Words map = new Words();
        range(map, 0, Math.min(ramSize, CONVENTIONAL), AVAILABLE);
        range(map, CONVENTIONAL, CONVENTIONAL_END, RESERVED);
        range(map, BIOS, EXTENDED, RESERVED);
        if (ramSize > EXTENDED) {
            range(map, EXTENDED, ramSize, AVAILABLE);
        }
        return map.bytes();
    }

    private static void range(Words map, int start, int end, int type) {
        map.put32(20).put64(start, end - start).put32(type);
    }
}

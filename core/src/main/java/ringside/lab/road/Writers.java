package ringside.lab.road;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.guest.GuestImage;
import ringside.guest.SourceLine;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Imprecise;
import ringside.machine.paging.Peek;
import ringside.vmm.spi.VirtualMachine;

/** Watches words of machine memory and remembers who stored to them last, and who last marked them accessed or dirty. */
public final class Writers implements PhysicalMemory.CodeWatch {
    private static final int WORD = 8, LONGEST_CALL = 7;

    /** One word: who stored to it, and who marked it since; the PA where it is the guest's. */
    private static final class Word {
        final OptionalInt pa;
        String stored = "";
        String marked = "";

        Word(OptionalInt pa) {
            this.pa = pa;
        }
    }

    private final VirtualMachine machine;
    private final GuestImage image;
    private final Origin origin;
    private final Map<Integer, Word> words = new TreeMap<>();

    /**
     * Watches entries from now on.
     *
     * @param image says which line an instruction is of
     * @param places the MA of each entry, and its PA where it is the guest's
     */
    public Writers(VirtualMachine machine, GuestImage image, SortedMap<Integer, OptionalInt> places) {
        this.machine = machine;
        this.image = image;
        this.origin = new Origin(image);
        PhysicalMemory memory = machine.silicon().memory();
        places.forEach((ma, pa) -> {
            words.put(ma, new Word(pa));
            memory.markCode(ma, true);
        });
        machine.board().cpu().mmu.flushAll();
        machine.silicon().mmu.flushAll();
        memory.watch(this);
    }

    @Override
    public void written(int ma, int length) {
        for (Map.Entry<Integer, Word> each : words.entrySet()) {
            if (ma < each.getKey() + WORD && each.getKey() < ma + length) {
                if (!machine.silicon().mmu.precise) {
                    // carried out again on its own, with its address known
                    throw Imprecise.INSTANCE;
                }
                Word word = each.getValue();
                if (marking()) {
                    word.marked = who(word);
                } else {
                    word.stored = who(word);
                    word.marked = "";
                }
            }
        }
    }

    private boolean marking() {
        return machine.silicon().mmu.marking() || machine.board().cpu().mmu.marking();
    }

    private String who(Word word) {
        Cpu silicon = machine.silicon();
        Cpu virtual = machine.board().cpu();
        if (machine.board().bus().mastered()) {
            return "a device by DMA";
        }
        boolean inVmm = silicon != virtual && silicon.cpl == 0 && !silicon.nonRoot();
        String where = place(inVmm ? virtual.pc() : machine.executing());
        if (silicon.mmu.marking()) {
            return "the processor for " + where;
        }
        // nobody but the VMM reaches its tables
        return inVmm || word.pa.isEmpty() ? "the VMM for " + where : "guest code " + where;
    }

    /** An instruction and its line; in a stub that has none, also the line of the call that led there. */
    private String place(int la) {
        String written = image.lineAt(la).isPresent() ? "" : caller();
        String from = written.isEmpty() ? origin.of(la) : written;
        return String.format("%08x", la) + (from.isEmpty() ? "" : " (" + from + ")");
    }

    private String caller() {
        Cpu virtual = machine.board().cpu();
        Peek peek = new Peek(virtual, machine.board().bus());
        int stack = virtual.ss().base + virtual.stackPointer();
        int back = 0;
        for (int i = 0; i < 4; i++) {
            back |= peek.byteAt(stack + i) << 8 * i;
        }
        SortedMap<Integer, SourceLine> before = image.lines().headMap(back);
        boolean near = !before.isEmpty() && back - before.lastKey() <= LONGEST_CALL;
        return near ? origin.of(before.lastKey()) : "";
    }

    /** Where it has what it holds from, if nobody wrote it while the guest ran. */
    private String from(Word word) {
        if (word.pa.isEmpty()) {
            return "made by the VMM before the first instruction";
        }
        int pa = word.pa.getAsInt();
        boolean loaded = image.segments().stream().anyMatch(segment -> segment.contains(pa));
        return loaded ? "loaded with the image" : "never written";
    }

    /** Lines in words about the entry at {@code ma}; none where it was not watched. */
    public List<String> of(int ma) {
        Word word = words.get(ma);
        if (word == null) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add(word.stored.isEmpty() ? from(word) : "written by " + word.stored);
        if (!word.marked.isEmpty()) {
            lines.add("A or D set by " + word.marked);
        }
        return lines;
    }
}

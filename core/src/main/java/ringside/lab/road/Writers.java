package ringside.lab.road;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.Imprecise;
import ringside.machine.paging.Walker;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/** Watches words of guest memory and remembers who stored to them last, and who last set accessed or dirty bits there. */
public final class Writers implements PhysicalMemory.CodeWatch {
    private static final int MARKS = Walker.A | Walker.D;

    /** One word: what was there before the write that is not told apart yet, and by whom that was. */
    private static final class Word {
        int ma;
        int before;
        String pending = "";
        String stored = "";
        String marked = "";
    }

    private final VirtualMachine machine;
    private final PhysicalMemory memory;
    private final Map<Integer, Word> words = new TreeMap<>();

    /** Watches the words at {@code places}, PAs, from now on. */
    public Writers(VirtualMachine machine, List<Integer> places) {
        this.machine = machine;
        this.memory = machine.silicon().memory();
        for (int pa : places) {
            if (machine.board().bus().isRam(pa)) {
                Word word = new Word();
                word.ma =
                        machine.board().bus().direct(pa & -PhysicalMemory.PAGE, true) + (pa & PhysicalMemory.PAGE - 1);
                words.put(pa, word);
                memory.markCode(word.ma, true);
            }
        }
        machine.board().cpu().mmu.flushAll();
        machine.silicon().mmu.flushAll();
        memory.watch(this);
    }

    @Override
    public void written(int ma, int length) {
        for (Word word : words.values()) {
            if (ma < word.ma + 4 && word.ma < ma + length) {
                if (!machine.silicon().mmu.precise) {
                    // carried out again on its own, with its address known
                    throw Imprecise.INSTANCE;
                }
                tellApart(word);
                word.before = memory.get32(word.ma);
                word.pending = who();
            }
        }
    }

    private void tellApart(Word word) {
        if (word.pending.isEmpty()) {
            return;
        }
        int changed = word.before ^ memory.get32(word.ma);
        if ((changed & ~MARKS) == 0 && (changed & word.before) == 0 && changed != 0) {
            word.marked = word.pending;
        } else {
            word.stored = word.pending;
            word.marked = "";
        }
        word.pending = "";
    }

    private String who() {
        Cpu silicon = machine.silicon();
        Cpu virtual = machine.board().cpu();
        if (silicon == virtual) {
            return String.format("guest code at %08x", silicon.pc());
        }
        if (silicon.cpl == 0 && !silicon.nonRoot()) {
            return String.format("the VMM for guest code at %08x", virtual.pc());
        }
        boolean translated = VmmRegion.contains(silicon.pc());
        return translated ? "translated guest code" : String.format("guest code at %08x", silicon.pc());
    }

    /** In words, for the end of a line. */
    public String of(int pa) {
        Word word = words.get(pa);
        if (word == null) {
            return "";
        }
        tellApart(word);
        String stored = word.stored.isEmpty() ? "loaded with the image" : "written by " + word.stored;
        return stored + (word.marked.isEmpty() ? "" : "; marked for " + word.marked);
    }
}

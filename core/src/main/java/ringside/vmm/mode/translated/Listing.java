package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.List;
import ringside.isa.Decoder;
import ringside.isa.Disassembler;
import ringside.isa.Insn;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.spi.VmmRegion;

/** Guest code beside translated code. */
public final class Listing {
    /**
     * A unit.
     *
     * @param cacheOffset where its code lies in the cache
     */
    public record Unit(int eip, int cacheOffset, int virtualRing, List<Row> rows) {}

    /** A guest instruction and the instructions that stand for it. */
    public record Row(int eip, String guest, List<Line> translated) {}

    /** An instruction in the cache. */
    public record Line(int cacheOffset, String text) {}

    private Listing() {}

    static List<Unit> of(List<TranslationUnit> units, VmmRegion region, PhysicalMemory memory) {
        return units.stream().map(unit -> unit(unit, region, memory)).toList();
    }

    private static Unit unit(TranslationUnit unit, VmmRegion region, PhysicalMemory memory) {
        List<Row> rows = new ArrayList<>();
        int end = unit.size + Math.min(unit.start, unit.landingBefore() ? unit.landing : unit.start);
        for (int i = 0; i < unit.eips.size(); i++) {
            int eip = unit.eips.get(i);
            int to = i + 1 < unit.offsets.size() ? unit.offsets.get(i + 1) : end;
            Insn insn = Decoder.decode(unit.code(memory), eip - unit.eip, 32);
            rows.add(new Row(eip, Disassembler.text(insn, eip), lines(region, unit.offsets.get(i), to)));
        }
        return new Unit(unit.eip, unit.start, unit.context.key.cpl(), List.copyOf(rows));
    }

    private static List<Line> lines(VmmRegion region, int from, int to) {
        byte[] code = region.read(VmmRegion.CACHE + from, to - from);
        List<Line> lines = new ArrayList<>();
        for (int at = 0; at < code.length; ) {
            Insn insn = Decoder.decode(code, at, 32);
            lines.add(new Line(from + at, Disassembler.text(insn, from + at)));
            at += insn.length;
        }
        return List.copyOf(lines);
    }
}

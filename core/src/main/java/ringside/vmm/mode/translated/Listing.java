package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.Arrays;
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
     * @param landing where indirect branches enter it, or -1
     * @param guestBytes how many bytes of guest code it stands for; {@code bytes} how many it has
     */
    public record Unit(
            int eip, int cacheOffset, int landing, int virtualRing, int guestBytes, int bytes, List<Row> rows) {}

    /** A guest instruction, the rule that translated it, and the instructions that stand for it. */
    public record Row(int eip, byte[] bytes, String guest, String rule, List<Line> translated) {}

    /**
     * An instruction in the cache.
     *
     * @param completes whether it completes the guest's
     * @param point what arriving there means, in words; empty where it is a step like any other
     */
    public record Line(int cacheOffset, byte[] bytes, String text, boolean completes, String point) {}

    private final TranslationCache cache;
    private final VmmRegion region;
    private final PhysicalMemory memory;

    Listing(TranslationCache cache, VmmRegion region, PhysicalMemory memory) {
        this.cache = cache;
        this.region = region;
        this.memory = memory;
    }

    List<Unit> units() {
        return cache.units().stream().map(this::unit).toList();
    }

    private Unit unit(TranslationUnit unit) {
        List<Row> rows = new ArrayList<>();
        int end = unit.size + Math.min(unit.start, unit.landingBefore() ? unit.landing : unit.start);
        byte[] code = unit.code(memory);
        for (int i = 0; i < unit.eips.size(); i++) {
            int eip = unit.eips.get(i);
            int to = i + 1 < unit.offsets.size() ? unit.offsets.get(i + 1) : end;
            int from = eip - unit.eip;
            Insn insn = Decoder.decode(code, from, unit.context.key.codeBits());
            byte[] bytes = Arrays.copyOfRange(code, from, from + insn.length);
            String text = Disassembler.text(insn, eip);
            rows.add(new Row(eip, bytes, text, unit.rules.get(i), lines(unit.offsets.get(i), to)));
        }
        return new Unit(
                unit.eip, unit.start, unit.landing, unit.context.key.cpl(), unit.length, unit.size, List.copyOf(rows));
    }

    private List<Line> lines(int from, int to) {
        byte[] code = region.read(VmmRegion.CACHE + from, to - from);
        List<Line> lines = new ArrayList<>();
        for (int at = 0; at < code.length; ) {
            int offset = from + at;
            Insn insn = Decoder.decode(code, at, 32);
            byte[] bytes = Arrays.copyOfRange(code, at, at + insn.length);
            Point point = cache.at(offset);
            String text = Disassembler.text(insn, offset);
            lines.add(new Line(offset, bytes, text, cache.completes(offset), meaning(point, insn)));
            at += insn.length;
        }
        return List.copyOf(lines);
    }

    private static String meaning(Point point, Insn insn) {
        if (point == null) {
            return "";
        }
        return switch (point.kind()) {
            case PLAIN -> "";
            case CALLOUT -> "the VMM carries it out";
            case MISS -> "the VMM looks the target up";
            case EXIT ->
                String.format("to %08x", point.exit().target) + (insn.mnemonic().equals("jmp") ? "" : ", not chained");
        };
    }
}

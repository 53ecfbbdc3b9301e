package ringside.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ringside.guest.Checkpoint;
import ringside.isa.Operand;
import ringside.machine.board.Board;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Peek;

/**
 * What a checkpoint saw at one arrival.
 *
 * @param checkpoint its name
 * @param la the address it stands at
 * @param visit how often the guest had come by, this time included
 * @param retired guest instructions completed before
 * @param values of the checkpoint, in its order, as hex; {@code --} where nothing can be seen
 */
record Observation(String checkpoint, int la, int visit, long retired, List<Seen> values) {
    /** One value: as the script writes it, and what was there. */
    record Seen(String text, String hex) {}

    /** Looks without disturbing the guest. */
    static Observation of(Checkpoint checkpoint, int visit, Cpu state, Board board) {
        List<Seen> seen = new ArrayList<>();
        Peek peek = new Peek(state, board.bus());
        for (Checkpoint.Value value : checkpoint.values()) {
            seen.add(new Seen(value.text(), hex(value.operand(), state, peek)));
        }
        return new Observation(checkpoint.name(), checkpoint.la(), visit, state.retired, seen);
    }

    /** As a report has it. */
    ExperimentResult.Arrival arrival() {
        Map<String, String> byText = new LinkedHashMap<>();
        values.forEach(seen -> byText.put(seen.text(), seen.hex()));
        return new ExperimentResult.Arrival(checkpoint, visit, byText);
    }

    private static String hex(Operand operand, Cpu state, Peek peek) {
        return switch (operand) {
            case Operand.Cr cr -> String.format("%08x", state.cr(cr.index()));
            case Operand.Dr dr -> String.format("%08x", state.dr[dr.index()]);
            case Operand.Mem mem -> memory(mem, state, peek);
            default -> String.format("%0" + operand.bits() / 4 + "x", operand.read(state));
        };
    }

    private static String memory(Operand.Mem mem, Cpu state, Peek peek) {
        int la = state.linear(mem.seg(), mem.offset(state));
        int bytes = Math.max(8, mem.bits()) / 8;
        StringBuilder hex = new StringBuilder();
        for (int i = bytes - 1; i >= 0; i--) {
            int b = peek.byteAt(la + i);
            hex.append(b == Peek.UNSEEN ? "--" : String.format("%02x", b));
        }
        return hex.toString();
    }
}

package ringside.lab;

import java.util.List;
import ringside.isa.Decoder;
import ringside.isa.Insn;
import ringside.machine.cpu.Cpu;
import ringside.machine.paging.Peek;
import ringside.vmm.spi.VirtualMachine;

/**
 * Finds the first guest instruction after which two machines differ, by running both afresh to the same retired counts.
 *
 * <p>A long span is cut into pieces, both machines are compared at each cut, and the first piece at whose end they differ
 * is searched in the same way; a short one is walked instruction by instruction.
 */
final class LockStep {
    private static final int PIECES = 64;

    /** Makes both machines anew. */
    interface Pair {
        VirtualMachine reference();

        VirtualMachine observed();
    }

    /**
     * The instruction at which they part.
     *
     * @param number counted from 1
     * @param la where it lies
     * @param eip the same as an offset in CS
     * @param cpl the virtual CPL there; 3 for real mode, which runs as virtual-8086 mode where it is deprivileged
     * @param insn decoded as the bare machine is about to execute it
     * @param bytes in hex
     * @param differences right after it
     */
    record Parting(long number, int la, int eip, int cpl, Insn insn, String bytes, List<Difference> differences) {}

    private final Pair pair;

    LockStep(Pair pair) {
        this.pair = pair;
    }

    /** The first parting within the first {@code last} instructions, or null. */
    Parting find(long last) {
        long from = 0;
        long to = last;
        while (to - from > PIECES) {
            long piece = (to - from + PIECES - 1) / PIECES;
            long differs = firstDifference(from, to, piece);
            if (differs < 0) {
                // alike at every cut: what was seen happened within the last piece
                differs = to;
            }
            from = Math.max(from, differs - piece);
            to = differs;
        }
        return walk(from, to);
    }

    /** The first cut at which they differ, or -1. */
    private long firstDifference(long from, long to, long piece) {
        VirtualMachine reference = pair.reference();
        VirtualMachine observed = pair.observed();
        reference.run(from);
        observed.run(from);
        for (long at = from; at < to; ) {
            long step = Math.min(piece, to - at);
            at += step;
            reference.run(step);
            observed.run(step);
            if (apart(reference, observed, Difference.between(reference, observed))) {
                return at;
            }
        }
        return -1;
    }

    private static boolean apart(VirtualMachine reference, VirtualMachine observed, List<Difference> differences) {
        return !differences.isEmpty() || reference.retired() != observed.retired();
    }

    private Parting walk(long from, long to) {
        VirtualMachine reference = pair.reference();
        VirtualMachine observed = pair.observed();
        reference.run(from);
        observed.run(from);
        for (long at = from; at < to; at++) {
            Cpu state = reference.state();
            Peek peek = new Peek(state, reference.board().bus());
            int la = state.pc();
            int eip = state.eip;
            int cpl = state.protectedMode() ? state.cpl : 3;
            Insn insn = Decoder.decode(peek.code(la), state.cs().big ? 32 : 16);
            String bytes = bytes(peek, la, insn.length);
            reference.run(1);
            observed.run(1);
            List<Difference> differences = Difference.between(reference, observed);
            if (apart(reference, observed, differences)) {
                return new Parting(at + 1, la, eip, cpl, insn, bytes, differences);
            }
        }
        return null;
    }

    static String bytes(Peek peek, int la, int length) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < length; i++) {
            hex.append(hex.isEmpty() ? "" : " ").append(String.format("%02X", peek.byteAt(la + i)));
        }
        return hex.toString();
    }
}

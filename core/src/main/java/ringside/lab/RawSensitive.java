package ringside.lab;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import ringside.guest.GuestImage;
import ringside.guest.SourceLine;
import ringside.isa.Decoder;
import ringside.isa.Insn;
import ringside.isa.Sensitivity;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.paging.Peek;
import ringside.vmm.spi.VirtualMachine;

/**
 * The sensitive, unprivileged instruction that a ported guest executed last before something differed, other than as part
 * of an operation: a ported kernel has operations in its place, and nothing promises what it sees without them.
 *
 * <p>A script line is no operation's if both forms of the guest execute the same instructions for it.
 */
final class RawSensitive {
    /** Longer runs are not walked. */
    private static final long LONGEST = 50_000;

    /** Where a ported kernel runs. */
    private static final int REAL_RING = 1;

    private final ExperimentSpec experiment;

    RawSensitive(ExperimentSpec experiment) {
        this.experiment = experiment;
    }

    /**
     * One instruction.
     *
     * @param number counted from 1 in the ported form
     * @param bytes in hex
     */
    record Found(long number, int la, int eip, Insn insn, String bytes, Rule rule, SourceLine line) {
        String why() {
            return rule.why(REAL_RING, 0) + "; the ported kernel used it, where operations have other means";
        }
    }

    /** The last one among the first {@code until} instructions of {@code observed}. */
    Optional<Found> before(Recording reference, Recording observed, long until) {
        if (until > LONGEST || reference.machine.retired() > LONGEST) {
            return Optional.empty();
        }
        Walk ported = new Walk(observed);
        ported.to(until);
        if (ported.found.isEmpty()) {
            return Optional.empty();
        }
        Walk plain = new Walk(reference);
        plain.to(reference.machine.retired());
        return ported.found.values().stream()
                .filter(found -> ported.words.get(found.line).equals(plain.words.get(found.line)))
                .max((a, b) -> Long.compare(a.number, b.number));
    }

    /** A run from the start, instruction by instruction. */
    private final class Walk {
        /** The mnemonics that each script line came to. */
        final Map<SourceLine, Set<String>> words = new HashMap<>();
        /** By line; a later one replaces an earlier. */
        final Map<SourceLine, Found> found = new HashMap<>();

        private final GuestImage image;
        private final VirtualMachine machine;

        Walk(Recording recording) {
            image = recording.image;
            machine = Recording.machine(experiment, recording.setting, Set.of());
        }

        void to(long last) {
            Stop stop = new Stop.Budget();
            while (stop instanceof Stop.Budget && machine.retired() < last) {
                look();
                stop = machine.run(1);
            }
        }

        private void look() {
            Cpu state = machine.state();
            int la = state.pc();
            Optional<SourceLine> line = image.lineAt(la);
            if (line.isEmpty()) {
                return;
            }
            Peek peek = new Peek(state, machine.board().bus());
            Insn insn = Decoder.decode(peek.code(la), state.cs().big ? 32 : 16);
            words.computeIfAbsent(line.get(), key -> new TreeSet<>()).add(Rule.word(insn));
            Optional<Rule> rule = insn.row.kind() == Sensitivity.UNPRIVILEGED
                    ? Rule.find(insn, List.of(), REAL_RING)
                    : Optional.empty();
            String bytes = LockStep.bytes(peek, la, insn.length);
            rule.ifPresent(why -> found.put(
                    line.get(), new Found(machine.retired() + 1, la, state.eip, insn, bytes, why, line.get())));
        }
    }
}

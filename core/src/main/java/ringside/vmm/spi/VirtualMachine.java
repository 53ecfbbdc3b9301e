package ringside.vmm.spi;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import ringside.machine.board.Board;
import ringside.machine.cpu.Attention;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.observe.Counters;

/** A guest in one mode, from its first instruction on: run it, stop it, look at it. */
public interface VirtualMachine {
    /**
     * Runs at most {@code instructions} guest instructions.
     *
     * <p>Comes back with a budget, a halt, the guest's own shutdown (a triple fault), a probe, or somebody's request; never
     * with a door. An instruction counts once, when the virtual processor completes it, however it was carried out.
     */
    Stop run(long instructions);

    /** The virtual state as of now: what the guest's own processor would hold. */
    Cpu state();

    /** The guest's computer seen from within: its devices, its memory from PA 0. */
    Board board();

    /** Guest instructions completed since the start. */
    default long retired() {
        return state().retired;
    }

    /** Whether the guest waits for an interrupt. */
    default boolean asleep() {
        return (state().attention & Attention.HALTED) != 0;
    }

    /** Makes {@link #run} come back each time the instruction at {@code la} is about to execute; changes nothing else. */
    void probe(int la);

    /**
     * From now on the instruction at {@code la} is carried out by the VMM in software, whether it traps or not.
     *
     * <p>No VMM could know when to; the laboratory does it to prove that an instruction is to blame: with every culprit
     * carried out so, nothing may differ any more.
     *
     * @return whether this machine can
     */
    default boolean carryOut(int la) {
        return false;
    }

    /** Guest instructions that the real processor completed, in place or from a translation; the rest is software's work. */
    default long direct() {
        return retired();
    }

    /** Whether the VMM kept control of the machine until now; nothing where there is no VMM to keep it. */
    default Optional<ResourceControl> control() {
        return Optional.empty();
    }

    /** What translates for the guest on the real processor; nothing where that is the guest's own doing alone. */
    default Optional<RealPaging> realPaging() {
        return Optional.empty();
    }

    /** The MA of the descriptor that the real segment register was loaded from; nothing where it is the guest's own. */
    default OptionalInt realDescriptor(int seg) {
        return OptionalInt.empty();
    }

    /** The linear address of the guest instruction that the real processor is at; learns and changes nothing. */
    default int executing() {
        return silicon().pc();
    }

    /** The real devices that it works past the VMM; none where it was given none, or where there is no VMM. */
    default DirectDevices devices() {
        return DirectDevices.NONE;
    }

    /** Where in guest memory the VMM was kept busy; nothing where there is none. */
    default Optional<Heat> heat() {
        return Optional.empty();
    }

    /** What its memory strategy counts; nothing where there is none. */
    default Counters memory() {
        return new Counters();
    }

    /** How many pages of machine memory hold tables that the VMM made for the guest's memory; 0 where there is no VMM. */
    default int tablePages() {
        return 0;
    }

    /** The real processor that runs it, to look at. */
    default Cpu silicon() {
        return state();
    }

    /** Exits by reason, hidden faults not among them. */
    Counters exits();

    /** What else the mode counts: hidden faults, emulated instructions... */
    Counters counters();

    /** What the real processor and the VMM did since the start, by the words of {@link CostEvent}. */
    Counters activity();

    /** What a reader of the results should know of this run; empty where nothing is remarkable. */
    default List<String> notes() {
        return List.of();
    }

    /** Where the guest kernel runs: {@code ring 1, shadow memory}. */
    String placement();
}

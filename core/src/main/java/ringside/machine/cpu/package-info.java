/**
 * The processor: state completed with units, control transfers, task switches, control registers, and the contract of an
 * engine.
 *
 * <p>{@link ringside.machine.cpu.Cpu} is the one implementation of {@code isa.CpuPort}. An {@link
 * ringside.machine.cpu.Engine} drives it and comes back with a {@link ringside.machine.cpu.Stop}. {@link
 * ringside.machine.cpu.Attention} gathers every reason to leave a straight run in one word.
 *
 * <p>Terms: a <em>probe</em> is an address at which the engine comes back without the guest noticing; a <em>door</em> is a
 * reserved address at which ring-0 code of a VMM that is written in Java takes over, after the hardware has really
 * delivered an event there. Neither knows what it is used for.
 *
 * <p>Invariants: bodies find {@code eip} at their instruction and {@code next} after it, and move {@code next}; event
 * delivery moves {@code eip}. Whoever assigns CPL, EFLAGS, CR0, CR4 or DR7 calls {@code modeChanged}. Time follows the
 * retired count and is brought up to date before anything can look at it.
 */
package ringside.machine.cpu;

package ringside.engine;

import ringside.machine.cpu.Cpu;

/** One pre-decoded instruction of a {@link Block}, ready to run. */
abstract class Op {
    abstract void run(Cpu c);

    /** Whether {@link #run} leaves the following EIP in {@code next}; others simply fall through. */
    boolean setsNext() {
        return false;
    }
}

package ringside.machine.interrupts;

import ringside.arch.Eflags;
import ringside.arch.Vector;
import ringside.isa.CpuPort.SoftwareInterrupt;

/**
 * One event on its way to a handler.
 *
 * @param type what it is, as hardware assist would say
 * @param hasError whether an error code is pushed in protected mode
 * @param external the EXT bit of error codes raised while delivering
 * @param checksDpl the gate's DPL must not be below CPL
 * @param redirectable INT n, which virtual-8086 mode treats by IOPL and the redirection bitmap
 * @param returnEip what is pushed as EIP
 * @param flags what is pushed as EFLAGS
 */
record Event(
        EventWatch.Type type,
        int vector,
        boolean hasError,
        int errorCode,
        boolean external,
        boolean checksDpl,
        boolean redirectable,
        int returnEip,
        int flags) {
    /** An exception; fault-class ones push RF=1, except #DB (SDM vol. 3, section 17.3.1.1). */
    static Event exception(int vector, int errorCode, int eip, int flags) {
        boolean fault = vector != Vector.DB && vector != Vector.DF && vector != Vector.MC;
        int image = fault ? flags | Eflags.RF : flags;
        return new Event(
                EventWatch.Type.EXCEPTION,
                vector,
                Vector.hasErrorCode(vector),
                errorCode,
                true,
                false,
                false,
                eip,
                image);
    }

    /** An external interrupt or NMI. */
    static Event interrupt(EventWatch.Type type, int vector, int eip, int flags) {
        return new Event(type, vector, false, 0, true, false, false, eip, flags);
    }

    /** INT n, INT3, INTO or INT1. */
    static Event software(int vector, SoftwareInterrupt kind, int eip, int flags) {
        boolean int1 = kind == SoftwareInterrupt.INT1;
        boolean intN = kind == SoftwareInterrupt.INT_N;
        EventWatch.Type type = switch (kind) {
            case INT_N -> EventWatch.Type.SOFTWARE_INTERRUPT;
            case INT1 -> EventWatch.Type.PRIVILEGED_SOFTWARE_EXCEPTION;
            case INT3, INTO -> EventWatch.Type.SOFTWARE_EXCEPTION;
        };
        return new Event(type, vector, false, 0, int1, !int1, intN, eip, flags & ~Eflags.RF);
    }

    /** Whether this is the exception {@code number}, raised by no instruction on purpose. */
    boolean isException(int number) {
        return type == EventWatch.Type.EXCEPTION && vector == number;
    }

    EventWatch.Occurrence occurrence() {
        return new EventWatch.Occurrence(type, vector, hasError, errorCode);
    }
}

package ringside.vmm.mode.paravirtual;

import ringside.vmm.spi.TypedTables;

/** Why a hypercall was refused; the guest gets the negative number in EAX. */
enum Errno {
    EPERM(1, "The descriptor or frame is not one that the guest may hand over."),
    E2BIG(7, "More elements than a call takes."),
    EFAULT(14, "Memory that is not mapped, or not the guest's."),
    EBUSY(16, "The page has another use now: as a table of some kind, or mapped for writing."),
    EINVAL(22, "An argument out of its range."),
    ENOSPC(28, "No channel is free."),
    ENOSYS(38, "No such hypercall, or not with this setting of the mode.");

    private static final int LEAST = -4095;

    private final int number;
    private final String doc;

    Errno(int number, String doc) {
        this.number = number;
        this.doc = doc;
    }

    /** What the guest finds in EAX after such an answer. */
    static int of(TypedTables.Answer answer) {
        return switch (answer) {
            case DONE -> 0;
            case WRONG -> EINVAL.result();
            case FORBIDDEN -> EPERM.result();
            case IN_USE -> EBUSY.result();
        };
    }

    /** What the guest finds in EAX. */
    int result() {
        return -number;
    }

    /** Whether the result of a call is an error number: small and negative. */
    static boolean isError(int result) {
        return result < 0 && result >= LEAST;
    }

    /** What is wrong, in a sentence. */
    String doc() {
        return doc;
    }
}

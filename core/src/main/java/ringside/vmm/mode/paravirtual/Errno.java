package ringside.vmm.mode.paravirtual;

/** Why a hypercall was refused; the guest gets the negative number in EAX. */
enum Errno {
    /** The descriptor or frame is not one that the guest may hand over. */
    EPERM(1),
    /** More elements than a call takes. */
    E2BIG(7),
    /** Memory that is not mapped, or not the guest's. */
    EFAULT(14),
    /** An argument out of its range. */
    EINVAL(22),
    /** No channel is free. */
    ENOSPC(28),
    /** No such hypercall, or not with this setting of the mode. */
    ENOSYS(38);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /** What the guest finds in EAX. */
    int result() {
        return -number;
    }
}

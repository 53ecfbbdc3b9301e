package ringside.vmm.mode.paravirtual;

/**
 * One argument of a hypercall, and what is checked of it before the call is carried out.
 *
 * @param bytes of a VA: the size of one element of the memory it leads to, 0 where it only names a page
 * @param limit of a VALUE or LENGTH: the highest it may be, unsigned
 */
public record Argument(String name, Kind kind, int bytes, int limit) {
    /** What an argument means. */
    public enum Kind {
        /** A number. */
        VALUE("u32"),
        /** A linear address of the guest. */
        VA("const volatile void *"),
        /** A guest-physical address of a page of RAM. */
        PA("u32"),
        /** How many elements lie at the VA before it. */
        LENGTH("u32");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        /** The type in C. */
        String type() {
            return type;
        }
    }

    static Argument value(String name) {
        return value(name, -1);
    }

    static Argument value(String name, int limit) {
        return new Argument(name, Kind.VALUE, 0, limit);
    }

    /** The VA of a page; nothing need be mapped there. */
    static Argument page(String name) {
        return new Argument(name, Kind.VA, 0, 0);
    }

    /** The VA of elements of {@code bytes} each: as many as the LENGTH after it says, or one. */
    static Argument va(String name, int bytes) {
        return new Argument(name, Kind.VA, bytes, 0);
    }

    static Argument pa(String name) {
        return new Argument(name, Kind.PA, 0, 0);
    }

    static Argument length(String name, int limit) {
        return new Argument(name, Kind.LENGTH, 0, limit);
    }

    /** What is wrong with {@code value}, or null; {@code count} elements lie there if it is a VA. */
    Errno check(GuestView memory, int value, int count) {
        return switch (kind) {
            case VALUE -> Integer.compareUnsigned(value, limit) > 0 ? Errno.EINVAL : null;
            case LENGTH -> Integer.compareUnsigned(value, limit) > 0 ? Errno.E2BIG : null;
            case PA -> memory.isRamPage(value) ? null : Errno.EINVAL;
            case VA ->
                memory.isMapped(value, Math.max(1, bytes * count)) || bytes == 0 && memory.isGuests(value)
                        ? null
                        : Errno.EFAULT;
        };
    }
}

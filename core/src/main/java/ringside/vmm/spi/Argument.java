package ringside.vmm.spi;

/**
 * One argument of a hypercall, and what is checked of it before the call is carried out.
 *
 * @param bytes of a VA: the size of one element of the memory it leads to, 0 where it only names a page
 * @param limit of a VALUE or LENGTH: the highest it may be, unsigned
 */
public record Argument(String name, Kind kind, int bytes, int limit) {
    /** The most bytes or elements that a call takes unless its row says otherwise. */
    public static final int MOST_BYTES = 0x10000;

    /** What an argument means. */
    public enum Kind {
        /** A number. */
        VALUE("u32", "any number"),
        /** A linear address of the guest. */
        VA("const volatile void *", "mapped memory of the guest, as long as the LENGTH behind it says, or one element"),
        /** A guest-physical address of a page of RAM. */
        PA("u32", "the start of a page of the guest's RAM"),
        /** How many elements lie at the VA before it. */
        LENGTH("u32", "a count of elements, 65536 at most");

        private final String type;
        private final String checked;

        Kind(String type, String checked) {
            this.type = type;
            this.checked = checked;
        }

        /** The type in C. */
        public String type() {
            return type;
        }

        /** What it is held to before the call is carried out. */
        public String checked() {
            return checked;
        }
    }

    /** An argument of this kind without further limits: elements are bytes. */
    public static Argument of(String name, Kind kind) {
        return switch (kind) {
            case VALUE -> value(name);
            case VA -> va(name, 1);
            case PA -> pa(name);
            case LENGTH -> length(name, MOST_BYTES);
        };
    }

    public static Argument value(String name) {
        return value(name, -1);
    }

    public static Argument value(String name, int limit) {
        return new Argument(name, Kind.VALUE, 0, limit);
    }

    /** The VA of a page; nothing need be mapped there. */
    public static Argument page(String name) {
        return new Argument(name, Kind.VA, 0, 0);
    }

    /** The VA of elements of {@code bytes} each: as many as the LENGTH after it says, or one. */
    public static Argument va(String name, int bytes) {
        return new Argument(name, Kind.VA, bytes, 0);
    }

    public static Argument pa(String name) {
        return new Argument(name, Kind.PA, 0, 0);
    }

    public static Argument length(String name, int limit) {
        return new Argument(name, Kind.LENGTH, 0, limit);
    }
}

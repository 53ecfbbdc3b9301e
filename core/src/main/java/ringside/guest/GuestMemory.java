package ringside.guest;

/** Where an image is loaded to: a board's RAM (PA = MA) or a virtual machine's share of it (PA goes to MA). */
public interface GuestMemory {
    /** Bytes of RAM from PA 0. */
    int ramSize();

    /** Copies into RAM; the whole range lies below {@link #ramSize}. */
    void write(int pa, byte[] bytes);

    /** Shows {@code bytes}, a multiple of 4 KiB, as ROM at the page-aligned {@code pa}. */
    void rom(int pa, byte[] bytes);

    /** Whether {@code length} bytes from {@code pa} are RAM. */
    default boolean holds(int pa, int length) {
        return pa >= 0 && pa <= ramSize() - length;
    }
}

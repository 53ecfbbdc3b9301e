package ringside.machine.bus;

/**
 * Physical memory as a device that masters the bus sees it.
 *
 * <p>On the server PA is MA; for a device of a VM the VMM supplies a view of that VM's memory. A write drops whatever an
 * engine decoded from the bytes. Outside RAM reads give all ones and writes are lost.
 */
public interface Dma {
    void read(int pa, byte[] to, int offset, int length);

    void write(int pa, byte[] from, int offset, int length);

    /** Whether RAM answers at all of these addresses; a view that cannot tell says yes, and keeps to what is said above. */
    default boolean isRam(int pa, int length) {
        return true;
    }
}

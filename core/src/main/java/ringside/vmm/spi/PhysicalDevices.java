package ringside.vmm.spi;

/** What a machine has of real devices that one guest is given. */
public interface PhysicalDevices {
    /** Bytes of machine memory that tables for a guest of this size take. */
    int tableBytes(long ramBytes);

    /** Puts the devices on the processor of {@code server}, whose guest is not there yet. */
    DirectDevices connect(PhysicalServer server);
}

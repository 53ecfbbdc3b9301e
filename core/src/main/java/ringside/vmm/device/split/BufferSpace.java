package ringside.vmm.device.split;

/** What the addresses in rings and descriptors mean: guest-physical addresses, or grants. */
interface BufferSpace {
    /**
     * Adds the RAM behind {@code length} bytes from {@code address} on to {@code area}; what a fault left there is to
     * be released like the rest.
     *
     * @param write whether the device is going to write there
     */
    void open(long address, long length, boolean write, Area area) throws FrontEndFault;

    /** Gives back what {@link #open} added; the area is empty after. */
    void release(Area area);
}

package ringside.vmm.device.split;

/** How a device tells its driver: by a line with a level, or by events. */
interface Signal {
    void set(boolean high);

    /** Whether each rise is an event of its own, which the driver does not take back. */
    boolean pulses();
}

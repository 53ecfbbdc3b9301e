package ringside.vmm.vcpu;

/** Devices that live in a guest's time and may end its sleep, but are not of its own board. */
public interface OutsideDevices {
    /** There are none. */
    OutsideDevices NONE = new OutsideDevices() {
        @Override
        public void sleeping() {
            // nobody wants to wake it
        }

        @Override
        public void look() {
            // nothing follows
        }
    };

    /** The guest is about to sleep: its own clock has to know when one of them next wants attention. */
    void sleeping();

    /** Brings them up to the guest's time, and the guest's interrupt lines to what theirs are. */
    void look();
}

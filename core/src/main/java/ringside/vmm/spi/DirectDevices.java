package ringside.vmm.spi;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import ringside.machine.board.Board;
import ringside.machine.board.DeviceSegment;
import ringside.machine.devices.DeviceKind;
import ringside.vmm.vcpu.OutsideDevices;

/**
 * Real devices that a guest works past the VMM, as the run loop of any mode deals with them.
 *
 * <p>A mode opens {@link #ports} to the guest wherever the guest itself may use ports, tells before each entry how far the
 * guest's time is ahead of the processor's, hands over what real interrupt it was brought in by, and calls {@link #look}
 * whenever the VMM has got control.
 */
public interface DirectDevices extends OutsideDevices {
    /** A guest that has none. */
    DirectDevices NONE = new DirectDevices() {
        private final BitSet nothing = new BitSet();

        @Override
        public List<DeviceKind> kinds(List<DeviceKind> usual) {
            return usual;
        }

        @Override
        public void guest(Board guest) {
            // nothing is to be led to it
        }

        @Override
        public boolean interrupt(int vector) {
            return false;
        }

        @Override
        public void look() {
            // nothing can have happened
        }

        @Override
        public void entering(long ahead) {
            // nobody's time follows
        }

        @Override
        public void sleeping() {
            // nobody wants to wake it
        }

        @Override
        public BitSet ports() {
            return nothing;
        }

        @Override
        public BitSet frames() {
            return nothing;
        }

        @Override
        public List<String> tables() {
            return List.of();
        }

        @Override
        public List<String> strayed() {
            return List.of();
        }

        @Override
        public Optional<DeviceSegment> segment() {
            return Optional.empty();
        }
    };

    /** The devices of the guest's own board: those that are passed through in place of the usual ones. */
    List<DeviceKind> kinds(List<DeviceKind> usual);

    /** The guest's board is there, the guest loaded. */
    void guest(Board guest);

    /** The hardware delivered an interrupt with this vector: whether it was theirs, which is dealt with then. */
    boolean interrupt(int vector);

    /** The guest is about to run, its time {@code ahead} of the processor's clock. */
    void entering(long ahead);

    /** The ports by which the guest reaches them at this moment; another set whenever one changes. */
    BitSet ports();

    /** The page numbers of machine addresses at which they answer. */
    BitSet frames();

    /** The tables of the IOMMU in words; empty where there is none. */
    List<String> tables();

    /** What they did to memory that is not the guest's, in words; empty where nothing. */
    List<String> strayed();

    /** From now on they may write the page at {@code pa} of the guest's memory or not, as far as an IOMMU stands between. */
    default void mayWrite(int pa, boolean allowed) {}

    /** The real devices themselves, to look at; nothing where there are none. */
    Optional<DeviceSegment> segment();
}

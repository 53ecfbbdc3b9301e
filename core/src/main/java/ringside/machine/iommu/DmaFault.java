package ringside.machine.iommu;

/**
 * An access that the IOMMU refused.
 *
 * @param address the page that was asked for, as the device put it on the bus
 */
public record DmaFault(Requester requester, int address, boolean write, FaultReason reason) {
    @Override
    public String toString() {
        return String.format("%s %s %08x: %s", requester, write ? "writes" : "reads", address, reason.text());
    }
}

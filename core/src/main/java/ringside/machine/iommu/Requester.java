package ringside.machine.iommu;

/** Who masters the bus: the 16 bits that come with each of its accesses. */
public record Requester(int bus, int slot, int function) {
    /** The requester with these 16 bits. */
    public static Requester of(int id) {
        return new Requester(id >> 8 & 0xff, id >> 3 & 31, id & 7);
    }

    /** Bus, slot and function as they go with an access. */
    public int id() {
        return bus << 8 | slot << 3 | function;
    }

    /** As PCI tools write it: {@code 00:01.1}. */
    @Override
    public String toString() {
        return String.format("%02x:%02x.%x", bus, slot, function);
    }
}

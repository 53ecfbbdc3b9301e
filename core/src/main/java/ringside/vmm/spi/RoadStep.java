package ringside.vmm.spi;

/**
 * One entry that the real processor reads on its way from a linear to a machine address.
 *
 * @param name {@code PDE 001}
 * @param ma where the entry lies
 * @param entry what it holds
 */
public record RoadStep(String name, int ma, long entry) {}

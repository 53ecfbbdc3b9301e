package ringside.vmm.spi;

import java.util.List;

/**
 * What a server has of real devices for a guest that it serves alone.
 *
 * @param iommu whether an IOMMU stands before its memory
 * @param passed devices that the guest is given beside those of its peripherals, by name
 */
public record RealDevices(boolean iommu, List<String> passed) {
    /** No IOMMU, and nothing asked for. */
    public static final RealDevices NONE = new RealDevices(false, List.of());

    private static final int FIRST_IOMMU = 2008;

    /** As servers sold in that year were: with an IOMMU from 2008 on. */
    public static RealDevices ofYear(int year) {
        return new RealDevices(year >= FIRST_IOMMU, List.of());
    }

    public RealDevices {
        passed = List.copyOf(passed);
    }
}

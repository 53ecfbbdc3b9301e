package ringside.lab.cost;

import ringside.vmm.spi.CostEvent;

/**
 * The price of one event in cycles.
 *
 * @param source where the figure is from, or how it follows from others
 */
public record Cost(CostEvent event, double cycles, Basis basis, String source) {
    /** What a figure rests on. */
    public enum Basis {
        /** Measured and published; quoted from memory, so look it up before anything rests on it. */
        RECALLED,
        /** It follows from published figures. */
        DERIVED,
        /** Nobody's figure was found: an assumption, said to be one. */
        ASSUMED,
        /** The script gave it. */
        SCRIPT
    }
}

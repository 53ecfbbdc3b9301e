package ringside.lab.cost;

import static ringside.lab.cost.Cost.Basis.ASSUMED;
import static ringside.lab.cost.Cost.Basis.DERIVED;
import static ringside.lab.cost.Cost.Basis.RECALLED;
import static ringside.vmm.spi.CostEvent.*;

import java.util.List;

/** The default prices: the two processors that hardware assist was first measured on. */
final class Generations {
    private static final String AGESEN = "Adams & Agesen, ASPLOS 2006, VM transition costs";
    private static final String RDTSC_BY_TRAP =
            "Adams & Agesen, ASPLOS 2006: RDTSC trapped and emulated 2030, by callout 1254";
    private static final String FOG = "Agner Fog, Instruction tables";
    private static final String SLOWER_CLOCK = "the Pentium 4's figure in time, at 2.66 instead of 3.8 GHz";

    private Generations() {}

    // spotless:off
    static final CostModel PENTIUM_4 = new CostModel("Pentium 4, 3.8 GHz", List.of(
            new Cost(INSTRUCTION, 1, ASSUMED, "one a cycle: what dependent simple instructions reach"),
            new Cost(PORT, 3800, DERIVED, "Linux I/O port programming mini-HOWTO: about 1 microsecond, at 3.8 GHz"),
            new Cost(DELIVERY, 388, DERIVED, "half of 2030 - 1254: what the trap adds to a callout; " + RDTSC_BY_TRAP),
            new Cost(RETURN, 388, DERIVED, "the other half of 2030 - 1254"),
            new Cost(SYSENTER, 216, DERIVED, "half of getpid's 432 cycles; Maeda, Kernel Mode Linux, Linux Journal 2003"),
            new Cost(SYSEXIT, 216, DERIVED, "the other half"),
            new Cost(CLI, 26, RECALLED, FOG + ", Pentium 4"),
            new Cost(STI, 36, RECALLED, FOG + ", Pentium 4"),
            new Cost(POPF, 52, RECALLED, FOG + ", Pentium 4"),
            new Cost(CONTROL, 80, ASSUMED, "as RDTSC, another serializing read or write of processor state"),
            new Cost(RDTSC, 80, RECALLED, FOG + ", Pentium 4"),
            new Cost(CPUID, 200, RECALLED, FOG + ", Pentium 4: from 200 on"),
            new Cost(REFERENCE, 28, DERIVED, "from the second-level cache; " + FOG + ", Prescott"),
            new Cost(TRAP, 2030, RECALLED, RDTSC_BY_TRAP),
            new Cost(CALLOUT, 1254, RECALLED, RDTSC_BY_TRAP),
            new Cost(DISPATCH, 216, ASSUMED, "as RDTSC emulated in the cache (Adams & Agesen 2006): a look-up, no state moved"),
            new Cost(TRANSLATION, 2030, ASSUMED, "as one trap a unit: no figure found"),
            new Cost(HYPERCALL, 1254, ASSUMED, "as a callout: a trap, but nothing to decode"),
            new Cost(BATCHED, 216, ASSUMED, "as RDTSC emulated in the cache (Adams & Agesen 2006): work without a trap"),
            new Cost(VM_EXIT, 1931, RECALLED, AGESEN + ": exit on a page fault"),
            new Cost(VM_ENTRY, 2409, RECALLED, AGESEN + ": entry"),
            new Cost(VMCS_ACCESS, 178, RECALLED, AGESEN + ": VMREAD"),
            new Cost(EMULATION, 1038, DERIVED, "RDTSC by callout 1254 less in the cache 216 (Adams & Agesen 2006)"),
            new Cost(COPY, 0.25, ASSUMED, "four bytes a cycle, as from the caches: no figure found")));

    static final CostModel CORE_2 = new CostModel("Core 2, 2.66 GHz", List.of(
            new Cost(INSTRUCTION, 1, ASSUMED, "one a cycle: what dependent simple instructions reach"),
            new Cost(PORT, 2660, DERIVED, "Linux I/O port programming mini-HOWTO: about 1 microsecond, at 2.66 GHz"),
            new Cost(DELIVERY, 272, DERIVED, SLOWER_CLOCK),
            new Cost(RETURN, 272, DERIVED, SLOWER_CLOCK),
            new Cost(SYSENTER, 151, DERIVED, SLOWER_CLOCK),
            new Cost(SYSEXIT, 151, DERIVED, SLOWER_CLOCK),
            new Cost(CLI, 18, DERIVED, SLOWER_CLOCK),
            new Cost(STI, 25, DERIVED, SLOWER_CLOCK),
            new Cost(POPF, 36, DERIVED, SLOWER_CLOCK),
            new Cost(CONTROL, 56, ASSUMED, "as on the Pentium 4, " + SLOWER_CLOCK),
            new Cost(RDTSC, 65, RECALLED, FOG + ", Merom"),
            new Cost(CPUID, 180, RECALLED, FOG + ", Merom"),
            new Cost(REFERENCE, 14, DERIVED, "from the second-level cache; " + FOG + ", Merom"),
            new Cost(TRAP, 1421, DERIVED, SLOWER_CLOCK),
            new Cost(CALLOUT, 878, DERIVED, SLOWER_CLOCK),
            new Cost(DISPATCH, 151, ASSUMED, "as on the Pentium 4, " + SLOWER_CLOCK),
            new Cost(TRANSLATION, 1421, ASSUMED, "as one trap a unit: no figure found"),
            new Cost(HYPERCALL, 878, ASSUMED, "as a callout: a trap, but nothing to decode"),
            new Cost(BATCHED, 151, ASSUMED, "as on the Pentium 4, " + SLOWER_CLOCK),
            new Cost(VM_EXIT, 1186, RECALLED, AGESEN + ": exit on a page fault"),
            new Cost(VM_ENTRY, 937, RECALLED, AGESEN + ": entry"),
            new Cost(VMCS_ACCESS, 52, RECALLED, AGESEN + ": VMREAD"),
            new Cost(EMULATION, 727, DERIVED, SLOWER_CLOCK),
            new Cost(COPY, 0.25, ASSUMED, "as on the Pentium 4: no figure found")));
    // spotless:on
}

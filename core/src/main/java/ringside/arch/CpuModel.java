package ringside.arch;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A processor as bought in a given year: the features it has and what CPUID says of it.
 *
 * @param name the word for {@code --cpu}
 * @param year first year of sale; a year asks for the newest model not later than it
 * @param signature CPUID.1:EAX (family, model, stepping)
 */
public record CpuModel(String name, int year, int signature, Set<Feature> features) {
    /** Oldest first; x87 and SSE are absent from every model until they execute. */
    public static final List<CpuModel> ALL = List.of(
            new CpuModel("386", 1985, 0x300, Set.of()),
            new CpuModel("486", 1989, 0x400, Set.of(Feature.I486)),
            new CpuModel("pentium", 1993, 0x513, features(Feature.CX8, Feature.MSR)),
            new CpuModel("pentium-pro", 1995, 0x611, features(Feature.CMOV)),
            new CpuModel("pentium4", 2000, 0xf12, features(Feature.CMOV)),
            new CpuModel("pentium4-nx", 2004, 0xf34, features(Feature.NX)),
            new CpuModel("pentium4-vt", 2005, 0xf62, features(Feature.VMX)),
            new CpuModel("core2", 2006, 0x6f6, features(Feature.VMX)),
            new CpuModel("nehalem", 2008, 0x106a5, features(Feature.EPT)),
            new CpuModel("westmere", 2010, 0x206c2, features(Feature.UNRESTRICTED_GUEST)),
            new CpuModel("skylake", 2015, 0x506e3, features(Feature.UNRESTRICTED_GUEST)),
            new CpuModel("ice-lake", 2019, 0x706e5, features(Feature.UNRESTRICTED_GUEST)).with(Feature.UMIP, true));

    public CpuModel {
        features = features.isEmpty() ? Set.of() : java.util.Collections.unmodifiableSet(EnumSet.copyOf(features));
    }

    /** All integer and system features up to the newest of {@code last}; VMX implies NX but not UMIP. */
    private static Set<Feature> features(Feature... last) {
        EnumSet<Feature> set = EnumSet.of(Feature.I486, Feature.CPUID);
        for (Feature feature : last) {
            set.addAll(EnumSet.range(Feature.VME, feature));
        }
        set.removeAll(EnumSet.range(Feature.FXSR, Feature.SSE2));
        if (set.contains(Feature.VMX)) {
            set.remove(Feature.UMIP);
        }
        if (!set.contains(Feature.PGE)) {
            set.remove(Feature.PAE);
        }
        return set;
    }

    public boolean has(Feature feature) {
        return features.contains(feature);
    }

    public static Optional<CpuModel> named(String name) {
        return ALL.stream().filter(m -> m.name.equals(name)).findFirst();
    }

    /** The newest model on sale in {@code year}; the 386 for any year before it. */
    public static CpuModel ofYear(int year) {
        CpuModel best = ALL.getFirst();
        for (CpuModel model : ALL) {
            if (model.year <= year) {
                best = model;
            }
        }
        return best;
    }

    /** The EFLAGS bits that this processor has, the one that is always 1 left out. */
    public int flags() {
        int bits = Eflags.ARITHMETIC | Eflags.TF | Eflags.IF | Eflags.DF | Eflags.IOPL | Eflags.NT;
        bits |= Eflags.RF | Eflags.VM;
        bits |= has(Feature.I486) ? Eflags.AC : 0;
        bits |= has(Feature.VME) ? Eflags.VIF | Eflags.VIP : 0;
        return bits | (has(Feature.CPUID) ? Eflags.ID : 0);
    }

    /** This model with one feature switched. */
    public CpuModel with(Feature feature, boolean present) {
        EnumSet<Feature> set = EnumSet.noneOf(Feature.class);
        set.addAll(features);
        if (present) {
            set.add(feature);
        } else {
            set.remove(feature);
        }
        return new CpuModel(name, year, signature, set);
    }
}

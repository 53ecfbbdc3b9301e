package ringside.dsl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.Pin;
import ringside.lab.ServerSpec;
import ringside.machine.paging.TlbShape;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.RealDevices;
import ringside.vmm.spi.ServerMemory;

/** {@code server { year 2004; memory 16.MiB; umip true }}: the simulated server. */
public final class ServerBlock extends Block {
    private static final Map<String, Feature> FEATURES = features();
    /** With the VMM's region and ROMs it must fit in a gibibyte. */
    static final int MAX_MIB = 960;

    private static final int LAST_LINE = 15;
    private static final List<String> TLB = List.of("entries", "ways", "large", "replacement");

    private int year = ServerSpec.DEFAULT.year();
    private CpuModel model;
    private long memory = (long) ServerSpec.DEFAULT.ramMib() << 20;
    private long seed = ServerSpec.DEFAULT.seed();
    private Layout frames = ServerMemory.DEFAULT.frames();
    private TlbShape tlb;
    private final AttachmentWords attachments = new AttachmentWords();
    private final List<String> passed = new ArrayList<>();
    private Boolean iommu;
    private final List<Pin> pins = new ArrayList<>();
    private final List<Map.Entry<Feature, Boolean>> switched = new ArrayList<>();

    private static Map<String, Feature> features() {
        Map<String, Feature> map = new TreeMap<>();
        for (Feature feature : Feature.values()) {
            map.put(feature.word(), feature);
        }
        return map;
    }

    @Override
    String blockName() {
        return "server";
    }

    @Override
    Set<String> settings() {
        Set<String> names = new TreeSet<>(FEATURES.keySet());
        names.addAll(List.of(
                "year", "cpu", "memory", "seed", "frames", "tlb", "interrupts", "disk", "nic", "iommu", "passthrough"));
        return names;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "year" -> "year 2004";
            case "cpu" -> "cpu '" + CpuModel.ALL.getLast().name() + "'";
            case "memory" -> "memory 16.MiB";
            case "seed" -> "seed 1";
            case "frames" -> "frames '" + String.join("', or frames '", Layout.words()) + "'";
            case "interrupts" -> "interrupts irq: 5, at: [100, 250]";
            case "tlb" -> "tlb entries: 64, ways: 4";
            case "disk" -> AttachmentWords.DISK;
            case "nic" -> AttachmentWords.NIC;
            case "passthrough" -> "passthrough 'com1', for guests that run with devices: 'passthrough'";
            default -> setting + " true, or " + setting + " false";
        };
    }

    /** The newest CPU on sale in that year. */
    public void year(int when) {
        if (when < 1985 || when > 2100) {
            throw new RingsideException("there is no server of the year " + when, "", "give a year from 1985 on");
        }
        year = when;
    }

    /** A CPU by name instead of by year. */
    public void cpu(String name) {
        List<String> names = CpuModel.ALL.stream().map(CpuModel::name).toList();
        model = CpuModel.named(name)
                .orElseThrow(() -> new RingsideException(
                        "unknown cpu '" + name + "'",
                        "",
                        NearMiss.hint(name, names, "known: " + String.join(", ", names))));
        year = model.year();
    }

    /** Guest memory in bytes, whole MiB. */
    public void memory(Number bytes) {
        long size = bytes.longValue();
        if (size < 1 << 20 || size % (1 << 20) != 0 || size > (long) MAX_MIB << 20) {
            throw new RingsideException(
                    "memory of " + size + " bytes is not possible",
                    "",
                    "give whole MiB from 1 to " + MAX_MIB + ": memory 16.MiB");
        }
        memory = size;
    }

    /** Seed of everything random. */
    public void seed(long value) {
        seed = value;
    }

    /** Which machine frames a guest gets. */
    public void frames(String word) {
        frames = Layout.named(word);
    }

    /** Models the processor's TLB: {@code tlb entries: 64, ways: 4, large: 8, replacement: 'random'}. */
    public void tlb(Map<String, ?> shape) {
        for (String key : shape.keySet()) {
            if (!TLB.contains(key)) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in tlb", "", NearMiss.hint(key, TLB, String.join(", ", TLB)));
            }
        }
        int entries = number(shape, "entries", 64);
        Object replacement = shape.containsKey("replacement") ? shape.get("replacement") : "fifo";
        if (!replacement.equals("fifo") && !replacement.equals("random")) {
            throw new RingsideException("unknown replacement '" + replacement + "'", "", "it is 'fifo' or 'random'");
        }
        int ways = number(shape, "ways", 4);
        tlb = new TlbShape(
                entries, ways, number(shape, "large", Math.max(1, entries / 8)), replacement.equals("random"), 1);
    }

    private static int number(Map<String, ?> shape, String key, int otherwise) {
        Object value = shape.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer number) {
            return number;
        }
        throw new RingsideException("'" + key + "' of tlb is not a number", "", "write tlb entries: 64, ways: 4");
    }

    /** Features by their words: {@code umip true}. */
    @Override
    Object misused(String name, Object[] arguments) {
        Feature feature = FEATURES.get(name);
        if (feature != null && arguments.length == 1 && arguments[0] instanceof Boolean on) {
            switched.add(Map.entry(feature, on));
            return null;
        }
        return super.misused(name, arguments);
    }

    /** An interrupt line pulsed at given counts of guest instructions, the same in every mode. */
    public void interrupts(Map<String, ?> named) {
        if (!named.keySet().equals(Set.of("irq", "at"))
                || !(named.get("irq") instanceof Integer irq)
                || !(named.get("at") instanceof List<?> counts)
                || !counts.stream().allMatch(Number.class::isInstance)) {
            throw new RingsideException("interrupts does not say which and when", "", "write " + usage("interrupts"));
        }
        if (irq < 0 || irq > LAST_LINE) {
            throw new RingsideException("there is no interrupt line " + irq, "", "lines are 0 to " + LAST_LINE);
        }
        counts.forEach(count -> pins.add(new Pin(irq, ((Number) count).longValue())));
    }

    /** A disk: {@code disk 'data', size: 4.MiB}, or with the content of an image file. */
    public void disk(Map<String, ?> named, String name) {
        attachments.disk(name, named);
    }

    /** A network adapter on a switch of its name. */
    public void nic(String name) {
        attachments.nic(name);
    }

    /** Whether an IOMMU stands between devices and memory; from 2008 on servers have one. */
    public void iommu(boolean present) {
        iommu = present;
    }

    /** Devices that a guest is given beside those of its disks and adapters: {@code passthrough 'com1', 'my-device'}. */
    public void passthrough(String... names) {
        passed.addAll(List.of(names));
    }

    ServerSpec spec() {
        CpuModel cpu = model == null ? CpuModel.ofYear(year) : model;
        for (Map.Entry<Feature, Boolean> feature : switched) {
            cpu = cpu.with(feature.getKey(), feature.getValue());
        }
        ServerMemory beneath = ServerMemory.DEFAULT.with(frames).withSeed(seed);
        if (tlb != null) {
            beneath = beneath.with(new TlbShape(tlb.entries(), tlb.ways(), tlb.largeEntries(), tlb.random(), seed));
        }
        return new ServerSpec(
                year, cpu, (int) (memory >> 20), seed, List.of(), pins, beneath, attachments.all(), real());
    }

    private RealDevices real() {
        return new RealDevices(iommu == null ? RealDevices.ofYear(year).iommu() : iommu, passed);
    }
}

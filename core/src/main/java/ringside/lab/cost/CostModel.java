package ringside.lab.cost;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import ringside.arch.CpuModel;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.cost.Bill.Item;
import ringside.lab.cost.Cost.Basis;
import ringside.vmm.spi.CostEvent;

/** A price for every event, for one generation of processors. */
public final class CostModel {
    private final String generation;
    private final Map<CostEvent, Cost> costs;

    CostModel(String generation, List<Cost> costs) {
        this.generation = generation;
        this.costs = new EnumMap<>(CostEvent.class);
        costs.forEach(cost -> this.costs.put(cost.event(), cost));
    }

    /** The prices for a processor: those of its generation, or of the nearest one that has any. */
    public static CostModel of(CpuModel cpu) {
        return cpu.year() < 2006 ? Generations.PENTIUM_4 : Generations.CORE_2;
    }

    /** The processor that the prices are for, in words. */
    public String generation() {
        return generation;
    }

    /** Every price, in the order of {@link CostEvent}. */
    public List<Cost> costs() {
        return List.copyOf(costs.values());
    }

    public Cost of(CostEvent event) {
        return costs.get(event);
    }

    /** These prices with one replaced by a script's; {@code word} is the event's. */
    public CostModel with(String word, double cycles) {
        CostEvent event = CostEvent.named(word).orElseThrow(() -> unknown(word));
        if (!(cycles >= 0) || Double.isInfinite(cycles)) {
            throw new RingsideException("a cost of " + cycles + " cycles", "", "give a number from 0 on");
        }
        return with(new Cost(event, cycles, Basis.SCRIPT, "the script"));
    }

    private static RingsideException unknown(String word) {
        List<String> known = words();
        return new RingsideException(
                "there is no cost '" + word + "'",
                "",
                NearMiss.hint(word, known, "known: " + String.join(", ", known)));
    }

    /** The words of all events. */
    public static List<String> words() {
        return java.util.Arrays.stream(CostEvent.values()).map(CostEvent::word).toList();
    }

    /** These prices with one multiplied. */
    public CostModel scaled(CostEvent event, double factor) {
        Cost cost = of(event);
        return with(new Cost(event, cost.cycles() * factor, Basis.DERIVED, cost.source() + ", times " + factor));
    }

    private CostModel with(Cost cost) {
        List<Cost> more = new ArrayList<>(costs.values());
        more.add(cost);
        return new CostModel(generation, more);
    }

    /** Prices counts, which stand under the words of the events. */
    public Bill price(Map<String, ? extends Number> counts) {
        List<Item> items = new ArrayList<>();
        for (Cost cost : costs.values()) {
            Number count = counts.get(cost.event().word());
            if (count != null && count.doubleValue() != 0) {
                items.add(new Item(cost.event(), count.doubleValue(), cost.cycles()));
            }
        }
        return new Bill(items);
    }
}

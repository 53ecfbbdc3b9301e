package ringside.lab.cost;

import java.util.List;
import java.util.stream.Collectors;
import ringside.vmm.spi.CostEvent;

/**
 * Counted events with their prices.
 *
 * @param items only events that happened, in the order of {@link CostEvent}
 */
public record Bill(List<Item> items) {
    /** So many events at so many cycles; a count is a fraction where it is an average. */
    public record Item(CostEvent event, double count, double cycles) {
        public double total() {
            return count * cycles;
        }
    }

    public Bill {
        items = List.copyOf(items);
    }

    /** Modelled cycles. */
    public double total() {
        return items.stream().mapToDouble(Item::total).sum();
    }

    /** The modelled cycles as a whole number. */
    public long cycles() {
        return Math.round(total());
    }

    /** How often an event happened. */
    public double count(CostEvent event) {
        return items.stream()
                .filter(item -> item.event() == event)
                .mapToDouble(Item::count)
                .sum();
    }

    /** The items as {@code 12 instruction x 1 + 2 trap x 2030}. */
    @Override
    public String toString() {
        return items.stream()
                .map(item -> number(item.count()) + " " + item.event().word() + " x " + number(item.cycles()))
                .collect(Collectors.joining(" + "));
    }

    /** Whole numbers without a fraction, others with two digits of it, large ones with one. */
    public static String number(double value) {
        boolean whole = Math.abs(value - Math.rint(value)) < 1e-9;
        String format = value < 10 ? "%.2f" : "%.1f";
        return whole ? Long.toString(Math.round(value)) : String.format(java.util.Locale.ROOT, format, value);
    }
}

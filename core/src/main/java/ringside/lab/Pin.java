package ringside.lab;

/**
 * An interrupt pinned to a count of guest instructions.
 *
 * @param irq the line of the interrupt controller
 * @param at tick of virtual time: instructions completed, and ticks slept through in HLT
 */
public record Pin(int irq, long at) {}

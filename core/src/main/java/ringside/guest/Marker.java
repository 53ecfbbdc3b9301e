package ringside.guest;

/**
 * A point of a guest at which an interrupt line is raised: a note on an address, no byte of the guest.
 *
 * <p>Where assemblies of one guest differ, instruction counts do not say where an interrupt came; a marker does.
 *
 * @param la linear address of the instruction before which the line is raised, each time the guest comes there with
 *     other registers than the last time: a return to it is no arrival
 * @param line 0 to 15
 */
public record Marker(int la, int line) {}

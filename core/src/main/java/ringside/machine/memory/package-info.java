/**
 * The bytes of the machine's memory, addressed by MA.
 *
 * <p>One array behind little-endian views. Pages from which code was decoded are marked, and every write to such a page,
 * by the CPU, a device or the VMM, tells the watch before the bytes change: nothing stale is ever executed. Only the
 * engine's write map bypasses the watch, and it never maps a marked page.
 *
 * <p>What lies at which physical address is the business of the bus; here an access outside the array is a defect.
 */
package ringside.machine.memory;

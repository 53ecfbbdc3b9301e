package ringside.vmm.device.stack;

import ringside.machine.devices.disk.BlockRequest;

/**
 * A request in a store's queue.
 *
 * @param disk who made it, by its number at the store
 * @param sector the first one, of the store
 * @param order of arrival
 * @param arrived when it was made
 * @param eligible when the disk's limit lets it through
 * @param delay ticks that it takes longer than others
 * @param used service that its disk has had so far, in ticks
 */
record Waiting(
        int disk,
        BlockRequest.Operation operation,
        long sector,
        int sectors,
        long order,
        long arrived,
        long eligible,
        long delay,
        long used) {}

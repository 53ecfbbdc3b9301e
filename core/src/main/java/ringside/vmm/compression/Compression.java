package ringside.vmm.compression;

/**
 * How a guest's rings are compressed.
 *
 * @param mode the word of the mode, for messages
 * @param rings where the guest kernel runs
 * @param reflect whether faults of unprivileged instructions go to the guest though its processor would not raise them
 * @param iopl the real IOPL: above 0 the guest's POPF and CLI act on the real IF, and the VMM may lose the processor
 * @param umip whether the real CR4.UMIP is set
 */
public record Compression(String mode, Rings rings, boolean reflect, int iopl, boolean umip) {}

/**
 * Guest programs as data: what is loaded where, how it is entered, and what is known of its source.
 *
 * <p>A {@link ringside.guest.GuestImage} is made by the assembler of the scripts, or read from flat binaries, boot
 * sectors, ROM images, ELF and Multiboot kernels. It holds no state of a run: one image runs on as many machines as an
 * experiment wants. Addresses of segments are guest-physical (PA); addresses of symbols, source lines and checkpoints are
 * linear (LA). {@link ringside.guest.KernelImage}, {@link ringside.guest.FlatImage}, {@link ringside.guest.BootSector}
 * and {@link ringside.guest.RomImage} read files; whatever is wrong with one is a single message with the offset in
 * the file. {@link ringside.guest.GuestImage#load} copies into any {@link ringside.guest.GuestMemory}, a board's or a
 * VM's. A {@link ringside.guest.Checkpoint} names values by {@code isa} operands, which is why this package stands
 * above {@code isa}; it knows nothing of machines, and a board or a VMM does the loading.
 */
package ringside.guest;

package ringside.machine.bus;

/** A physical address space in which devices claim ranges: of the server, or of a virtual machine. */
@FunctionalInterface
public interface MmioMap {
    /** No address space: windows can be moved about and nobody looks in. */
    MmioMap NONE = (owner, size, device) -> new Window() {
        @Override
        public void at(int first) {
            // nobody reaches it
        }

        @Override
        public void off() {
            // nobody reached it
        }
    };

    /** A range of {@code size} bytes, a multiple of 4 KiB, nowhere yet. */
    Window window(String owner, int size, MmioDevice device);
}

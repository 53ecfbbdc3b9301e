package ringside.machine.bus;

/** A physical address space in which devices claim ranges: of the server, or of a virtual machine. */
public interface MmioMap {
    /** No address space: windows can be moved about and nobody looks in. */
    MmioMap NONE = new MmioMap() {
        @Override
        public Window window(String owner, int size, MmioDevice device) {
            return new Window() {
                @Override
                public void at(int first) {
                    // nobody reaches it
                }

                @Override
                public void off() {
                    // nobody reached it
                }
            };
        }

        @Override
        public void claim(int first, int last, String owner, MmioDevice device) {
            // nobody reaches it
        }
    };

    /** A range of {@code size} bytes, a multiple of 4 KiB, nowhere yet. */
    Window window(String owner, int size, MmioDevice device);

    /** Claims addresses for good, whole pages; an overlap is refused, naming both ranges. */
    void claim(int first, int last, String owner, MmioDevice device);
}

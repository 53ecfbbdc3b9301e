package ringside.vmm.device.split;

import ringside.machine.bus.Dma;
import ringside.machine.state.StateVisitor;

/** A request of the front end: the buffers of one descriptor chain, those to read and those to write. */
final class Chain {
    private int head;
    final Area readable;
    final Area writable;

    Chain(int head, Dma memory) {
        this.head = head;
        readable = new Area(memory);
        writable = new Area(memory);
    }

    /** The index of its first descriptor, by which the front end knows it. */
    int head() {
        return head;
    }

    void release(BufferSpace space) {
        space.release(readable);
        space.release(writable);
    }

    void visit(StateVisitor v) {
        head = v.int32("head", head);
        readable.visit(v, "readable");
        writable.visit(v, "writable");
    }
}

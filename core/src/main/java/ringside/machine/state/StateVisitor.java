package ringside.machine.state;

import java.nio.ByteBuffer;

/**
 * Walks the state of a component: each call names a value, hands in what it is and takes back what it shall be.
 *
 * <p>One method per component thus serves saving, loading, comparing and printing: a saver returns the value given, a
 * loader the value stored. Names are unique within the component and stable.
 */
public interface StateVisitor {
    int int32(String name, int value);

    long int64(String name, long value);

    default boolean flag(String name, boolean value) {
        return int32(name, value ? 1 : 0) != 0;
    }

    /** Whole arrays in place; the length is part of the configuration, not of the state. */
    void bytes(String name, byte[] value);

    void ints(String name, int[] value);

    /** A list of longs whose length may change (event queues, FIFOs). */
    long[] longs(String name, long[] value);

    /** Bytes whose number may change (buffers, changed sectors): kept as their length and eight bytes a long. */
    default byte[] blob(String name, byte[] value) {
        ByteBuffer packed = ByteBuffer.allocate((value.length + 15) / 8 * 8);
        packed.putLong(value.length).put(value).rewind();
        long[] words = new long[packed.capacity() / 8];
        packed.asLongBuffer().get(words);
        long[] taken = longs(name, words);
        ByteBuffer buffer = ByteBuffer.allocate(taken.length * 8);
        buffer.asLongBuffer().put(taken);
        byte[] bytes = new byte[(int) buffer.getLong()];
        buffer.get(bytes);
        return bytes;
    }
}

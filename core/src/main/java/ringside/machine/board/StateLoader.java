package ringside.machine.board;

import java.lang.reflect.Array;
import java.util.Map;
import ringside.error.RingsideException;
import ringside.machine.state.StateVisitor;

/** Gives one part the state that was saved of it; a value that is missing or of another shape is refused by name. */
final class StateLoader implements StateVisitor {
    private final String part;
    private final Map<String, Object> values;

    StateLoader(String part, Map<String, Object> values) {
        this.part = part;
        this.values = values;
    }

    private <T> T get(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new RingsideException(
                    "the snapshot has no value '" + part + "." + name + "' of this kind",
                    "",
                    "load it with the version of Ringside that saved it");
        }
        return type.cast(value);
    }

    private void copy(String name, Object into) {
        Object saved = get(name, into.getClass());
        int length = Array.getLength(into);
        if (Array.getLength(saved) != length) {
            throw new RingsideException(
                    String.format(
                            "'%s.%s' has %d entries in the snapshot, %d here",
                            part, name, Array.getLength(saved), length),
                    "",
                    "load it into a machine configured alike");
        }
        System.arraycopy(saved, 0, into, 0, length);
    }

    @Override
    public int int32(String name, int value) {
        return get(name, Integer.class);
    }

    @Override
    public long int64(String name, long value) {
        return get(name, Long.class);
    }

    @Override
    public void bytes(String name, byte[] value) {
        copy(name, value);
    }

    @Override
    public void ints(String name, int[] value) {
        copy(name, value);
    }

    @Override
    public long[] longs(String name, long[] value) {
        return get(name, long[].class).clone();
    }
}

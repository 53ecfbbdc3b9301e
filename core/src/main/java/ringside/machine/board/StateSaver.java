package ringside.machine.board;

import java.util.LinkedHashMap;
import java.util.Map;
import ringside.error.RingsideException;
import ringside.machine.state.StateVisitor;

/** Copies the state of one part; changes nothing. */
final class StateSaver implements StateVisitor {
    private final String part;
    private final Map<String, Object> values = new LinkedHashMap<>();

    StateSaver(String part) {
        this.part = part;
    }

    Map<String, Object> values() {
        return values;
    }

    private void put(String name, Object value) {
        if (values.put(name, value) != null) {
            throw new RingsideException("two values of '" + part + "' are called '" + name + "'");
        }
    }

    @Override
    public int int32(String name, int value) {
        put(name, value);
        return value;
    }

    @Override
    public long int64(String name, long value) {
        put(name, value);
        return value;
    }

    @Override
    public void bytes(String name, byte[] value) {
        put(name, value.clone());
    }

    @Override
    public void ints(String name, int[] value) {
        put(name, value.clone());
    }

    @Override
    public long[] longs(String name, long[] value) {
        put(name, value.clone());
        return value;
    }
}

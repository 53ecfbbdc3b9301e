package ringside.vmm.device.split;

import ringside.machine.state.StateVisitor;

/** Names of state with something in front, so that parts alike can stand in one component. */
record Prefixed(StateVisitor visitor, String prefix) implements StateVisitor {
    @Override
    public int int32(String name, int value) {
        return visitor.int32(prefix + name, value);
    }

    @Override
    public long int64(String name, long value) {
        return visitor.int64(prefix + name, value);
    }

    @Override
    public void bytes(String name, byte[] value) {
        visitor.bytes(prefix + name, value);
    }

    @Override
    public void ints(String name, int[] value) {
        visitor.ints(prefix + name, value);
    }

    @Override
    public long[] longs(String name, long[] value) {
        return visitor.longs(prefix + name, value);
    }
}

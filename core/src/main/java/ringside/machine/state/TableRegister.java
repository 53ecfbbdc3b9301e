package ringside.machine.state;

/** GDTR or IDTR: base and 16-bit limit. */
public final class TableRegister {
    public int base;
    public int limit;

    public void set(int newBase, int newLimit) {
        base = newBase;
        limit = newLimit & 0xffff;
    }

    public void visit(String name, StateVisitor v) {
        base = v.int32(name + ".base", base);
        limit = v.int32(name + ".limit", limit);
    }
}

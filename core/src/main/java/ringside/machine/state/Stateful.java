package ringside.machine.state;

/** A component whose whole state can be enumerated: save, load, run equals run. */
public interface Stateful {
    /** Unique within the machine, stable, lower case: {@code pic0}, {@code uart.com1}. */
    String stateName();

    void visit(StateVisitor visitor);
}

package ringside.lab;

/** What a script expects of a virtual machine among others; its text is what the report prints. */
public sealed interface HostExpectation {
    /** The virtual machine it speaks of. */
    String vm();

    /** As the report prints it. */
    String text();

    /** Its neighbours changed nothing that it could see but timing: alone on the server it comes to the same end. */
    record Undisturbed(String vm) implements HostExpectation {
        @Override
        public String text() {
            return vm + " is undisturbed by the others";
        }
    }

    /** It ended for this reason; {@code budget} where it did not. */
    record Stops(String vm, String reason) implements HostExpectation {
        @Override
        public String text() {
            return vm + " stops with " + reason;
        }
    }

    /** It got between {@code from} and {@code to} percent of the time in which anybody ran. */
    record Share(String vm, int from, int to) implements HostExpectation {
        @Override
        public String text() {
            return vm + " gets " + (from == to ? from : from + " to " + to) + " % of the time that was used";
        }
    }
}

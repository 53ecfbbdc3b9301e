package ringside.lab;

/** What a script expects of a run; its text is what the script said. */
public sealed interface Expectation {
    /** The setting it speaks of, by its label. */
    String setting();

    /** As the report prints it. */
    String text();

    /** The guest could not tell. */
    record Equivalent(String setting) implements Expectation {
        @Override
        public String text() {
            return setting + " is equivalent to bare";
        }
    }

    /**
     * The guest could tell.
     *
     * @param at the checkpoint at which it shows, or empty for anywhere
     * @param because the culprit's mnemonic in upper case, or empty for any
     */
    record Diverges(String setting, String at, String because) implements Expectation {
        @Override
        public String text() {
            return setting + " diverges"
                    + (at.isEmpty() ? "" : " at '" + at + "'")
                    + (because.isEmpty() ? "" : " because of " + because);
        }
    }

    /** The VMM kept timer, memory and ports to itself. */
    record Controlled(String setting) implements Expectation {
        @Override
        public String text() {
            return setting + " is controlled";
        }
    }

    /** The guest got hold of the timer, of memory or of ports that are the VMM's. */
    record Uncontrolled(String setting) implements Expectation {
        @Override
        public String text() {
            return setting + " is not controlled";
        }
    }

    /**
     * The real processor executed the guest's instructions, software only few.
     *
     * @param percent the share that it executed at least
     */
    record Efficient(String setting, int percent) implements Expectation {
        /** Popek and Goldberg ask for a statistically dominant subset. */
        public static final int DOMINANT = 51;

        @Override
        public String text() {
            return setting + " is efficient: at least " + percent + " % executed directly";
        }
    }

    /** The run ended for this reason: {@code halt}, {@code budget}, {@code triple-fault}... */
    record Stops(String setting, String reason) implements Expectation {
        @Override
        public String text() {
            return setting + " stops with " + reason;
        }
    }
}

package ringside.host;

/** What a tenant's clock does while the tenant waits for a processor. */
public enum Clocks {
    /** It goes on: the tenant's timers fire late. */
    MACHINE("machine"),
    /** It stands still: steal is hidden, and the tenant's time falls behind the server's. */
    OWN("own");

    private final String word;

    Clocks(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}

package ringside.machine.bus;

/** Asks for the run to end: what an exit port or a reset pulse is wired to. */
@FunctionalInterface
public interface StopRequest {
    /**
     * @param reason a word for the report: {@code exit-port}, {@code reset}
     * @param code the exit code, 0 where there is none
     */
    void stop(String reason, int code);
}

package ringside.error;

/**
 * A user's mistake or a defect of Ringside itself, told in one message: what, where, and what to do.
 *
 * <p>Never a guest's fault: that is {@code GuestFault}, and it goes to the guest or to the VMM. The launcher prints
 * the message alone and ends with exit status 2.
 */
public class RingsideException extends RuntimeException {
    private final String what;
    private final String where;
    private final String remedy;

    /**
     * @param what what is wrong, without a full stop
     * @param where script file and line, image offset, or address in hex with mode and ring; empty when there is none
     * @param remedy what the user can do; empty when nothing can be said
     */
    public RingsideException(String what, String where, String remedy) {
        this(what, where, remedy, null);
    }

    public RingsideException(String what, String where, String remedy, Throwable cause) {
        super(compose(what, where, remedy), cause);
        this.what = what;
        this.where = where;
        this.remedy = remedy;
    }

    public RingsideException(String what) {
        this(what, "", "");
    }

    public String what() {
        return what;
    }

    public String where() {
        return where;
    }

    public String remedy() {
        return remedy;
    }

    private static String compose(String what, String where, String remedy) {
        String place = where.isEmpty() ? "" : "(" + where + ") ";
        return place + what + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}

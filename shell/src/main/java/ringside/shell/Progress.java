package ringside.shell;

import java.io.PrintStream;
import java.util.Timer;
import java.util.TimerTask;

/**
 * Says on stderr what takes long, once it has taken two seconds and then every ten; silent for anything shorter.
 *
 * <p>The daemon thread is only there while something runs; the text never reaches stdout.
 */
public final class Progress implements AutoCloseable {
    private static final long FIRST_MILLIS = 2_000;
    private static final long NEXT_MILLIS = 10_000;

    private final Timer timer = new Timer("progress", true);
    private volatile String doing;

    private Progress(String doing) {
        this.doing = doing;
    }

    /** Starts watching; close it when the work is done. */
    public static Progress of(String doing, PrintStream err) {
        Progress progress = new Progress(doing);
        TimerTask tell = new TimerTask() {
            private long seconds = FIRST_MILLIS / 1000;

            @Override
            public void run() {
                err.println("ringside: " + progress.doing + ", " + seconds + " s so far");
                seconds += NEXT_MILLIS / 1000;
            }
        };
        progress.timer.schedule(tell, FIRST_MILLIS, NEXT_MILLIS);
        return progress;
    }

    /** Changes what is said next. */
    public void now(String what) {
        doing = what;
    }

    @Override
    public void close() {
        timer.cancel();
    }
}

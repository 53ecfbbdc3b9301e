package ringside.isa;

/**
 * EFLAGS bits that an instruction reads, writes and leaves undefined ({@link ringside.arch.Eflags} masks).
 *
 * @param read inputs
 * @param written defined outputs
 * @param undefined outputs that the manual leaves open; not guest-observable. A flag that is written too is defined for
 *     some counts only (OF of shifts and rotates)
 */
public record FlagEffects(int read, int written, int undefined) {
    public static final FlagEffects NONE = new FlagEffects(0, 0, 0);
}

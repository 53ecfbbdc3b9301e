package ringside.isa;

/**
 * Where the decoder gets its bytes from.
 *
 * <p>The processor's source throws {@link GuestFault} when a fetch faults; the decoder lets it pass and never asks for
 * a byte that the instruction does not have.
 */
@FunctionalInterface
public interface ByteSource {
    /** The next byte, 0 to 255, or -1 where there are no more. */
    int next();

    /** The bytes of {@code code} from {@code from} on. */
    static ByteSource of(byte[] code, int from) {
        int[] at = {from};
        return () -> at[0] < code.length ? code[at[0]++] & 0xff : -1;
    }
}

package ringside.guest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import ringside.error.RingsideException;

/** Asserts a user's mistake with its whole message. */
final class Refusals {
    private Refusals() {}

    static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isExactlyInstanceOf(RingsideException.class).hasMessage(message);
    }
}

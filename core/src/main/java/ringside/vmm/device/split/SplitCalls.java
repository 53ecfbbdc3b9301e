package ringside.vmm.device.split;

import static ringside.vmm.spi.Argument.pa;
import static ringside.vmm.spi.Argument.value;

import java.util.List;
import ringside.vmm.spi.Argument;
import ringside.vmm.spi.GrantTable;
import ringside.vmm.spi.GuestCall;

/** Hypercalls by which a ported guest reaches its back ends: one trap where an access to a register is one and more. */
final class SplitCalls {
    private static final int DONE = 0, BUSY = -16, INVALID = -22;
    private static final String WHERE = "the split device model";

    private SplitCalls() {}

    /** In the order of their numbers, which lie between the built-in ones and those of scripts. */
    static final List<GuestCall> ALL = List.of(
            call(
                    36,
                    "notify_device",
                    (cards, vm, a) -> outcome(cards.notify(a[0], a[1])),
                    value("device"),
                    value("queue")),
            call(
                    37,
                    "bind_device",
                    (cards, vm, a) -> outcome(cards.bind(a[0], () -> vm.raise(a[1]))),
                    value("device"),
                    value("channel", 31)),
            call(
                    38,
                    "grant_table",
                    (cards, vm, a) -> outcome(cards.grantTable(a[0], a[1])),
                    pa("table"),
                    value("entries", GrantTable.MOST_ENTRIES)),
            call(39, "revoke_grant", (cards, vm, a) -> revoke(cards, a[0]), value("reference")));

    private interface OnCards {
        int call(VirtioCards cards, GuestCall.Caller vm, int[] arguments);
    }

    private static GuestCall call(int number, String name, OnCards carriedOut, Argument... arguments) {
        return new GuestCall(
                number,
                name,
                List.of(arguments),
                (vm, values) -> carriedOut.call(vm.board().platform().device(VirtioCards.class), vm, values),
                WHERE);
    }

    private static int outcome(boolean well) {
        return well ? DONE : INVALID;
    }

    private static int revoke(VirtioCards cards, int reference) {
        return switch (cards.revoke(reference)) {
            case DONE -> DONE;
            case BUSY -> BUSY;
            case UNKNOWN -> INVALID;
        };
    }
}

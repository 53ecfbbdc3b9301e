package ringside.vmm.mode.paravirtual;

/** Hypercalls about the shared page, event channels and the timer. */
final class EventCalls {
    private EventCalls() {}

    static int setSharedPage(PortedGuest guest, int[] a) {
        if (guest.holdsTable(a[0])) {
            return Errno.EPERM.result();
        }
        int result =
                guest.types.map(types -> Errno.of(types.keepWritable(a[0]))).orElse(0);
        if (result == 0) {
            guest.shared.move(a[0]);
        }
        return result;
    }

    static int bindTimer(PortedGuest guest, int[] a) {
        return guest.events.bindTimer();
    }

    static int bindIrq(PortedGuest guest, int[] a) {
        return guest.events.bindLine(a[0]);
    }

    static int bindNone(PortedGuest guest, int[] a) {
        return guest.events.bindOwn();
    }

    /** A call on a channel that somebody has. */
    private interface OnChannel {
        void call(int channel);
    }

    private static int on(PortedGuest guest, int channel, OnChannel call) {
        if (!guest.events.isBound(channel)) {
            return Errno.EINVAL.result();
        }
        call.call(channel);
        return 0;
    }

    static int close(PortedGuest guest, int[] a) {
        return on(guest, a[0], guest.events::close);
    }

    static int send(PortedGuest guest, int[] a) {
        return on(guest, a[0], guest.events::raise);
    }

    static int mask(PortedGuest guest, int[] a) {
        return on(guest, a[0], guest.events::mask);
    }

    static int unmask(PortedGuest guest, int[] a) {
        return on(guest, a[0], guest.events::unmask);
    }

    static int setTimer(PortedGuest guest, int[] a) {
        guest.events.setTimer(a[0]);
        return 0;
    }
}

package ringside.vmm.device.split;

/** A front end did what no driver may; the message is for the user, the guest learns it from the device's status. */
final class FrontEndFault extends Exception {
    FrontEndFault(String format, Object... values) {
        super(String.format(format, values), null, false, false);
    }

    /** The same, with the place where it happened in front. */
    FrontEndFault at(String place) {
        return new FrontEndFault("%s: %s", place, getMessage());
    }
}

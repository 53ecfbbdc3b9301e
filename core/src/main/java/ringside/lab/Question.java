package ringside.lab;

import java.util.List;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.road.Place;

/**
 * What an experiment is to explain beside running its guest: the road of an address, or the heat.
 *
 * @param address as written; empty for the heat
 * @param access what is done there
 * @param under the settings that are asked about; all of the experiment where it is empty
 * @param until where the guest is stopped to look
 * @param where the script's line, for messages
 */
public record Question(String address, Place.Kind access, List<Setting> under, Explanation.Until until, String where) {
    public Question {
        under = List.copyOf(under);
    }

    /** Whether it is the heat that is asked for. */
    public boolean heat() {
        return address.isEmpty();
    }

    /** Refuses what {@code guest}, in none of its forms, has an address or a checkpoint for. */
    public void check(GuestImage guest) {
        try {
            if (!heat()) {
                Place.of(address, guest.symbols(), access);
            }
            if (until instanceof Explanation.Until.At(String checkpoint)) {
                Explanation.checkpoint(guest, checkpoint);
            }
        } catch (RingsideException e) {
            if (guest.ported().isEmpty()) {
                throw new RingsideException(e.what(), where, e.remedy(), e);
            }
            check(guest.ported().get());
        }
    }
}

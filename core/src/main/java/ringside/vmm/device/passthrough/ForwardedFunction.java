package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.SystemBus;
import ringside.machine.bus.Window;
import ringside.machine.devices.Wiring;
import ringside.machine.devices.pci.ConfigurationSpace;
import ringside.machine.devices.pci.PciFunction;
import ringside.machine.devices.pci.PciHost;

/**
 * Configuration space of a real function as its guest has it: the real registers, but that addresses are the guest's.
 *
 * <p>Ports cannot be translated: where the guest puts them there they are, and it reaches those that nobody else has.
 * Addresses can: the real ones are the VMM's choice, for where a guest wishes its device the machine may have memory.
 */
final class ForwardedFunction implements ConfigurationSpace {
    /** Where the VMM puts addresses of devices, a page each. */
    private static final int FIRST_MA = 0xe000_0000, PAGE = 0x1000, BASES = 6, EACH = BASES * PAGE;

    private static final int FIRST_BASE = 0x10, ALL_ONES = -1;

    /** A base address register of the guest's. */
    private final class Place {
        private final PciFunction.Base base;
        private final Window window;
        private final int ma;
        private int value;
        private int place;

        Place(PciFunction.Base base, Window window, int ma) {
            this.base = base;
            this.window = window;
            this.ma = ma;
            this.value = base.io() ? 1 : 0;
        }

        int value() {
            return base.io() ? real.get(32, base.register()) : value;
        }

        void move() {
            int wanted = PciFunction.placed(
                    value(), base.size(), base.io(), real.allows(base.io() ? PciFunction.IO : PciFunction.MEMORY));
            if (wanted == place) {
                return;
            }
            int before = place;
            place = wanted;
            if (wanted == 0) {
                window.off();
            } else {
                window.at(wanted);
            }
            if (!base.io()) {
                translate(before);
            }
        }

        private void translate(int before) {
            if (before != 0) {
                bus.pass(before & -PAGE, SystemBus.NONE);
                passed.server().frames().movedAway(before & -PAGE, ma);
            }
            boolean whole = (place & PAGE - 1) == 0 && place != 0;
            if (whole) {
                bus.pass(place, ma);
            }
        }
    }

    private final PassedDevices passed;
    private final PciFunction real;
    private final SystemBus bus;
    private final List<Place> places = new ArrayList<>();

    ForwardedFunction(PassedDevices passed, ForwardedDevice device, PciFunction real, Wiring guest, int index) {
        this.passed = passed;
        this.real = real;
        this.bus = passed.guestBus();
        for (PciFunction.Base base : real.bases()) {
            int ma = FIRST_MA + index * EACH + base.index() * PAGE;
            if (base.io()) {
                places.add(new Place(base, guest.portWindow(base.size(), device.window()), 0));
            } else {
                real.set(32, base.register(), ma);
                Window window = guest.addresses()
                        .window(real.slot() + "." + real.function(), base.size(), device.memory(passed.at(ma)));
                places.add(new Place(base, window, ma));
            }
        }
        guest.device(PciHost.class).add(this);
    }

    @Override
    public int slot() {
        return real.slot();
    }

    @Override
    public int function() {
        return real.function();
    }

    private Place addressAt(int register) {
        for (Place place : places) {
            if (!place.base.io() && (register & ~3) == place.base.register()) {
                return place;
            }
        }
        return null;
    }

    @Override
    public int get(int bits, int register) {
        Place place = addressAt(register);
        if (place == null) {
            return real.get(bits, register);
        }
        int value = place.value >>> 8 * (register & 3);
        return bits == 32 ? value : value & (1 << bits) - 1;
    }

    @Override
    public void set(int bits, int register, int value) {
        passed.now();
        Place place = addressAt(register);
        if (place == null) {
            real.set(bits, register, value);
        } else {
            int shift = 8 * (register & 3);
            int mask = (bits == 32 ? ALL_ONES : (1 << bits) - 1) << shift;
            place.value = (place.value & ~mask | value << shift & mask) & -place.base.size() & ~15;
        }
        places.forEach(Place::move);
        passed.decoded();
        passed.touched();
    }

    /** MA of each page at which it answers now. */
    List<Integer> pages() {
        return places.stream()
                .filter(place -> !place.base.io() && place.place != 0)
                .map(place -> place.ma)
                .toList();
    }
}

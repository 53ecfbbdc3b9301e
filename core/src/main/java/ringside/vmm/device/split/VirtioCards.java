package ringside.vmm.device.split;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import ringside.machine.bus.Dma;
import ringside.machine.bus.IrqLine;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.Wiring;
import ringside.machine.state.StateVisitor;
import ringside.observe.Counters;
import ringside.vmm.spi.GrantTable;
import ringside.vmm.spi.Peripheral;

/**
 * All split devices of one machine: the n-th behind the page at fe000000 + n * 1000 (hexadecimal), interrupting by line
 * 5, 9, 10 or 11 in turn, notified through its register or through the port 5600 + 4 * n.
 *
 * <p>A line that several devices share is high while one of them asks. A driver finds the devices by their magic value.
 */
public final class VirtioCards implements Device {
    public static final int FIRST_PA = 0xfe00_0000, PAGE = 0x1000;
    public static final int NOTIFY_PORT = 0x5600, MOST_CARDS = 16;
    /** 32 bits each: where the grant table is; how many entries it has, which puts it into force; a grant to revoke. */
    public static final int TABLE_PORT = 0x5640, ENTRIES_PORT = 0x5644, REVOKE_PORT = 0x5648;

    /** Entries of every queue, at most. */
    public static final int QUEUE_SIZE = 128;

    private static final int[] LINES = {5, 9, 10, 11};
    private static final int PORT_BYTES = 4;

    private final Wiring wiring;
    private final List<VirtioMmio> cards = new ArrayList<>();
    private final Tally tally = new Tally();
    /** For each of the four lines, one bit a card that asks. */
    private final int[] asking = new int[LINES.length];
    /** The event channels that cards are bound to, where they are; no part of what is saved. */
    private final BooleanSupplier[] channels = new BooleanSupplier[MOST_CARDS];

    /** The guest's grants; null where addresses are PAs. */
    private final GrantTable grants;

    private int tablePort;
    private int revocation;

    private VirtioCards(Wiring wiring, List<Peripheral> peripherals, boolean granted) {
        this.wiring = wiring;
        grants = granted ? new GrantTable(wiring.memory("grants")) : null;
        for (int i = 0; i < peripherals.size(); i++) {
            String name = "virtio" + i;
            Dma memory = wiring.memory(name);
            int domain = peripherals.get(i) instanceof Peripheral.Served ? GrantTable.SERVICE : GrantTable.HOST;
            BufferSpace grantSpace = granted ? new GrantSpace(grants, domain) : null;
            var spaces = new VirtioMmio.Spaces(memory, new PhysicalSpace(memory), grantSpace);
            VirtioMmio card =
                    new VirtioMmio(name, backEnd(name, peripherals.get(i)), spaces, wiring.clock(), signal(i), tally);
            cards.add(card);
            wiring.addresses().claim(pa(i), pa(i) + PAGE - 1, card.title(), card);
        }
    }

    private BackEnd backEnd(String name, Peripheral peripheral) {
        return switch (peripheral) {
            case Peripheral.Block block -> new BlockBackEnd(block.name(), block.drive());
            case Peripheral.Served served -> ServedBlock.of(served);
            case Peripheral.Network network -> new NetworkBackEnd(name, network, wiring.clock());
            case Peripheral.Stream stream -> new ConsoleBackEnd(wiring.console(stream.name()));
        };
    }

    /**
     * The kind of device to give a machine so that it has these, in this order.
     *
     * @param granted whether back ends reach only what the guest granted
     */
    public static DeviceKind kind(List<? extends Peripheral> cards, boolean granted) {
        List<Peripheral> all = List.copyOf(cards);
        DeviceKind.Ports ports = new DeviceKind.Ports(NOTIFY_PORT, REVOKE_PORT + PORT_BYTES - 1);
        return new DeviceKind(
                "virtio",
                "virtio devices",
                DeviceKind.ROUTED,
                settings -> List.of(ports),
                wiring -> new VirtioCards(wiring, all, granted));
    }

    /** Where the registers of the n-th device are. */
    public static int pa(int card) {
        return FIRST_PA + PAGE * card;
    }

    /** The interrupt line of the n-th device. */
    public static int irq(int card) {
        return LINES[card % LINES.length];
    }

    /** A card's interrupt: its part of a request line, or an event channel once it is bound to one. */
    private Signal signal(int card) {
        int line = card % LINES.length;
        IrqLine out = wiring.irq(LINES[line]);
        return new Signal() {
            @Override
            public void set(boolean high) {
                if (channels[card] != null && (!high || channels[card].getAsBoolean())) {
                    return;
                }
                channels[card] = null; // its channel was closed
                boolean was = asking[line] != 0;
                asking[line] = high ? asking[line] | 1 << card : asking[line] & ~(1 << card);
                if (was != (asking[line] != 0)) {
                    out.set(asking[line] != 0);
                }
            }

            @Override
            public boolean pulses() {
                return channels[card] != null;
            }
        };
    }

    /**
     * From now on a device's interrupts go into a channel of its guest, by {@code raise}, which makes it pending at
     * once too: what was done before is not missed. False where there is no such device or channel.
     */
    boolean bind(int card, BooleanSupplier raise) {
        if (card < 0 || card >= cards.size() || !raise.getAsBoolean()) {
            return false;
        }
        channels[card] = raise;
        return true;
    }

    /** A front end tells a device, on another way than by its registers, that there is work in a queue. */
    public boolean notify(int card, int queue) {
        boolean exists = card >= 0 && card < cards.size();
        if (exists) {
            cards.get(card).notified(queue);
        }
        return exists;
    }

    // ---- grants

    /** The guest's table is at {@code pa}; whether it can be there. */
    public boolean grantTable(int pa, int entries) {
        boolean placed = grants != null && grants.place(pa, entries);
        if (!placed) {
            tally.refused(String.format(
                    "a grant table of %d entries at PA %08x is refused%s",
                    entries, pa, grants == null ? ": the devices take addresses" : ""));
        }
        return placed;
    }

    /** The guest takes a grant back; BUSY while a back end uses it. */
    public GrantTable.Revocation revoke(int reference) {
        GrantTable.Revocation outcome = grants == null ? GrantTable.Revocation.UNKNOWN : grants.revoke(reference);
        if (outcome == GrantTable.Revocation.UNKNOWN) {
            tally.refused("grant " + Integer.toUnsignedString(reference) + " is revoked, which does not exist");
        }
        return outcome;
    }

    // ---- ports

    @Override
    public int in(int bits, int port) {
        return switch (port) {
            case TABLE_PORT -> tablePort;
            case ENTRIES_PORT -> grants == null ? 0 : grants.entries();
            case REVOKE_PORT -> revocation;
            default -> -1; // there is nothing to read
        };
    }

    @Override
    public void out(int bits, int port, int value) {
        switch (port) {
            case TABLE_PORT -> tablePort = value;
            case ENTRIES_PORT -> grantTable(tablePort, value);
            case REVOKE_PORT -> revocation = revoke(value).ordinal();
            default -> notify((port - NOTIFY_PORT) / PORT_BYTES, value);
        }
    }

    @Override
    public boolean mayInterrupt() {
        for (int i = 0; i < cards.size(); i++) {
            if (cards.get(i).mayInterrupt() && (channels[i] != null || wiring.wouldDeliver(irq(i)))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<String> messages() {
        return tally.messages();
    }

    @Override
    public Counters counters() {
        Counters all = new Counters();
        all.merge(tally.counters());
        cards.forEach(card -> all.merge(card.counters()));
        return all;
    }

    @Override
    public String stateName() {
        return "virtio";
    }

    @Override
    public void visit(StateVisitor v) {
        v.ints("asking", asking);
        tablePort = v.int32("tablePort", tablePort);
        revocation = v.int32("revocation", revocation);
        if (grants != null) {
            grants.visit(new Prefixed(v, "grants."));
        }
        for (int i = 0; i < cards.size(); i++) {
            cards.get(i).visit(new Prefixed(v, i + "."));
        }
    }
}

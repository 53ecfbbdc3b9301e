package ringside.machine.devices.apic;

import java.util.ArrayList;
import java.util.List;

/** Carries messages between local APICs and I/O APICs: picks who is addressed, in the order of their ids. */
public final class ApicBus {
    /** Delivery modes that arrive as a vector. */
    static final int FIXED = 0, LOWEST = 1;

    private static final int BROADCAST = 0xff;

    /**
     * A message.
     *
     * @param mode delivery mode, as in bits 10-8 of an interrupt command
     * @param logical whether the destination is a mask rather than an id
     */
    record Message(int mode, int vector, boolean level, boolean logical, int destination) {}

    private final List<LocalApic> locals = new ArrayList<>();
    private final List<IoApic> pins = new ArrayList<>();

    void add(LocalApic apic) {
        locals.add(apic);
    }

    void add(IoApic apic) {
        pins.add(apic);
    }

    List<LocalApic> locals() {
        return locals;
    }

    private static boolean addressed(LocalApic apic, Message message) {
        return message.logical
                ? apic.inLogical(message.destination)
                : message.destination == BROADCAST || message.destination == apic.id();
    }

    /** Sends to whoever is addressed; in lowest-priority mode to the least busy of them. */
    void send(Message message) {
        LocalApic chosen = null;
        for (LocalApic apic : locals) {
            if (!addressed(apic, message)) {
                continue;
            }
            if (message.mode == FIXED) {
                apic.accept(message.vector, message.level);
            } else if (message.mode == LOWEST && (chosen == null || apic.priority() < chosen.priority())) {
                chosen = apic;
            }
        }
        if (chosen != null) {
            chosen.accept(message.vector, message.level);
        }
    }

    /** A level-triggered interrupt was ended somewhere. */
    void ended(int vector) {
        for (IoApic apic : pins) {
            apic.ended(vector);
        }
    }
}

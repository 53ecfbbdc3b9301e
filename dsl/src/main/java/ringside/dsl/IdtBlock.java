package ringside.dsl;

import java.util.Map;
import java.util.Set;

/** {@code idt { on 13, 'label' }}: gates to labels. */
public final class IdtBlock extends Block {
    private final GuestBlock guest;

    IdtBlock(GuestBlock guest) {
        this.guest = guest;
    }

    @Override
    String blockName() {
        return "idt";
    }

    @Override
    Set<String> settings() {
        return Set.of("on");
    }

    @Override
    String usage(String setting) {
        return "on 13, 'label', or on 0x80, 'label', dpl: 3, trap: true";
    }

    /** An interrupt gate of DPL 0. */
    public void on(int vector, String label) {
        guest.gate(Map.of(), vector, label);
    }

    /** A gate of this {@code dpl}; {@code trap: true} leaves interrupts on. */
    public void on(Map<String, ?> named, int vector, String label) {
        guest.gate(named, vector, label);
    }
}

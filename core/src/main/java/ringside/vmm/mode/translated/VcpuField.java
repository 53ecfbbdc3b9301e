package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A value of the virtual processor, or of the VMM's, that translated code may reach through GS: {@code gs:vcpu.virtualIf}.
 *
 * @param name the word for it
 * @param offset in the VMM's segment
 * @param bits its width: an access has this width, no other
 * @param writable whether a rule may write it
 */
public record VcpuField(String name, int offset, int bits, boolean writable) {
    /**
     * All of them. {@code virtualIf} is the byte of EFLAGS that holds IF: 2 where it is set, else 0; {@code ifBefore} is what
     * it was before the last STI; {@code pending} the IF bit while an interrupt waits, else 0; {@code systemFlags} IOPL, VIF
     * and VIP.
     */
    public static final List<VcpuField> ALL = all();

    private static List<VcpuField> all() {
        List<VcpuField> fields = new ArrayList<>(List.of(
                new VcpuField("virtualIf", Store.VIRTUAL_IF + 1, 8, true),
                new VcpuField("ifBefore", Store.IF_BEFORE + 1, 8, true),
                new VcpuField("pending", Store.PENDING, 32, false),
                new VcpuField("systemFlags", Store.SYSTEM_FLAGS, 32, false),
                new VcpuField("cr0", Store.CR, 32, false),
                new VcpuField("cr2", Store.CR + 8, 32, false),
                new VcpuField("cr3", Store.CR + 12, 32, false)));
        for (int i = 0; i < Store.SCRATCH_COUNT; i++) {
            fields.add(new VcpuField("scratch" + i, Store.SCRATCH + 4 * i, 32, true));
        }
        return List.copyOf(fields);
    }

    /** The field at an offset, accessed with a width. */
    static Optional<VcpuField> at(int offset, int bits) {
        return ALL.stream()
                .filter(field -> field.offset == offset && field.bits == bits)
                .findFirst();
    }
}

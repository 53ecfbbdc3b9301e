package ringside.guest;

import java.util.List;

/** The state of the processor when a guest gets control: everything not named here is as after RESET, with IF = 0. */
public sealed interface EntryState {
    /** The linear, and as paging is off physical, address of the first instruction. */
    default int entryPa() {
        return switch (this) {
            case Reset reset -> 0xfffffff0;
            case Real real -> (real.cs() << 4) + real.eip();
            case Flat flat -> flat.eip();
        };
    }

    /** EIP, an offset in CS. */
    int eip();

    /** ESP, an offset in SS. */
    int esp();

    /** EAX ECX EDX EBX ESP EBP ESI EDI; ESP is {@link #esp}. */
    List<Integer> registers();

    /** As after RESET: CS:EIP is F000:FFF0 with the base FFFF0000, the last 16 bytes below 4 GiB. */
    record Reset() implements EntryState {
        @Override
        public int eip() {
            return 0xfff0;
        }

        @Override
        public int esp() {
            return 0;
        }

        @Override
        public List<Integer> registers() {
            return cleared(0);
        }
    }

    /** Real mode: selectors are paragraphs. */
    record Real(int cs, int eip, int ss, int esp, int ds, List<Integer> registers) implements EntryState {
        public Real {
            registers = List.copyOf(registers);
        }
    }

    /**
     * Protected mode, ring 0, paging off, flat 4 GiB segments.
     *
     * <p>With {@code gdtLimit} >= 0 the table lies in the image and GDTR points at it; else GDTR is as after RESET and
     * only the hidden parts are flat (Multiboot leaves the table to the guest).
     *
     * @param codeSelector CS
     * @param dataSelector SS, DS, ES, FS and GS
     * @param gdtBase linear address of the table
     * @param gdtLimit its limit, or -1 where the guest brings its own
     * @param idtBase linear address of the IDT; with {@code idtLimit} -1 every interrupt is a triple fault
     * @param idtLimit its limit, or -1
     */
    record Flat(
            int codeSelector,
            int eip,
            int dataSelector,
            int esp,
            int gdtBase,
            int gdtLimit,
            int idtBase,
            int idtLimit,
            List<Integer> registers)
            implements EntryState {
        public Flat {
            registers = List.copyOf(registers);
        }
    }

    /** Eight general registers of zero, but for ESP. */
    static List<Integer> cleared(int esp) {
        return List.of(0, 0, 0, 0, esp, 0, 0, 0);
    }
}

package ringside.vmm.spi;

import ringside.arch.Vector;
import ringside.isa.Insn;
import ringside.isa.Operand;

/** An arrival of control in the VMM, as what it turned out to be. Ordinary; counted by {@link #reason}. */
public sealed interface VmExit {
    /** The word it is counted under. */
    String reason();

    /** Whether only the VMM's own tables caused it: a hidden fault, counted apart. */
    default boolean hidden() {
        return false;
    }

    /** An instruction that the virtual processor carries out in software. */
    record Instruction(Insn insn) implements VmExit {
        @Override
        public String reason() {
            String name = insn.mnemonic().toUpperCase(java.util.Locale.ROOT);
            for (Operand operand : insn.operands) {
                switch (operand) {
                    case Operand.Cr cr -> name += " CR";
                    case Operand.Dr dr -> name += " DR";
                    case Operand.Seg seg -> name += " " + seg.toString().toUpperCase(java.util.Locale.ROOT);
                    default -> {}
                }
            }
            return name;
        }
    }

    /** A fault that the guest's own handler gets. */
    record TrueFault(int vector) implements VmExit {
        @Override
        public String reason() {
            return Vector.name(vector);
        }
    }

    /** INT3, INTO or INT1, whose gates the hardware lets pass. */
    record Trap(int vector) implements VmExit {
        @Override
        public String reason() {
            return Vector.name(vector);
        }
    }

    /** The VMM's own timer: a device of the guest wants attention. */
    record Deadline() implements VmExit {
        @Override
        public String reason() {
            return "timer";
        }
    }

    /** A real device that the guest works itself asks for attention. */
    record DeviceInterrupt() implements VmExit {
        @Override
        public String reason() {
            return "interrupt";
        }
    }

    /** A page that the shadow tables did not hold yet, or not writable yet. */
    record HiddenPage() implements VmExit {
        @Override
        public String reason() {
            return "page";
        }

        @Override
        public boolean hidden() {
            return true;
        }
    }

    /** A descriptor that the shadow tables held as not present until its first use. */
    record HiddenDescriptor() implements VmExit {
        @Override
        public String reason() {
            return "descriptor";
        }

        @Override
        public boolean hidden() {
            return true;
        }
    }

    /** A write to a page that the VMM watches. */
    record Trace() implements VmExit {
        @Override
        public String reason() {
            return "trace";
        }

        @Override
        public boolean hidden() {
            return true;
        }
    }

    /** An access to a device behind memory, to ROM or to nothing. */
    record DeviceMemory() implements VmExit {
        @Override
        public String reason() {
            return "MMIO";
        }
    }
}

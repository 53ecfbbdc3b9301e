package ringside.machine.devices.apic;

import ringside.machine.state.StateVisitor;

/** A set of the 256 vectors, as IRR, ISR and TMR are: eight registers of 32 bits. */
final class Vectors {
    static final int NONE = -1;

    private final int[] words = new int[8];

    boolean has(int vector) {
        return (words[vector >> 5] >> (vector & 31) & 1) != 0;
    }

    void set(int vector, boolean present) {
        int bit = 1 << (vector & 31);
        words[vector >> 5] = present ? words[vector >> 5] | bit : words[vector >> 5] & ~bit;
    }

    int highest() {
        for (int i = words.length - 1; i >= 0; i--) {
            if (words[i] != 0) {
                return 32 * i + 31 - Integer.numberOfLeadingZeros(words[i]);
            }
        }
        return NONE;
    }

    int word(int index) {
        return words[index];
    }

    void visit(StateVisitor v, String name) {
        v.ints(name, words);
    }
}

package ringside.machine.devices.net;

import ringside.machine.state.StateVisitor;

/**
 * A 93C46 serial EEPROM of 64 words, as far as it is read: select, start bit, opcode 10, six bits of address, then
 * sixteen bits come out, the highest first, after a zero.
 */
final class SerialRom {
    private static final int SELECT = 8, CLOCK = 4, DATA_IN = 2;
    private static final int READ = 0b110;
    private static final int COMMAND_BITS = 9;

    private final int[] words = new int[64];
    private int pins;
    private int shifted;
    private int bits;
    private int output;
    private int dataOut;

    void put(int word, int value) {
        words[word] = value;
    }

    /** The data output. */
    int out() {
        return dataOut;
    }

    /** New levels on the pins; a rising clock while selected moves a bit. */
    void pins(int levels) {
        boolean selected = (levels & SELECT) != 0;
        boolean rises = (levels & ~pins & CLOCK) != 0;
        if (!selected) {
            bits = 0;
            shifted = 0;
            dataOut = 1;
        } else if (rises) {
            clock((levels & DATA_IN) != 0 ? 1 : 0);
        }
        pins = levels;
    }

    private void clock(int bit) {
        if (bits < COMMAND_BITS) {
            if (bits == 0 && bit == 0) {
                return; // still waiting for the start bit
            }
            shifted = shifted << 1 | bit;
            bits++;
            if (bits == COMMAND_BITS) {
                output = shifted >> 6 == READ ? words[shifted & 63] : 0xffff;
                dataOut = 0;
            }
        } else {
            dataOut = output >> 15 & 1;
            output = output << 1 & 0xffff;
        }
    }

    void visit(StateVisitor v) {
        pins = v.int32("rom.pins", pins);
        shifted = v.int32("rom.shifted", shifted);
        bits = v.int32("rom.bits", bits);
        output = v.int32("rom.output", output);
        dataOut = v.int32("rom.dataOut", dataOut);
    }
}

package ringside.lab.generate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import ringside.isa.InsnGenerator;

/** Machine code of one piece, as it grows: bytes from a known address on, and which instructions were drawn. */
final class Code {
    private final int base;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Integer> drawn = new ArrayList<>();

    Code(int base) {
        this.base = base;
    }

    /** The address of the next byte. */
    int here() {
        return base + bytes.size();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** Addresses of the instructions that the piece is about; what prepares them is not among them. */
    List<Integer> drawn() {
        return drawn;
    }

    Code raw(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    Code raw(byte[] values) {
        bytes.writeBytes(values);
        return this;
    }

    Code word(int value) {
        return raw(value, value >> 8);
    }

    Code dword(int value) {
        return raw(value, value >> 8, value >> 16, value >>> 24);
    }

    /** The next instruction is one that was drawn. */
    Code draw() {
        drawn.add(here());
        return this;
    }

    Code draw(int... values) {
        return draw().raw(values);
    }

    Code draw(InsnGenerator.Draft draft) {
        return draw().raw(draft.assemble());
    }

    /** MOV r32, value. */
    Code mov(int register, int value) {
        return raw(0xb8 + register).dword(value);
    }

    /** MOV dword [la], value. */
    Code store(int la, int value) {
        return raw(0xc7, 0x05).dword(la).dword(value);
    }

    /** MOV byte [la], value. */
    Code storeByte(int la, int value) {
        return raw(0xc6, 0x05).dword(la).raw(value);
    }

    /** PUSH value. */
    Code push(int value) {
        return raw(0x68).dword(value);
    }

    /** MOV Sreg, selector; EAX is spent. */
    Code segment(int seg, int selector) {
        return mov(0, selector).raw(0x8e, 0xc0 | seg << 3);
    }

    /** OUT port, value; AL is spent. */
    Code out(int port, int value) {
        return raw(0xb0, value, 0xe6, port);
    }

    /** JMP to an address, 5 bytes. */
    Code jump(int target) {
        return raw(0xe9).dword(target - here() - 4);
    }
}

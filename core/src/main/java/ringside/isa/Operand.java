package ringside.isa;

import ringside.arch.Reg;

/**
 * One operand of an instruction, as written by a programmer and as executed.
 *
 * <p>Registers and memory can be read and written through a {@link CpuPort}; immediates only read. Values travel as
 * int, zero-extended from the operand's width.
 */
public sealed interface Operand {
    /** Width in bits; 0 where the operand has none (a far pointer, a control register, bare memory). */
    int bits();

    /** The operand's value, zero-extended. May fault for memory. */
    default int read(CpuPort p) {
        throw new IllegalStateException("not readable: " + this);
    }

    /** As {@link #read}, but memory is checked for writing first: the read half of a read-modify-write. */
    default int readForWrite(CpuPort p) {
        return read(p);
    }

    default void write(CpuPort p, int value) {
        throw new IllegalStateException("not writable: " + this);
    }

    /** General register {@code index} (encoding number) at {@code bits} 8, 16 or 32; 8-bit 4-7 are AH CH DH BH. */
    record Gpr(int bits, int index) implements Operand {
        @Override
        public int read(CpuPort p) {
            return switch (bits) {
                case 8 -> p.reg8(index);
                case 16 -> p.r[index] & 0xffff;
                default -> p.r[index];
            };
        }

        @Override
        public void write(CpuPort p, int value) {
            switch (bits) {
                case 8 -> p.reg8(index, value);
                case 16 -> p.r[index] = (p.r[index] & 0xffff0000) | (value & 0xffff);
                default -> p.r[index] = value;
            }
        }

        @Override
        public String toString() {
            return Reg.name(bits, index);
        }
    }

    /** Segment register by encoding number (ES CS SS DS FS GS). */
    record Seg(int index) implements Operand {
        @Override
        public int bits() {
            return 16;
        }

        @Override
        public int read(CpuPort p) {
            return p.selector(index);
        }

        @Override
        public String toString() {
            return Reg.SEGMENTS[index];
        }
    }

    /** Control register CRn. */
    record Cr(int index) implements Operand {
        @Override
        public int bits() {
            return 32;
        }
    }

    /** Debug register DRn. */
    record Dr(int index) implements Operand {
        @Override
        public int bits() {
            return 32;
        }
    }

    /** x87 stack register ST(i). */
    record St(int index) implements Operand {
        @Override
        public int bits() {
            return 80;
        }
    }

    /** MMX register. */
    record Mm(int index) implements Operand {
        @Override
        public int bits() {
            return 64;
        }
    }

    /** SSE register. */
    record Xmm(int index) implements Operand {
        @Override
        public int bits() {
            return 128;
        }
    }

    /** Immediate: {@code value} already sign- or zero-extended to what the instruction uses; {@code bits} as encoded. */
    record Imm(int bits, int value) implements Operand {
        @Override
        public int read(CpuPort p) {
            return value;
        }
    }

    /** Branch displacement relative to the next instruction; {@code bits} as encoded (8, 16, 32). */
    record Rel(int bits, int displacement) implements Operand {}

    /** Far pointer selector:offset; {@code bits} is the offset's width. */
    record Far(int bits, int selector, int offset) implements Operand {}

    /**
     * Memory operand.
     *
     * @param bits access width; 0 where the instruction has none (LEA, LGDT, INVLPG, FXSAVE)
     * @param seg effective segment, defaults applied (SS with an EBP or ESP base)
     * @param base general register or -1
     * @param index general register or -1; never ESP
     * @param scale 1, 2, 4 or 8
     * @param disp displacement, sign-extended to 32 bits
     * @param addressBits 16 or 32
     */
    record Mem(int bits, int seg, int base, int index, int scale, int disp, int addressBits) implements Operand {
        /** The segment used when no override is written. */
        public static int defaultSegment(int base) {
            return base == Reg.ESP || base == Reg.EBP ? Reg.SS : Reg.DS;
        }

        /** Effective address: the offset in the segment, wrapped to the address size. */
        public int offset(CpuPort p) {
            int ea = disp;
            if (base >= 0) {
                ea += p.r[base];
            }
            if (index >= 0) {
                ea += p.r[index] * scale;
            }
            return addressBits == 16 ? ea & 0xffff : ea;
        }

        @Override
        public int read(CpuPort p) {
            return p.load(bits, seg, offset(p));
        }

        @Override
        public int readForWrite(CpuPort p) {
            return p.loadForWrite(bits, seg, offset(p));
        }

        @Override
        public void write(CpuPort p, int value) {
            p.store(bits, seg, offset(p), value);
        }

        public Mem withBits(int width) {
            return new Mem(width, seg, base, index, scale, disp, addressBits);
        }
    }
}

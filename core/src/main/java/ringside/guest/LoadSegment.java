package ringside.guest;

import java.util.Arrays;

/**
 * Bytes that go to one place of guest-physical memory.
 *
 * @param name what it is, for messages: {@code kernel}, {@code gdt}, {@code .text}
 * @param pa where the first byte goes
 * @param bytes content; not changed after construction
 * @param rom whether the bytes are shown there as ROM rather than copied into RAM; then {@code pa} is page-aligned
 */
public record LoadSegment(String name, int pa, byte[] bytes, boolean rom) {
    /** Bytes for RAM. */
    public LoadSegment(String name, int pa, byte[] bytes) {
        this(name, pa, bytes, false);
    }

    /** The physical address after the last byte. */
    public int end() {
        return pa + bytes.length;
    }

    public boolean contains(int otherPa) {
        return Integer.compareUnsigned(otherPa - pa, bytes.length) < 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LoadSegment s
                && s.pa == pa
                && s.rom == rom
                && s.name.equals(name)
                && Arrays.equals(s.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * pa + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return String.format("%s %08x+%x", name, pa, bytes.length);
    }
}

package ringside.guest;

import java.util.ArrayList;
import java.util.List;

/** Guest memory that notes what was loaded. */
final class RecordedMemory implements GuestMemory {
    final byte[] ram;
    final List<String> roms = new ArrayList<>();

    RecordedMemory(int size) {
        ram = new byte[size];
    }

    @Override
    public int ramSize() {
        return ram.length;
    }

    @Override
    public void write(int pa, byte[] bytes) {
        System.arraycopy(bytes, 0, ram, pa, bytes.length);
    }

    @Override
    public void rom(int pa, byte[] bytes) {
        roms.add("%08x+%x".formatted(pa, bytes.length));
    }

    int get32(int pa) {
        return ram[pa] & 0xff | (ram[pa + 1] & 0xff) << 8 | (ram[pa + 2] & 0xff) << 16 | ram[pa + 3] << 24;
    }

    String text(int pa) {
        StringBuilder text = new StringBuilder();
        for (int at = pa; ram[at] != 0; at++) {
            text.append((char) ram[at]);
        }
        return text.toString();
    }
}

package ringside.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import ringside.error.RingsideException;

/** A broken image is loaded or refused, whatever is broken in it: nothing else is ever thrown. */
class BrokenImageProperties {
    private static final int RAM = 0x200000;
    private static final byte[] KERNEL = kernel();

    private static byte[] kernel() {
        try (InputStream in = BrokenImageProperties.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 400, seed = "20050397")
    void changed_headers_of_an_elf_file_are_loaded_or_refused(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 116) Integer> offsets, @ForAll byte value) {
        byte[] bytes = KERNEL.clone();
        offsets.forEach(offset -> bytes[offset] = value);
        loadOrRefuse(bytes);
    }

    @Property(tries = 400, seed = "20050343")
    void changed_section_headers_and_symbols_are_loaded_or_refused(
            @ForAll @IntRange(min = 0x50c8, max = 0x5900) int offset, @ForAll byte value) {
        byte[] bytes = KERNEL.clone();
        bytes[offset] = value;
        loadOrRefuse(bytes);
    }

    @Property(tries = 200, seed = "20050309")
    void a_kernel_cut_short_anywhere_is_loaded_or_refused(@ForAll @IntRange(max = 22791) int length) {
        loadOrRefuse(Arrays.copyOf(KERNEL, length));
    }

    @Property(tries = 400, seed = "20050766")
    void random_bytes_behind_a_multiboot_header_are_loaded_or_refused(
            @ForAll int flags, @ForAll @Size(5) List<Integer> addresses) {
        byte[] bytes = new byte[512];
        ElfBytes.put32(bytes, 16, 0x1badb002, flags & 0x10003, -(0x1badb002 + (flags & 0x10003)));
        for (int i = 0; i < 5; i++) {
            ElfBytes.put32(bytes, 28 + 4 * i, addresses.get(i));
        }
        loadOrRefuse(bytes);
    }

    private static void loadOrRefuse(byte[] bytes) {
        try {
            KernelImage.of(new ImageFile("broken.elf", bytes), "", RAM).load(new RecordedMemory(RAM));
        } catch (RingsideException refused) {
            assertThat(refused).hasMessageContaining("broken.elf");
        }
    }
}

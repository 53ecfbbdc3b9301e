package ringside.machine.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.machine.bus.Dma;
import ringside.machine.memory.PhysicalMemory;

/** Tables in memory, walked for each access: what they allow, what they do not, what is remembered of them. */
class IommuTest {
    private static final int ROOT = 0x1000, CONTEXTS = 0x2000, DIRECTORY = 0x3000, TABLE = 0x4000, OTHER = 0x5000;
    private static final int FIRST = 0x10000, SECOND = 0x2a000, DOMAIN = 7;
    private static final Requester DISK = new Requester(0, 1, 1), CARD = new Requester(0, 3, 0);

    private final PhysicalMemory memory = new PhysicalMemory(0x40000);
    private final Iommu iommu = new Iommu(memory);
    private final List<Integer> messages = new ArrayList<>();
    private final Dma disk = iommu.view(DISK, messages::add);
    private final Dma card = iommu.view(CARD, messages::add);

    @BeforeEach
    void one_domain_with_two_pages() {
        memory.put32(ROOT, CONTEXTS | Iommu.PRESENT);
        context(DISK, DIRECTORY, DOMAIN);
        memory.put32(DIRECTORY, TABLE | Iommu.READ | Iommu.WRITE);
        memory.put32(TABLE, FIRST | Iommu.READ | Iommu.WRITE);
        memory.put32(TABLE + 4, SECOND | Iommu.READ);
        write(Iommu.ROOT, ROOT);
        write(Iommu.FAULT_VECTOR, 0xe0);
        write(Iommu.FAULT_CONTROL, 0);
        write(Iommu.COMMAND, Iommu.TRANSLATE);
    }

    private void context(Requester requester, int directory, int domain) {
        memory.put32(CONTEXTS + (requester.id() & 0xff) * 8, directory | Iommu.PRESENT);
        memory.put32(CONTEXTS + (requester.id() & 0xff) * 8 + 4, domain);
    }

    private void write(int register, int value) {
        iommu.write(32, register, value);
    }

    private static byte[] read(Dma dma, int pa, int length) {
        byte[] bytes = new byte[length];
        dma.read(pa, bytes, 0, length);
        return bytes;
    }

    @Test
    void an_access_across_pages_goes_where_each_page_leads() {
        memory.write(FIRST + 0xffe, new byte[] {1, 2});
        memory.write(SECOND, new byte[] {3, 4});

        assertThat(read(disk, 0xffe, 4)).containsExactly(1, 2, 3, 4);
        assertThat(iommu.counters().get("iotlbMisses")).isEqualTo(2);
        assertThat(iommu.counters().get("iommuReferences"))
                .as("two levels each")
                .isEqualTo(4);
        read(disk, 0xffe, 4);
        assertThat(iommu.counters().get("iotlbHits")).isEqualTo(2);
        assertThat(iommu.counters().get("iommuReferences")).isEqualTo(4);
        assertThat(iommu.cached()).isEqualTo(2);
    }

    @Test
    void a_write_stops_at_the_page_that_may_not_be_written() {
        byte[] all = new byte[0x40000];
        memory.read(0, all, 0, all.length);

        disk.write(0xffe, new byte[] {1, 2, 3, 4}, 0, 4);

        assertThat(memory.get16(FIRST + 0xffe)).isEqualTo(0x0201);
        memory.put16(FIRST + 0xffe, 0);
        assertThat(memory.read(0, all.length)).as("nothing else").isEqualTo(all);
        assertThat(iommu.fault(0)).contains(new DmaFault(DISK, 0x1000, true, FaultReason.NO_WRITE));
        assertThat(messages).containsExactly(0xe0);
    }

    @ParameterizedTest
    @CsvSource({
        "0x1000, 0, NO_ROOT",
        "0x1000, 0x2003, RESERVED",
        "0x2048, 0, NO_CONTEXT",
        "0x204c, 0x10007, RESERVED",
        "0x2048, 0x7ff00001, TABLES_OUTSIDE",
        "0x3000, 0, NO_READ",
        "0x3000, 0x4002, NO_READ",
        "0x3000, 0x4007, RESERVED",
        "0x3000, 0x70000003, TABLES_OUTSIDE",
        "0x4000, 0, NO_READ",
        "0x4000, 0x10002, NO_READ",
        "0x4000, 0x10011, RESERVED",
        "0x4000, 0x00040001, PAGE_OUTSIDE",
        "0x4000, 0xfed90001, PAGE_OUTSIDE"
    })
    void an_entry_that_does_not_allow_it_is_named(String at, String value, FaultReason reason) {
        memory.put32(Integer.decode(at), Long.decode(value).intValue());

        assertThat(read(disk, 0x123, 2)).containsExactly(-1, -1);
        assertThat(iommu.fault(0)).contains(new DmaFault(DISK, 0, false, reason));
    }

    @Test
    void a_right_must_stand_in_both_levels() {
        memory.put32(DIRECTORY, TABLE | Iommu.READ);

        disk.write(0, new byte[] {9}, 0, 1);

        assertThat(memory.get8(FIRST)).isZero();
        read(disk, 0, 1);
        disk.write(0, new byte[] {9}, 0, 1);
        assertThat(memory.get8(FIRST)).as("by the IOTLB neither").isZero();
    }

    @Test
    void who_has_no_context_reaches_nothing_and_who_has_another_domain_other_memory() {
        memory.put8(FIRST, 1);
        assertThat(read(card, 0, 1)).containsExactly(-1);
        memory.put32(OTHER, (OTHER + 0x1000) | Iommu.READ);
        memory.put32(OTHER + 0x1000, SECOND | Iommu.READ);
        memory.put8(SECOND, 2);
        context(CARD, OTHER, DOMAIN + 1);

        assertThat(read(card, 0, 1)).containsExactly(2);
        assertThat(read(disk, 0, 1)).containsExactly(1);
        assertThat(read(card, 0, 1)).containsExactly(2);
    }

    @Test
    void what_was_read_from_the_tables_stays_until_it_is_invalidated() {
        memory.put8(FIRST, 1);
        memory.put8(SECOND, 2);
        read(disk, 0, 1);
        memory.put32(TABLE, SECOND | Iommu.READ);
        assertThat(read(disk, 0, 1)).as("stale, as hardware is").containsExactly(1);

        write(Iommu.INVALIDATE, Iommu.DOMAIN | DOMAIN + 1);
        assertThat(read(disk, 0, 1)).as("of another domain").containsExactly(1);
        write(Iommu.INVALIDATE_ADDRESS, 0x1000);
        write(Iommu.INVALIDATE, Iommu.PAGE | DOMAIN);
        assertThat(read(disk, 0, 1)).as("of another page").containsExactly(1);
        write(Iommu.INVALIDATE_ADDRESS, 0);
        write(Iommu.INVALIDATE, Iommu.PAGE | DOMAIN);
        assertThat(read(disk, 0, 1)).containsExactly(2);

        memory.put32(TABLE, FIRST | Iommu.READ);
        write(Iommu.INVALIDATE, Iommu.ALL);
        assertThat(read(disk, 0, 1)).containsExactly(1);
        memory.put32(CONTEXTS + (DISK.id() & 0xff) * 8, 0);
        assertThat(read(disk, 0, 1)).as("its context is cached too").containsExactly(1);
        write(Iommu.INVALIDATE_CONTEXT, 1);
        assertThat(read(disk, 0, 1)).containsExactly(-1);
    }

    @Test
    void faults_are_kept_until_they_are_taken_and_told_once() {
        for (int page = 2; page < 12; page++) {
            read(disk, page << 12, 1);
        }

        assertThat(messages).as("one message while any waits").containsExactly(0xe0);
        assertThat(iommu.counters().get("dmaFaults")).isEqualTo(10);
        assertThat(iommu.counters().get("dmaFaultsLost")).isEqualTo(2);
        int status = iommu.read(32, Iommu.FAULT_STATUS);
        assertThat(status & 3).as("overflow, pending").isEqualTo(3);
        for (int i = 0; i < Iommu.faultRecords(); i++) {
            assertThat(iommu.fault(i)).contains(new DmaFault(DISK, i + 2 << 12, false, FaultReason.NO_READ));
            write(Iommu.release(i), 1 << 31);
            assertThat(iommu.fault(i)).isEmpty();
        }
        write(Iommu.FAULT_STATUS, 1);
        assertThat(iommu.read(32, Iommu.FAULT_STATUS) & 3).isZero();
        read(disk, 0x9000, 1);
        assertThat(messages).containsExactly(0xe0, 0xe0);
    }

    @Test
    void a_masked_message_is_not_sent() {
        write(Iommu.FAULT_CONTROL, 1 << 31);

        read(disk, 0x9000, 1);

        assertThat(messages).isEmpty();
        assertThat(iommu.fault(0)).isPresent();
    }

    @Test
    void switched_off_an_address_is_the_machines() {
        write(Iommu.COMMAND, 0);
        memory.put8(SECOND, 5);

        assertThat(read(card, SECOND, 1)).containsExactly(5);
        card.write(FIRST, new byte[] {6}, 0, 1);
        assertThat(memory.get8(FIRST)).isEqualTo(6);
        assertThat(read(card, 0x3ffff, 2)).as("the end of memory").containsExactly(0, -1);
        assertThat(read(card, -1, 1)).containsExactly(-1);
    }

    @Test
    void the_oldest_translation_gives_way() {
        for (int page = 0; page < 65; page++) {
            memory.put32(TABLE + page * 4, FIRST | Iommu.READ);
            read(disk, page << 12, 1);
        }

        assertThat(iommu.cached()).isEqualTo(64);
        read(disk, 1 << 12, 1);
        assertThat(iommu.counters().get("iotlbHits")).isEqualTo(1);
        read(disk, 0, 1);
        assertThat(iommu.counters().get("iotlbMisses")).isEqualTo(66);
    }

    @Test
    void requesters_are_sixteen_bits() {
        assertThat(Arrays.asList(DISK, new Requester(0xff, 31, 7)).stream()
                        .map(requester -> Requester.of(requester.id()).toString())
                        .toList())
                .containsExactly("00:01.1", "ff:1f.7");
    }
}

package ringside.vmm.device.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.board.Snapshot;
import ringside.machine.bus.PortBus;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.vmm.spi.GrantTable;
import ringside.vmm.spi.Peripheral;

/** A back end that reaches only what it was granted: rights, revocation, misuse. The n-th grant is of page n. */
class GrantsTest {
    private static final int TABLE = 0x3_0000, ENTRIES = 256, IN = 0, OUT = 1;
    private static final int DONE = 0, BUSY = 1, UNKNOWN = 2, NEEDS_RESET = 0x40;
    private static final int DATA_PAGE = (FrontEnd.BUFFERS + 0x1000) / 4096;

    private final FrontEnd driver = granted();

    private static FrontEnd granted() {
        FrontEnd driver = new FrontEnd(
                FrontEnd.board(), 0, true, new Peripheral.Block("data", 0, new MemoryBacking(new byte[8192])));
        driver.form = GrantSpace.GRANT;
        for (int page = FrontEnd.RINGS / 4096; page < ENTRIES; page++) {
            grant(driver, page, GrantTable.PERMIT, GrantTable.HOST, page);
        }
        driver.board.platform().ports().out(32, VirtioCards.TABLE_PORT, TABLE);
        driver.board.platform().ports().out(32, VirtioCards.ENTRIES_PORT, ENTRIES);
        return driver;
    }

    private static void grant(FrontEnd driver, int reference, int flags, int domain, int page) {
        driver.put16(TABLE + 8 * reference, flags);
        driver.put16(TABLE + 8 * reference + 2, domain);
        driver.put32(TABLE + 8 * reference + 4, page);
    }

    private int flags(int reference) {
        return driver.get16(TABLE + 8 * reference);
    }

    private int revoke(int reference) {
        PortBus ports = driver.board.platform().ports();
        ports.out(32, VirtioCards.REVOKE_PORT, reference);
        return ports.in(32, VirtioCards.REVOKE_PORT);
    }

    /** A read of one sector; what the device reports of it. */
    private String refusal() {
        driver.start(0);
        driver.request(IN, 0, 512);
        assertThat(driver.read(Register.STATUS)).isEqualTo(15 | NEEDS_RESET);
        return driver.lastMessage().replace("virtio0 (block 'data'): ", "");
    }

    @Test
    void a_driver_must_accept_that_addresses_are_grants() {
        assertThat(driver.offered() & Features.ACCESS_PLATFORM).isNotZero();
        driver.write(Register.STATUS, 3);
        driver.negotiate(driver.offered() & ~Features.ACCESS_PLATFORM);
        assertThat(driver.read(Register.STATUS)).isEqualTo(3);
        assertThat(driver.lastMessage()).contains("ACCESS_PLATFORM was not accepted");
    }

    @Test
    void requests_go_through_granted_pages_also_across_their_borders() {
        driver.start(0);
        driver.fill(driver.data(0), 4096, 5);
        byte[] written = driver.bytes(driver.data(0), 4096);
        assertThat(driver.request(OUT, 0, 4096)).isZero();
        driver.fill(driver.data(0), 4096, 0);
        List<FrontEnd.Buffer> request = driver.block(0, IN, 0, 0);
        FrontEnd.Buffer across = new FrontEnd.Buffer(driver.data(0) + 0x800, 4096, FrontEnd.WRITE);
        driver.chain(0, 0, List.of(request.getFirst(), across, request.getLast()));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(100_000);
        assertThat(driver.bytes(driver.data(0) + 0x800, 4096)).isEqualTo(written);
        assertThat(driver.cards.messages()).isEmpty();
    }

    @Test
    void a_plain_address_is_no_grant() {
        driver.start(0);
        driver.form = 0;
        driver.request(IN, 0, 512);
        assertThat(driver.lastMessage())
                .contains("descriptor 0: 16 bytes at 00040000, which is an address and no grant");
        assertThat(driver.read(Register.STATUS)).isEqualTo(15 | NEEDS_RESET);
    }

    @Test
    void what_is_not_granted_or_to_somebody_else_or_for_reading_or_not_ram_is_refused() {
        grant(driver, DATA_PAGE, 0, GrantTable.HOST, DATA_PAGE);
        assertThat(refusal()).isEqualTo("queue 0, head 0: descriptor 1: grant 65 permits nothing");
        grant(driver, DATA_PAGE, GrantTable.PERMIT, 3, DATA_PAGE);
        assertThat(refusal()).isEqualTo("queue 0, head 0: descriptor 1: grant 65 is for domain 3, not for 0");
        grant(driver, DATA_PAGE, GrantTable.PERMIT | GrantTable.READ_ONLY, GrantTable.HOST, DATA_PAGE);
        assertThat(refusal()).isEqualTo("queue 0, head 0: descriptor 1: grant 65 is for reading only");
        grant(driver, DATA_PAGE, GrantTable.PERMIT, GrantTable.HOST, 0x100);
        assertThat(refusal())
                .isEqualTo("queue 0, head 0: descriptor 1: grant 65 is of page 100, which is not RAM of the guest");
        grant(driver, DATA_PAGE, GrantTable.PERMIT, GrantTable.HOST, 0xffff_ffff);
        assertThat(refusal()).contains("page ffffffff, which is not RAM");
    }

    @Test
    void a_page_granted_for_reading_can_be_written_to_the_disk() {
        grant(driver, DATA_PAGE, GrantTable.PERMIT | GrantTable.READ_ONLY, GrantTable.HOST, DATA_PAGE);
        driver.start(0);
        assertThat(driver.request(OUT, 0, 512)).isZero();
    }

    @Test
    void references_beyond_the_table_are_refused() {
        driver.start(0);
        driver.chain(0, 0, List.of(new FrontEnd.Buffer(0x1000L * ENTRIES, 16, 0)));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(10_000);
        assertThat(driver.lastMessage()).contains("descriptor 0: grants 256 to 256 of a table that has 256");
        driver.start(0);
        driver.chain(0, 0, List.of(new FrontEnd.Buffer(Long.MAX_VALUE, 0xffff, 0)));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(10_000);
        assertThat(driver.lastMessage()).contains("of a table that has 256");
    }

    @Test
    void a_grant_in_use_is_busy_until_the_request_is_back() {
        driver.start(0);
        assertThat(flags(FrontEnd.RINGS / 4096))
                .as("a ring, while its queue is ready")
                .isEqualTo(1 | GrantTable.READING);
        assertThat(flags(driver.used(0) / 4096)).isEqualTo(1 | GrantTable.READING | GrantTable.WRITING);
        driver.chain(0, 0, driver.block(0, IN, 0, 512));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(QueueService.WAKE_TICKS + 10);
        assertThat(flags(DATA_PAGE)).isEqualTo(1 | GrantTable.READING | GrantTable.WRITING);
        assertThat(revoke(DATA_PAGE)).isEqualTo(BUSY);
        driver.pass(100_000);
        assertThat(driver.collect(0)).hasSize(1);
        assertThat(flags(DATA_PAGE)).isEqualTo(1);
        assertThat(revoke(DATA_PAGE)).isEqualTo(DONE);
        assertThat(flags(DATA_PAGE)).isZero();
        assertThat(revoke(FrontEnd.RINGS / 4096)).isEqualTo(BUSY);
        driver.write(Register.STATUS, 0);
        assertThat(revoke(FrontEnd.RINGS / 4096)).isEqualTo(DONE);
        assertThat(revoke(ENTRIES)).isEqualTo(UNKNOWN);
        assertThat(driver.lastMessage()).contains("grant 256 is revoked, which does not exist");
    }

    @Test
    void what_a_guest_writes_over_an_entry_in_use_counts_from_the_next_use_on() {
        driver.start(0);
        driver.chain(0, 0, driver.block(0, IN, 0, 512));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(QueueService.WAKE_TICKS + 10);
        driver.fill(0x5_0000, 512, 77);
        byte[] elsewhere = driver.bytes(0x5_0000, 512);
        grant(driver, DATA_PAGE, GrantTable.PERMIT, GrantTable.HOST, 0x50);
        driver.fill(driver.data(0), 512, 78);
        driver.pass(100_000);
        assertThat(driver.bytes(0x5_0000, 512)).isEqualTo(elsewhere);
        assertThat(driver.bytes(driver.data(0), 512)).isEqualTo(new byte[512]);
        assertThat(driver.request(IN, 0, 512))
                .as("free again: the new page is used")
                .isZero();
        assertThat(driver.bytes(0x5_0000, 512)).isEqualTo(new byte[512]);
    }

    @Test
    void one_grant_for_two_users_must_stay_what_it_is() throws Exception {
        GrantTable table = new GrantTable(driver.board.platform().memory("test"));
        assertThat(table.place(TABLE, ENTRIES)).isTrue();
        assertThat(table.use(DATA_PAGE, GrantTable.HOST, false)).isEqualTo(DATA_PAGE * 4096);
        assertThat(table.use(DATA_PAGE, GrantTable.HOST, true)).isEqualTo(DATA_PAGE * 4096);
        grant(driver, DATA_PAGE, GrantTable.PERMIT, GrantTable.HOST, 0x50);
        assertThat(refused(table)).isEqualTo("grant 65 was changed while it is in use");
        table.release(DATA_PAGE);
        assertThat(table.revoke(DATA_PAGE)).isEqualTo(GrantTable.Revocation.BUSY);
        assertThat(table.place(TABLE, 0)).as("a table with grants in use stays").isFalse();
        table.release(DATA_PAGE);
        assertThat(table.revoke(DATA_PAGE)).isEqualTo(GrantTable.Revocation.DONE);
        assertThat(table.inUse()).isZero();
    }

    private static String refused(GrantTable table) {
        try {
            table.use(DATA_PAGE, GrantTable.HOST, false);
            return "used";
        } catch (GrantTable.Refused refused) {
            return refused.getMessage();
        }
    }

    @Test
    void a_table_outside_of_memory_or_too_large_is_refused() {
        PortBus ports = driver.board.platform().ports();
        ports.out(32, VirtioCards.TABLE_PORT, FrontEnd.RAM - 8);
        ports.out(32, VirtioCards.ENTRIES_PORT, 2);
        assertThat(driver.lastMessage()).isEqualTo("a grant table of 2 entries at PA 000ffff8 is refused");
        ports.out(32, VirtioCards.TABLE_PORT, 0);
        ports.out(32, VirtioCards.ENTRIES_PORT, -1);
        ports.out(32, VirtioCards.ENTRIES_PORT, GrantTable.MOST_ENTRIES + 1);
        assertThat(ports.in(32, VirtioCards.ENTRIES_PORT)).isEqualTo(ENTRIES);
    }

    @Test
    void grants_in_use_are_saved() {
        driver.start(0);
        driver.chain(0, 0, driver.block(0, IN, 0, 512));
        driver.offer(0, 0);
        driver.notifyQueue(0);
        driver.pass(QueueService.WAKE_TICKS + 10);
        Snapshot middle = driver.board.snapshot();
        FrontEnd other = granted();
        other.board.load(middle);
        other.board.platform().ports().out(32, VirtioCards.REVOKE_PORT, DATA_PAGE);
        assertThat(other.board.platform().ports().in(32, VirtioCards.REVOKE_PORT))
                .isEqualTo(BUSY);
        other.pass(100_000);
        driver.pass(100_000);
        driver.board.platform().ports().out(32, VirtioCards.REVOKE_PORT, DATA_PAGE);
        other.board.platform().ports().out(32, VirtioCards.REVOKE_PORT, DATA_PAGE);
        assertThat(other.board.snapshot().firstDifference(driver.board.snapshot()))
                .isEmpty();
    }
}

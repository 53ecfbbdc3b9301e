package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.disk.CopyOnWrite;
import ringside.machine.devices.disk.DiskBacking;
import ringside.machine.devices.disk.DiskFault;
import ringside.machine.devices.disk.MemoryBacking;

/** The IDE controller as a driver meets it: each protocol, both drives, what is refused and what goes wrong. */
class IdeTest {
    private static final int SECTORS = 3000;
    private static final int DONE = 0x50;

    private final Disk master = new Disk(0x80, image(0x80));
    private final Disk slave = new Disk(0x81, image(0x81));
    private final TestMachine machine = machine(master, slave);
    private final IdeDriver ide = new IdeDriver(machine);

    private static TestMachine machine(Disk... disks) {
        return new TestMachine(DeviceSettings.of(16 << 20).withDisks(List.of(disks))).initialisePics();
    }

    private static byte[] image(int seed) {
        byte[] content = new byte[SECTORS * Disk.SECTOR];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static byte[] sectors(Disk disk, int lba, int count) {
        return Arrays.copyOfRange(disk.content(), lba * Disk.SECTOR, (lba + count) * Disk.SECTOR);
    }

    private static byte[] data(int sectors) {
        byte[] data = new byte[sectors * Disk.SECTOR];
        new Random(sectors).nextBytes(data);
        return data;
    }

    private static int word(byte[] bytes, int index) {
        return bytes[2 * index] & 0xff | (bytes[2 * index + 1] & 0xff) << 8;
    }

    @Test
    void a_drive_identifies_itself() {
        byte[] identity = ide.identify();
        assertThat(word(identity, 60) | word(identity, 61) << 16).isEqualTo(SECTORS);
        assertThat(List.of(word(identity, 1), word(identity, 3), word(identity, 6)))
                .containsExactly(2, 16, 63);
        byte[] model = Arrays.copyOfRange(identity, 54, 94);
        for (int i = 0; i < model.length; i += 2) {
            byte first = model[i];
            model[i] = model[i + 1];
            model[i + 1] = first;
        }
        assertThat(new String(model, StandardCharsets.US_ASCII).strip()).isEqualTo("RINGSIDE HARD DISK");
    }

    @Test
    void sectors_are_read_one_interrupt_each() {
        assertThat(ide.read(IdeDriver.READ, 1234, 5, 1)).isEqualTo(sectors(master, 1234, 5));
        assertThat(ide.interrupts).isEqualTo(5);
        assertThat(machine.platform.interrupts().acknowledge())
                .as("the status took it back")
                .isNotEqualTo(0x2e);
    }

    @Test
    void the_interrupt_comes_on_line_14_and_goes_with_the_status() {
        ide.command(IdeDriver.READ, 0, 1);
        machine.pass(10_000);
        assertThat(machine.intr).isTrue();
        assertThat(machine.in(0x3f6)).as("the alternate status leaves it alone").isEqualTo(0x58);
        assertThat(machine.intr).isTrue();
        assertThat(machine.platform.interrupts().acknowledge()).isEqualTo(0x2e);
        assertThat(ide.in(7)).isEqualTo(0x58);
    }

    @Test
    void device_control_can_keep_the_interrupt_down() {
        machine.out(0x3f6, 2);
        ide.command(IdeDriver.READ, 0, 1);
        assertThat(machine.platform.mayInterrupt()).isFalse();
        machine.pass(10_000);
        assertThat(machine.intr).isFalse();
        assertThat(ide.in(7)).isEqualTo(0x58);
    }

    @Test
    void written_sectors_are_on_the_disk_when_the_drive_says_so() {
        byte[] data = data(3);
        assertThat(ide.write(IdeDriver.WRITE, 77, data, 1)).isEqualTo(DONE);
        assertThat(sectors(master, 77, 3)).isEqualTo(data);
    }

    @Test
    void a_count_of_zero_means_256() {
        byte[] data = data(256);
        assertThat(ide.write(IdeDriver.WRITE, 100, data, 1)).isEqualTo(DONE);
        assertThat(ide.read(IdeDriver.READ, 100, 256, 1)).isEqualTo(data);
    }

    @Test
    void multiple_moves_whole_blocks_an_interrupt() {
        assertThat(ide.read(IdeDriver.READ_MULTIPLE, 10, 8, 4))
                .as("before SET MULTIPLE")
                .isNull();
        assertThat(ide.in(1)).isEqualTo(0x04);
        assertThat(ide.simple(IdeDriver.SET_MULTIPLE, 0, 4)).isEqualTo(DONE);
        ide.interrupts = 0;
        assertThat(ide.read(IdeDriver.READ_MULTIPLE, 10, 10, 4)).isEqualTo(sectors(master, 10, 10));
        assertThat(ide.interrupts).isEqualTo(3);
        byte[] data = data(6);
        assertThat(ide.write(IdeDriver.WRITE_MULTIPLE, 500, data, 4)).isEqualTo(DONE);
        assertThat(sectors(master, 500, 6)).isEqualTo(data);
        assertThat(ide.simple(IdeDriver.SET_MULTIPLE, 0, 3) & IdeDriver.ERR)
                .as("no power of two")
                .isEqualTo(1);
    }

    @Test
    void the_slave_is_a_drive_of_its_own_and_the_secondary_channel_is_empty() {
        IdeDriver second = new IdeDriver(machine, true, 1);
        assertThat(second.read(IdeDriver.READ, 9, 1, 1)).isEqualTo(sectors(slave, 9, 1));
        assertThat(second.write(IdeDriver.WRITE, 9, data(1), 1)).isEqualTo(DONE);
        assertThat(sectors(slave, 9, 1)).isEqualTo(data(1));
        assertThat(sectors(master, 9, 1)).isNotEqualTo(data(1));
        assertThat(machine.in(0x177)).isZero();
    }

    @Test
    void cylinders_heads_and_sectors_address_too() {
        int lba = (1 * 16 + 5) * 63 + 7 - 1;
        for (int register = 2; register <= 5; register++) {
            ide.out(register, new int[] {1, 7, 1, 0}[register - 2]);
        }
        ide.out(6, 0xa5);
        ide.out(7, IdeDriver.READ);
        assertThat(ide.ready() & IdeDriver.DRQ).isNotZero();
        byte[] data = new byte[Disk.SECTOR];
        ide.dataIn(data, 0, data.length);
        assertThat(data).isEqualTo(sectors(master, lba, 1));
        assertThat(List.of(ide.in(3), ide.in(4), ide.in(6) & 15)).containsExactly(7, 1, 5);
    }

    @Test
    void what_is_not_there_is_not_found_and_what_is_unknown_is_aborted() {
        assertThat(ide.read(IdeDriver.READ, SECTORS, 1, 1)).isNull();
        assertThat(ide.in(1)).isEqualTo(0x10);
        ide.command(IdeDriver.READ, SECTORS - 1, 2);
        assertThat(ide.ready() & IdeDriver.DRQ).isNotZero();
        ide.dataIn(new byte[Disk.SECTOR], 0, Disk.SECTOR);
        assertThat(ide.ready() & IdeDriver.ERR).isEqualTo(1);
        assertThat(ide.in(3)).isEqualTo(SECTORS & 0xff);
        assertThat(ide.simple(0xa1, 0, 0) & IdeDriver.ERR).isEqualTo(1);
        assertThat(ide.in(1)).isEqualTo(0x04);
    }

    @Test
    void a_soft_reset_ends_what_was_going_on_and_shows_the_signature() {
        ide.command(IdeDriver.READ, 0, 1);
        machine.out(0x3f6, 4);
        assertThat(machine.in(0x3f6)).isEqualTo(0x80);
        machine.out(0x3f6, 0);
        assertThat(ide.ready()).isEqualTo(DONE);
        assertThat(List.of(ide.in(1), ide.in(2), ide.in(3), ide.in(4), ide.in(5)))
                .containsExactly(1, 1, 1, 0, 0);
        assertThat(ide.read(IdeDriver.READ, 3, 1, 1)).isEqualTo(sectors(master, 3, 1));
    }

    /** The bus master's registers, found as a driver finds them. */
    private int masterPort() {
        machine.platform.ports().out(32, 0xcf8, 0x8000_0920);
        return machine.platform.ports().in(32, 0xcfc) & 0xfff0;
    }

    private int dma(int code, int lba, int sectors, int... list) {
        int table = 0x1000;
        for (int i = 0; i < list.length; i += 2) {
            machine.put32(table + 4 * i, list[i]);
            machine.put32(table + 4 * i + 4, list[i + 1] | (i + 2 == list.length ? 1 << 31 : 0));
        }
        int port = masterPort();
        machine.platform.ports().out(32, port + 4, table);
        machine.out(port + 2, 6);
        machine.out(port, code == IdeDriver.READ_DMA ? 8 : 0);
        ide.command(code, lba, sectors);
        machine.out(port, code == IdeDriver.READ_DMA ? 9 : 1);
        machine.pass(5_000 + sectors * 600);
        int status = machine.in(port + 2);
        machine.out(port, 0);
        return status;
    }

    @Test
    void dma_scatters_what_it_reads_over_a_list_of_regions() {
        int status = dma(IdeDriver.READ_DMA, 50, 4, 0x2000, 1024, 0x8000, 6, 0x9000, 1018);
        assertThat(status & 7).as("interrupt, no longer active").isEqualTo(4);
        assertThat(ide.in(7)).isEqualTo(DONE);
        byte[] read = new byte[2048];
        System.arraycopy(machine.ram, 0x2000, read, 0, 1024);
        System.arraycopy(machine.ram, 0x8000, read, 1024, 6);
        System.arraycopy(machine.ram, 0x9000, read, 1030, 1018);
        assertThat(read).isEqualTo(sectors(master, 50, 4));
        assertThat(machine.ram[0x8006]).isZero();
    }

    @Test
    void dma_gathers_what_it_writes() {
        byte[] data = data(2);
        System.arraycopy(data, 0, machine.ram, 0x4000, 600);
        System.arraycopy(data, 600, machine.ram, 0x6000, 424);
        assertThat(dma(IdeDriver.WRITE_DMA, 1500, 2, 0x4000, 600, 0x6000, 424) & 7)
                .isEqualTo(4);
        assertThat(sectors(master, 1500, 2)).isEqualTo(data);
    }

    @Test
    void a_list_that_is_too_long_leaves_the_engine_active_and_one_too_short_raises_no_interrupt() {
        assertThat(dma(IdeDriver.READ_DMA, 0, 1, 0x2000, 1024) & 7).isEqualTo(5);
        ide.ready();
        assertThat(dma(IdeDriver.READ_DMA, 0, 2, 0x2000, 512) & 7).isZero();
        assertThat(machine.intr).isFalse();
    }

    @Test
    void dma_waits_for_the_bus_master_and_for_leave_to_master_the_bus() {
        machine.platform.ports().out(32, 0xcf8, 0x8000_0904);
        machine.platform.ports().out(16, 0xcfc, 1);
        assertThat(dma(IdeDriver.READ_DMA, 0, 1, 0x2000, 512) & 7).isZero();
        assertThat(ide.in(7) & IdeDriver.BSY).isNotZero();
        machine.platform.ports().out(32, 0xcf8, 0x8000_0904);
        machine.platform.ports().out(16, 0xcfc, 5);
        machine.out(masterPort(), 9);
        machine.pass(10_000);
        assertThat(ide.in(7)).isEqualTo(DONE);
    }

    /** Fails where sectors are listed. */
    private record Worn(DiskBacking base, int bad) implements DiskBacking {
        @Override
        public long sectors() {
            return base.sectors();
        }

        @Override
        public void read(long lba, int count, byte[] to, int offset) throws DiskFault {
            if (lba == bad) {
                throw new DiskFault(DiskFault.Kind.UNREADABLE, "sector " + lba + " is worn out");
            }
            base.read(lba, count, to, offset);
        }

        @Override
        public void write(long lba, int count, byte[] from, int offset) throws DiskFault {
            base.write(lba, count, from, offset);
        }

        @Override
        public void flush() throws DiskFault {
            base.flush();
        }
    }

    @Test
    void a_sector_that_cannot_be_read_is_an_error_for_the_guest_and_a_message_for_the_user() {
        Disk worn = new Disk(0x80, new Worn(new MemoryBacking(image(1)), 12));
        IdeDriver driver = new IdeDriver(machine(worn));
        assertThat(driver.read(IdeDriver.READ, 10, 2, 1)).isEqualTo(Arrays.copyOfRange(image(1), 5120, 6144));
        assertThat(driver.read(IdeDriver.READ, 10, 4, 1)).isNull();
        assertThat(List.of(driver.in(7) & 1, driver.in(1), driver.in(3))).containsExactly(1, 0x40, 12);
        assertThat(worn.messages()).containsExactly("drive 80: sector 12 is worn out");
    }

    @Test
    void a_full_backing_is_a_device_fault_and_what_was_acknowledged_stays() {
        Disk full = new Disk(0x80, new CopyOnWrite(new MemoryBacking(image(2)), 3));
        IdeDriver driver = new IdeDriver(machine(full));
        assertThat(driver.write(IdeDriver.WRITE, 0, data(3), 1)).isEqualTo(DONE);
        assertThat(driver.write(IdeDriver.WRITE, 8, data(1), 1) & (IdeDriver.DF | IdeDriver.ERR))
                .isEqualTo(0x21);
        assertThat(driver.read(IdeDriver.READ, 0, 3, 1)).isEqualTo(data(3));
        assertThat(driver.write(IdeDriver.WRITE, 1, data(1), 1)).isEqualTo(DONE);
        assertThat(full.messages())
                .containsExactly("drive 80: sector 8 was not written: the room for 3 changed sectors is used up");
    }

    @Test
    void power_modes_are_kept_and_transfer_modes_shown() {
        assertThat(ide.simple(0xe0, 0, 0)).isEqualTo(DONE);
        ide.simple(0xe5, 0, 1);
        assertThat(ide.in(2)).isZero();
        ide.read(IdeDriver.READ, 0, 1, 1);
        ide.simple(0xe5, 0, 1);
        assertThat(ide.in(2)).isEqualTo(0xff);
        assertThat(ide.simple(0xef, 3, 0x21)).isEqualTo(DONE);
        assertThat(word(ide.identify(), 63)).isEqualTo(0x0207);
        assertThat(ide.simple(0xef, 3, 0x7f) & IdeDriver.ERR).isEqualTo(1);
    }
}

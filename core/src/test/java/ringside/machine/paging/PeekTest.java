package ringside.machine.paging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import ringside.arch.Control;
import ringside.arch.CpuModel;
import ringside.isa.Decoder;
import ringside.machine.bus.MmioDevice;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

class PeekTest {
    private static final int DIRECTORY = 0x1000, TABLE = 0x2000, PRESENT = 1;

    private final PhysicalMemory memory = new PhysicalMemory(0x10000);
    private final SystemBus bus = new SystemBus(memory, 0x10000);
    private final Cpu cpu = new Cpu(CpuModel.ofYear(2004), bus, new PortBus(), new VirtualClock());
    private final Peek peek = new Peek(cpu, bus);

    @BeforeEach
    void one_page_mapped_at_00400000() {
        memory.put32(DIRECTORY + 4, TABLE | PRESENT);
        memory.put32(TABLE, 0x5000 | PRESENT);
        memory.put8(0x5123, 0x90);
    }

    private void paging() {
        cpu.cr3 = DIRECTORY;
        cpu.cr0 |= Control.CR0_PE | Control.CR0_PG;
    }

    @Test
    void without_paging_an_address_is_physical() {
        assertThat(peek.pa(0x5123)).hasValue(0x5123);
        assertThat(peek.byteAt(0x5123)).isEqualTo(0x90);
    }

    @Test
    void with_paging_the_tables_are_followed_and_stay_as_they_are() {
        paging();
        assertThat(peek.pa(0x400123)).hasValue(0x5123);
        assertThat(peek.byteAt(0x400123)).isEqualTo(0x90);
        assertThat(Decoder.decode(peek.code(0x400123), 32).mnemonic()).isEqualTo("nop");
        assertThat(memory.get32(DIRECTORY + 4)).isEqualTo(TABLE | PRESENT);
        assertThat(memory.get32(TABLE)).isEqualTo(0x5000 | PRESENT);
    }

    @Test
    void what_is_not_mapped_is_unseen_and_leaves_cr2_alone() {
        paging();
        assertThat(peek.pa(0x401000)).isEmpty();
        assertThat(peek.byteAt(0x401000)).isEqualTo(Peek.UNSEEN);
        assertThat(cpu.cr2).isZero();
    }

    @Test
    void a_device_is_never_asked() {
        bus.mmio(0xa000, 0xafff, "device", new MmioDevice() {
            @Override
            public int read(int bits, int offset) {
                throw new AssertionError("asked");
            }

            @Override
            public void write(int bits, int offset, int value) {
                throw new AssertionError("asked");
            }
        });
        assertThat(peek.byteAt(0xa000)).isEqualTo(Peek.UNSEEN);
    }
}

package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.devices.net.Switch;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.Modes;
import ringside.vmm.device.passthrough.GivenDevices;
import ringside.vmm.device.passthrough.ServerDevices;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/**
 * Whatever a guest has the disk and the network adapter do that it was given: with an IOMMU no byte changes that is not its
 * own, neither of the guest beside it nor of a VMM.
 */
class DmaIsolationProperties {
    private static final int RAM = 2 << 20, CODE = 0x100000, GDT = 0x1000, STACK = 0x90000, LISTS = 0x1a0000;
    private static final int PAGE = PhysicalMemory.PAGE;
    /** What the disk is full of, and nothing else holds. */
    private static final long PATTERN = 0x5ec2e7b10c4dda7aL;

    /** Stores and port writes at random, as machine code, with waits in between. */
    private static final class Program {
        private final ByteArrayOutputStream code = new ByteArrayOutputStream();
        private final SplittableRandom random;

        Program(long seed) {
            random = new SplittableRandom(seed);
        }

        private void bytes(int... values) {
            Arrays.stream(values).forEach(code::write);
        }

        private void imm(int value) {
            bytes(value, value >> 8, value >> 16, value >> 24);
        }

        private void store(int pa, int value) {
            bytes(0xc7, 0x05);
            imm(pa);
            imm(value);
        }

        private void out(int port, int bits, int value) {
            bytes(0xba);
            imm(port);
            bytes(0xb8);
            imm(value);
            if (bits == 16) {
                bytes(0x66);
            }
            bytes(bits == 8 ? 0xee : 0xef);
        }

        private void wait(int instructions) {
            bytes(0xb9);
            imm(instructions);
            bytes(0xe2, 0xfe);
        }

        /** Anywhere: its own memory, the machine's beyond, what lies behind. */
        private int address() {
            return switch (random.nextInt(4)) {
                case 0 -> random.nextInt(RAM) & ~1;
                case 1 -> random.nextInt(20 << 20) & ~1;
                case 2 -> random.nextInt() & ~1;
                default -> (random.nextInt(20 << 20) & -PAGE) - 4;
            };
        }

        private void disk() {
            int list = LISTS + random.nextInt(16) * 64;
            int regions = random.nextInt(1, 5);
            for (int i = 0; i < regions; i++) {
                store(list + i * 8, address());
                int bytes = random.nextInt(8) == 0 ? 0 : random.nextInt(1, 4000) & ~1;
                store(list + i * 8 + 4, bytes | (i == regions - 1 ? 1 << 31 : 0));
            }
            out(0xc004, 32, random.nextInt(8) == 0 ? address() : list);
            out(0x1f6, 8, 0xe0);
            out(0x1f2, 8, random.nextInt(1, 16));
            out(0x1f3, 8, random.nextInt(100));
            out(0x1f4, 8, 0);
            out(0x1f5, 8, 0);
            out(0x1f7, 8, random.nextInt(4) == 0 ? 0xca : 0xc8);
            out(0xc000, 8, random.nextInt(4) == 0 ? 1 : 9);
            wait(random.nextInt(100, 12_000));
            out(0xc000, 8, 0);
        }

        private void adapter() {
            out(0xc137, 8, random.nextInt(8) == 0 ? 0x10 : 0xc);
            out(0xc130, 32, address());
            out(0xc140, 32, 0x60000);
            out(0xc144, 32, 0x8f | random.nextInt(4) << 11);
            for (int i = 0; i < 4; i++) {
                out(0xc120 + 4 * i, 32, address());
                out(0xc110 + 4 * i, 32, random.nextInt(60, 1500));
            }
            wait(random.nextInt(100, 40_000));
        }

        GuestImage image(int pieces) {
            for (int i = 0; i < pieces; i++) {
                if (random.nextBoolean()) {
                    disk();
                } else {
                    adapter();
                }
            }
            bytes(0xfa, 0xf4);
            byte[] gdt = ByteBuffer.allocate(24)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0)
                    .putLong(0x00cf9b000000ffffL)
                    .putLong(0x00cf93000000ffffL)
                    .array();
            EntryState entry =
                    new EntryState.Flat(8, CODE, 16, STACK, GDT, gdt.length - 1, 0, -1, EntryState.cleared(STACK));
            LoadSegment text = new LoadSegment("code", CODE, code.toByteArray());
            return new GuestImage("dma", List.of(text, new LoadSegment("gdt", GDT, gdt)), entry);
        }
    }

    private static VmSpec spec(GuestImage guest) {
        return new VmSpec(CpuModel.ofYear(2008), DeviceSettings.of(RAM), List.of(), guest, "interpreter", "", Map.of())
                .on(ServerMemory.DEFAULT.with(Layout.SCATTERED));
    }

    private static byte[] patterned(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            buffer.putLong(PATTERN);
        }
        return buffer.array();
    }

    /** A guest with the disk and the adapter, and another on the same machine that does not run. */
    private static final class Pair {
        final VirtualMachine guest;
        final MachineMemory machine;
        final BitSet own;
        final BitSet others;
        final byte[] before;

        Pair(String mode, long seed, int pieces, boolean iommu) {
            Attached attached = Attached.NOTHING
                    .with(List.of(
                            new Peripheral.Block("d", 0, new MemoryBacking(patterned(1 << 20))),
                            new Peripheral.Network("n", DeviceSettings.DEFAULT_MAC, new Switch("lan"))))
                    .through("passthrough");
            ServerDevices server = new ServerDevices(attached.behindChips(DeviceSettings.of(RAM)), List.of(), iommu);
            ServerMemory memory = ServerMemory.DEFAULT.with(iommu ? Layout.SCATTERED : Layout.ONE_TO_ONE);
            VmSpec wild = spec(new Program(seed).image(pieces))
                    .on(memory)
                    .withAttached(attached.given(new GivenDevices(server, List.of(), "the guest")));
            VmSpec calm = spec(new Program(~seed).image(1));
            machine = PhysicalServer.machineFor(wild, calm);
            guest = Modes.create(mode, wild.on(wild.machine().on(machine)));
            Modes.create("hardware", calm.on(calm.machine().on(machine)));
            own = machine.guest(0).held();
            others = machine.guest(1).held();
            before = machine.bytes().read(0, machine.bytes().size());
        }

        boolean changed(int frame) {
            return !machine.bytes().matches(frame * PAGE, before, frame * PAGE, PAGE);
        }

        /** Whether a frame that is not the guest's holds what was on its disk. */
        boolean strayed(int frame) {
            return !own.get(frame) && changed(frame) && carriesPattern(machine.bytes(), frame * PAGE);
        }

        IntStream frames() {
            return IntStream.range(0, before.length / PAGE);
        }
    }

    @Property(tries = 15, seed = "20061011")
    void no_device_of_a_guest_changes_what_is_not_the_guests(
            @ForAll long seed, @ForAll @IntRange(min = 3, max = 12) int pieces) {
        String mode = List.of("hardware", "deprivileged", "translated").get((int) Math.floorMod(seed, 3));
        Pair pair = new Pair(mode, seed, pieces, true);

        pair.guest.run(2_000_000);

        assertThat(pair.frames().filter(pair::strayed).boxed()).as(mode).isEmpty();
        assertThat(pair.others.stream().filter(pair::changed).boxed())
                .as("the guest beside")
                .isEmpty();
        assertThat(pair.guest.control().orElseThrow().losses()).isEmpty();
    }

    @Example
    void the_same_programs_break_in_without_an_iommu_and_fault_with_one() {
        int breakIns = 0;
        for (long seed = 1; seed <= 8; seed++) {
            Pair kept = new Pair("hardware", seed, 10, true);
            kept.guest.run(2_000_000);
            Pair open = new Pair("hardware", seed, 10, false);
            open.guest.run(2_000_000);
            breakIns += open.frames().anyMatch(open::strayed) ? 1 : 0;

            assertThat(kept.guest.board().platform().counters().get("dmaFaults"))
                    .as("seed %d", seed)
                    .isPositive();
        }
        assertThat(breakIns).isPositive();
    }

    /** Frames of the VMM change as it works, but nothing of it holds what comes from the disk. */
    private static boolean carriesPattern(PhysicalMemory memory, int ma) {
        for (int at = 0; at < PAGE; at += 2) {
            for (int shift = 0; at + 8 <= PAGE && shift < 64; shift += 8) {
                if (memory.get64(ma + at) == Long.rotateRight(PATTERN, shift)) {
                    return true;
                }
            }
        }
        return false;
    }
}

package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.lab.Difference;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.machine.cpu.Stop;
import ringside.properties.paging.MemorySettings;
import ringside.properties.paging.PagingProgram;
import ringside.properties.paging.TableWriter;
import ringside.vmm.frames.GuestFrames;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;

/**
 * Whatever frames a guest has, and whatever becomes of them between any two of its instructions, it is where the bare
 * machine is: every layout, under every pair of mode and memory strategy.
 */
class HiddenFramesProperties {
    private static final int RAM_MIB = 6, STEPS = 10, PAGE = 0x1000;
    /** Pages that programs use: page tables, directories, code, and the frames behind the windows. */
    private static final int[] USED = {
        0x1000, 0x5000, 0x6000, 0x10000, 0x11000, 0x6f000, 0x70000, 0x7f000, 0x90000, 0x100000, 0x101000, 0x102000,
        0x103000, 0x104000, 0x110000, 0x111000, 0x112000, 0x113000, 0x115000, 0x116000, 0x400000, 0x401000, 0x402000
    };

    /** Memory that no program uses: what its balloon gives up. */
    private static final int UNUSED = 0x480000, UNUSED_PAGES = 64;

    @Property(tries = 40, seed = "20050110")
    void a_guest_never_sees_what_becomes_of_its_frames(
            @ForAll long seed, @ForAll @IntRange(min = 20, max = 120) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Setting> settings = new ArrayList<>(MemorySettings.all());
        Setting setting = settings.get(random.nextInt(settings.size()));
        Layout layout = Layout.values()[random.nextInt(Layout.values().length)];
        boolean users = !setting.options().containsKey("ring");
        PagingProgram program = PagingProgram.of(seed, pieces, random.nextBoolean(), users);
        MachineMemory[] machine = new MachineMemory[1];
        VirtualMachine guest = machine(program, setting, layout, machine);
        VirtualMachine bare = machine(program, new Setting("bare"), layout, new MachineMemory[1]);
        Stop stop = new Stop.Budget();
        for (int step = 0; step < STEPS && stop instanceof Stop.Budget; step++) {
            int budget = random.nextInt(1, 400);
            stop = guest.run(budget);
            assertThat(stop).isEqualTo(bare.run(budget));
            assertThat(Difference.between(bare, guest))
                    .as("%s, %s, step %d", setting.label(), layout, step)
                    .isEmpty();
            disturb(machine[0], random);
        }
        GuestFrames.Census census = machine[0].guest(0).census();
        assertThat(census.reclaimed() + census.ballooned() + census.shared())
                .as("the frames did change")
                .isPositive();
    }

    private static VirtualMachine machine(
            PagingProgram program, Setting setting, Layout layout, MachineMemory[] beneath) {
        CpuModel cpu = CpuModel.ofYear(2010);
        // all in one piece from MA 0 takes a machine that is still empty
        MachineMemory machine = new MachineMemory(16 << 20, (RAM_MIB + 4) << 20, 7);
        beneath[0] = machine;
        ServerMemory memory = ServerMemory.DEFAULT.with(layout).on(machine);
        ServerSpec server = new ServerSpec(cpu.year(), cpu, RAM_MIB, 1, List.of(TableWriter.KIND), memory);
        return new ExperimentSpec(
                        "hidden frames", server, program.image(), List.of(), List.of(), List.of(), Long.MAX_VALUE)
                .machine(setting);
    }

    private static void disturb(MachineMemory machine, SplittableRandom random) {
        GuestFrames frames = machine.guest(0);
        for (int i = 0; i < 8; i++) {
            frames.reclaim(USED[random.nextInt(USED.length)]);
            frames.reclaim(random.nextInt(RAM_MIB << 20) & -PAGE);
        }
        if (random.nextInt(3) == 0) {
            machine.shareEqualPages();
        }
        if (random.nextInt(4) == 0) {
            frames.balloon(UNUSED + random.nextInt(UNUSED_PAGES) * PAGE, random.nextInt(1, UNUSED_PAGES));
        }
    }
}

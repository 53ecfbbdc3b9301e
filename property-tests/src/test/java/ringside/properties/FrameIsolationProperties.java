package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.lab.Setting;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.properties.paging.MemorySettings;
import ringside.properties.paging.PagingProgram;
import ringside.properties.paging.TableWriter;
import ringside.properties.ported.PortedSettings;
import ringside.properties.ported.TableProgram;
import ringside.vmm.Modes;
import ringside.vmm.frames.Layout;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.ResourceControl;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/**
 * Two guests of one machine, whatever they do to their page tables and whatever becomes of their frames, reach neither
 * each other's frames nor a VMM's.
 */
class FrameIsolationProperties {
    private static final int RAM = 6 << 20, STEPS = 12;

    private static VmSpec spec(GuestImage guest, Setting setting) {
        return new VmSpec(
                CpuModel.ofYear(2010),
                DeviceSettings.of(RAM),
                List.of(TableWriter.KIND),
                guest,
                "interpreter",
                setting.memory(),
                setting.options());
    }

    @Property(tries = 40, seed = "20050107")
    void no_guest_reaches_a_frame_that_is_not_its_own(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 80) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        Setting[] settings = {draw(random), draw(random)};
        VmSpec[] specs = new VmSpec[2];
        for (int i = 0; i < 2; i++) {
            GuestImage guest = guest(settings[i], random, pieces, i == 0);
            specs[i] = spec(guest, settings[i]).on(ServerMemory.DEFAULT.with(Layout.values()[random.nextInt(3)]));
        }
        MachineMemory machine = PhysicalServer.machineFor(specs);
        VirtualMachine[] guests = new VirtualMachine[2];
        for (int i = 0; i < 2; i++) {
            guests[i] = Modes.create(
                    settings[i].mode(), specs[i].on(specs[i].machine().on(machine)));
        }
        for (int step = 0; step < STEPS; step++) {
            for (int i = 0; i < 2; i++) {
                Stop stop = guests[i].run(random.nextInt(1, 400));
                assertThat(stop).isNotNull();
                assertThat(guests[i].control().map(ResourceControl::memory).orElse(List.of()))
                        .as("%s beside %s, step %d", settings[i].label(), settings[1 - i].label(), step)
                        .isEmpty();
            }
            disturb(machine, random);
        }
    }

    /** A ported kernel asks its VMM for everything, allowed or not. */
    private static GuestImage guest(Setting setting, SplittableRandom random, int pieces, boolean mayBeWide) {
        return setting.mode().equals("paravirtual")
                ? TableProgram.rude(random.nextLong(), pieces).image()
                : PagingProgram.of(random.nextLong(), pieces, mayBeWide, true).image();
    }

    private static Setting draw(SplittableRandom random) {
        List<Setting> all = random.nextBoolean() ? MemorySettings.all() : PortedSettings.all();
        return all.get(random.nextInt(all.size()));
    }

    private static void disturb(MachineMemory machine, SplittableRandom random) {
        for (int i = 0; i < 60; i++) {
            machine.guest(random.nextInt(2)).reclaim(random.nextInt(RAM) & -4096);
        }
        if (random.nextInt(3) == 0) {
            machine.shareEqualPages();
        }
    }
}

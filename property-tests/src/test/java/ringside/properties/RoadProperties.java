package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.guest.GuestImage;
import ringside.isa.GuestFault;
import ringside.lab.ExperimentSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.lab.road.Place;
import ringside.lab.road.Road;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.interrupts.ExitTaken;
import ringside.machine.paging.WalkTrace;
import ringside.machine.paging.WalkTrace.Outcome;
import ringside.properties.paging.MemorySettings;
import ringside.properties.paging.PagingProgram;
import ringside.properties.ported.PortedSettings;
import ringside.properties.ported.TableProgram;
import ringside.properties.ported.TableSteps;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;

/** What a road says of an access is what becomes of the access: on the bare machine, and on the real one under a VMM. */
class RoadProperties {
    private static final int ROADS = 24, MOST_INSTRUCTIONS = 600, MOST_MORE = 20, WIDTH = 120;

    /** How an access ended: in a page of machine memory, a page fault, or an exit of the second dimension. */
    private record End(OptionalInt page, OptionalInt error, boolean exit) {
        static End of(WalkTrace walk) {
            return switch (walk.outcome()) {
                case Outcome.Page(int pa, int ma) -> new End(OptionalInt.of(ma & -0x1000), OptionalInt.empty(), false);
                case Outcome.Fault(int error) -> new End(OptionalInt.empty(), OptionalInt.of(error), false);
                case Outcome.Violation violation -> new End(OptionalInt.empty(), OptionalInt.empty(), true);
                case Outcome.Misconfiguration wrong -> new End(OptionalInt.empty(), OptionalInt.empty(), true);
            };
        }

        /** Lets a processor make the access, past everything that it knows already. */
        static End of(Cpu cpu, int la, Place.Kind kind, Road.Tables said) {
            cpu.mmu.flushAll();
            try {
                switch (kind) {
                    case READ -> cpu.mmu.read(8, la);
                    case WRITE -> cpu.mmu.probeWrite(la, 1, cpu.cpl == 3);
                    case FETCH -> {
                        int page = cpu.mmu.fetchPage(la, false);
                        if (page != SystemBus.NONE) {
                            return new End(OptionalInt.of(page), OptionalInt.empty(), false);
                        }
                    }
                }
                // where it came to is seen of fetches alone
                return new End(of(said.walk()).page, OptionalInt.empty(), false);
            } catch (GuestFault fault) {
                return new End(OptionalInt.empty(), OptionalInt.of(fault.errorCode), false);
            } catch (ExitTaken exit) {
                return new End(OptionalInt.empty(), OptionalInt.empty(), true);
            }
        }
    }

    private static ServerSpec server(CpuModel cpu, SplittableRandom random) {
        Layout layout = Layout.values()[random.nextInt(Layout.values().length)];
        ServerMemory memory = ServerMemory.DEFAULT.with(layout).withSeed(random.nextLong());
        return new ServerSpec(cpu.year(), cpu, 6, 1, List.of(), memory);
    }

    /** In the windows that the program changes, in low memory, in its tables seen through themselves, or anywhere. */
    private static int address(SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> 0x400000 + random.nextInt(0x800000);
            case 2 -> random.nextInt(0x400000);
            case 3 -> 0xff000000 + random.nextInt(0x400000);
            default -> random.nextInt();
        };
    }

    private static List<Road> roads(VirtualMachine machine, SplittableRandom random) {
        List<Road> roads = new ArrayList<>();
        for (int i = 0; i < ROADS; i++) {
            Place.Kind kind = Place.Kind.values()[random.nextInt(3)];
            int la = address(random);
            int offset = la - machine.state().segments[Reg.DS].base;
            Road road = Road.of(machine, new Place(Reg.DS, offset, kind), ma -> List.of());
            assertThat(road.la()).isEqualTo(la);
            assertThat(road.text().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH));
            roads.add(road);
        }
        return roads;
    }

    @Property(tries = 40, seed = "20260301")
    void the_road_of_the_bare_machine_ends_where_its_accesses_do(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 100) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        GuestImage guest = PagingProgram.of(seed, pieces, true, true).image();
        ExperimentSpec experiment = ExperimentSpec.of(guest, server(CpuModel.ofYear(2010), random));
        VirtualMachine machine = experiment.machine(new Setting("bare"));
        machine.run(random.nextInt(MOST_INSTRUCTIONS));
        for (Road road : roads(machine, random)) {
            assertThat(End.of(machine.state(), road.la(), road.place().kind(), road.guest()))
                    .as(road.text())
                    .isEqualTo(End.of(road.guest().walk()));
        }
    }

    @Property(tries = 80, seed = "20260302")
    void under_a_vmm_the_guests_part_is_the_bare_machines_and_the_real_part_the_real_processors(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 100) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        Setting setting = MemorySettings.some(random, 1).get(1);
        boolean users = !setting.options().containsKey("ring");
        GuestImage guest = PagingProgram.of(seed, pieces, true, users).image();
        CpuModel cpu = CpuModel.ofYear(random.nextBoolean() ? 2008 : 2010);
        ExperimentSpec experiment = ExperimentSpec.of(guest, server(cpu, random));
        VirtualMachine machine = experiment.machine(setting);
        machine.run(10 + random.nextInt(pieces * 4));
        for (int i = 0; i < MOST_MORE && !running(machine); i++) {
            machine.run(1);
        }
        long instructions = machine.retired();
        VirtualMachine bare = experiment.machine(new Setting("bare"));
        bare.run(instructions);
        Cpu silicon = machine.silicon();
        boolean running = running(machine);
        Statistics.label("the guest is on the processor")
                .collect(running)
                .coverage(checker -> checker.check(true).percentage(percent -> percent > 50));
        for (Road road : roads(machine, random)) {
            assertThat(End.of(bare.state(), road.la(), road.place().kind(), bareTables(bare, road)).error)
                    .as(setting.label() + "\n" + road.text())
                    .isEqualTo(End.of(road.guest().walk()).error);
            if (running) {
                Road.Tables tables = road.real().orElseThrow().tables();
                assertThat(End.of(silicon, road.la(), road.place().kind(), tables))
                        .as(setting.label() + " after " + instructions + "\n" + road.text())
                        .isEqualTo(End.of(tables.walk()));
            }
        }
    }

    @Property(tries = 50, seed = "20260304")
    void of_a_ported_kernel_too_the_real_part_is_the_real_processors(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 80) int pieces) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Setting> all = PortedSettings.all();
        Setting setting = all.get(random.nextInt(all.size()));
        TableSteps program = TableProgram.of(seed, pieces, false, false);
        ServerSpec server = server(CpuModel.ofYear(2008), random).withRam(16);
        VirtualMachine machine = ExperimentSpec.of(program.image(), server).machine(setting);
        machine.run(60 + random.nextInt(pieces * 10));
        for (int i = 0; i < MOST_MORE && !running(machine); i++) {
            machine.run(1);
        }
        boolean running = running(machine);
        Statistics.label("the guest is on the processor")
                .collect(running)
                .coverage(checker -> checker.check(true).percentage(percent -> percent > 50));
        for (Road road : roads(machine, random)) {
            assertThat(End.of(machine.board().cpu(), road.la(), road.place().kind(), road.guest()).error)
                    .as(setting.label() + "\n" + road.text())
                    .isEqualTo(End.of(road.guest().walk()).error);
            if (running) {
                Road.Tables tables = road.real().orElseThrow().tables();
                assertThat(End.of(machine.silicon(), road.la(), road.place().kind(), tables))
                        .as(setting.label() + "\n" + road.text())
                        .isEqualTo(End.of(tables.walk()));
            }
        }
    }

    /** Whether the guest, and not the VMM, is on the real processor. */
    private static boolean running(VirtualMachine machine) {
        return machine.silicon().nonRoot() || machine.silicon().cpl != 0;
    }

    private static Road.Tables bareTables(VirtualMachine bare, Road road) {
        return Road.of(bare, road.place(), ma -> List.of()).guest();
    }
}

package ringside.vmm.memory.nested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.guest.ImageFile;
import ringside.guest.MultibootImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.ExitPort;
import ringside.vmm.Modes;
import ringside.vmm.compression.TinyGuest;
import ringside.vmm.frames.Layout;
import ringside.vmm.mode.hardware.HardwareMode;
import ringside.vmm.spi.MemoryStrategies;
import ringside.vmm.spi.MemoryStrategy;
import ringside.vmm.spi.PhysicalServer;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The reference kernel on nested page tables: every port access at the very tick of the bare machine. */
class NestedPagingTest {
    private static final int RAM = 16 << 20;
    private static final long BUDGET = 300_000_000L;

    private static VmSpec spec(String model, String memory, Map<String, String> options) throws IOException {
        VmSpec spec = new VmSpec(
                CpuModel.named(model).orElseThrow(),
                DeviceSettings.of(RAM).withExit(0xf4, ExitPort.Coding.PLAIN),
                List.of(),
                referenceKernel(),
                "interpreter",
                memory,
                options);
        boolean large = options.getOrDefault("pages", "").equals("large");
        return large ? spec.on(ServerMemory.DEFAULT.with(Layout.CONTIGUOUS)) : spec;
    }

    private static GuestImage referenceKernel() throws IOException {
        try (InputStream in = NestedPagingTest.class.getResourceAsStream("/ringside/guests/reference.elf")) {
            return MultibootImage.of(
                    new ImageFile("reference.elf", in.readAllBytes()), "work=sieve,fork ticks=5", List.of(), RAM);
        }
    }

    private static List<String> trace(VirtualMachine vm) {
        List<String> accesses = new ArrayList<>();
        vm.board()
                .platform()
                .ports()
                .trace((write, bits, port, value) -> accesses.add("%s%d %x %x at %d"
                        .formatted(
                                write ? "out" : "in",
                                bits,
                                port,
                                value,
                                vm.board().platform().clock().now())));
        return accesses;
    }

    @ParameterizedTest
    @CsvSource({
        "skylake, ept, 4K, off",
        "skylake, ept, large, on",
        "nehalem, ept, 4K, on",
        "westmere, npt, 4K, off",
        "westmere, npt, large, on"
    })
    void the_reference_kernel_cannot_tell_nested_paging_from_the_bare_machine(
            String model, String format, String pages, String dirty) throws IOException {
        VirtualMachine bare = Modes.create("bare", spec(model, "", Map.of()));
        VirtualMachine nested = Modes.create(
                "hardware", spec(model, "nested", Map.of("format", format, "pages", pages, "dirty", dirty)));
        List<String> expected = trace(bare);
        List<String> observed = trace(nested);

        Stop bareStop = bare.run(BUDGET);
        Stop nestedStop = nested.run(BUDGET);

        assertThat(bareStop).isEqualTo(new Stop.Requested("exit-port", 0));
        assertThat(nestedStop).isEqualTo(bareStop);
        assertThat(observed).isEqualTo(expected).hasSizeGreaterThan(300);
        assertThat(nested.retired()).isEqualTo(bare.retired());
        assertThat(nested.counters().get("hiddenFaults")).isLessThan(pages.equals("large") ? 10 : 1000);
        assertThat(nested.exits().get("true page fault") + nested.exits().get("INVLPG"))
                .isZero();
    }

    private static final int WRITTEN = 0x160000;

    private final List<NestedPaging> made = new ArrayList<>();
    private final List<PhysicalServer> servers = new ArrayList<>();

    /** A guest without paging whose writes are logged. */
    private VirtualMachine logged(String code, String format, String pages, String vpid) {
        MemoryStrategy.Kind kind =
                new MemoryStrategy.Kind("nested", NestedPaging.OPTIONS, (server, layout, options) -> {
                    servers.add(server);
                    made.add(new NestedPaging(server, layout, options));
                    return made.getFirst();
                });
        VmSpec spec = new VmSpec(
                CpuModel.named("westmere").orElseThrow(),
                DeviceSettings.of(4 << 20),
                List.of(),
                TinyGuest.of(code),
                "interpreter",
                "nested",
                Map.of("format", format, "dirty", "on", "vpid", vpid, "pages", pages));
        Layout layout = pages.equals("large") ? Layout.CONTIGUOUS : Layout.SCATTERED;
        return new HardwareMode(MemoryStrategies.of(kind)).create(spec.on(ServerMemory.DEFAULT.with(layout)));
    }

    private Set<Integer> dirty() {
        return made.getFirst().takeDirty();
    }

    @ParameterizedTest
    @CsvSource({"ept, on", "ept, off", "npt, on"})
    void what_the_guest_writes_is_in_the_next_dirty_log_and_only_there(String format, String vpid) {
        // MOV EAX, [140000h]; MOV [EBX], EAX; INC ECX; PUSH EBX; CPUID; POP EBX; JMP to the start
        VirtualMachine vm = logged("A100001400 8903 41 53 0FA2 5B EBF2", format, "4K", vpid);
        vm.state().r[Reg.EBX] = 0x150000;
        dirty();
        vm.run(70);
        int stack = TinyGuest.STACK - 0x1000;

        assertThat(dirty()).containsExactly(stack, 0x150000);
        vm.run(70);
        assertThat(dirty()).containsExactly(stack, 0x150000);
        assertThat(dirty()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ept, 4K", "npt, 4K", "ept, large"})
    void what_the_vmm_and_devices_write_in_the_guests_name_is_in_the_dirty_log(String format, String pages) {
        // MOV EDI, 160000h; MOV EDX, E9h; INSB, which the VMM carries out; JMP to it
        VirtualMachine vm = logged("BF00001600 BAE9000000 6C EBFD", format, pages, "on");
        vm.run(10);
        dirty();

        vm.run(40);
        assertThat(dirty()).as("by the VMM").containsExactly(WRITTEN);
        vm.run(40);
        assertThat(dirty()).as("by the VMM, again").containsExactly(WRITTEN);
        vm.board().platform().memory().write(0x100ffe, new byte[4], 0, 4);
        assertThat(dirty()).as("by a device").containsExactly(0x100000, 0x101000);
        assertThat(dirty()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ept", "npt"})
    void a_page_that_was_written_stays_in_the_dirty_log_when_its_frame_goes(String format) {
        // MOV ECX, [150000h]; MOV [150000h], EAX twice; INC EAX; JMP to itself
        VirtualMachine vm = logged("8B0D00001500 A300001500 A300001500 40 EBFE", format, "4K", "on");
        vm.run(2);
        dirty();
        vm.run(1);
        servers.getFirst().machine().guest(0).reclaim(0x150000);

        assertThat(dirty()).contains(0x150000);
    }

    @Test
    void a_server_without_nested_tables_is_refused_with_the_reason() throws IOException {
        VmSpec spec = spec("core2", "nested", Map.of());

        assertThatThrownBy(() -> Modes.create("hardware", spec))
                .isInstanceOf(RingsideException.class)
                .hasMessage("the processor core2 has no nested page tables, which memory nested needs;"
                        + " ask for a server of 2008 or later, or memory: 'shadow'");
    }
}

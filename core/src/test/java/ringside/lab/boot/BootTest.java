package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;
import ringside.guest.ImageFile;
import ringside.lab.Setting;
import ringside.vmm.Modes;

/** Guests that end in every way there is, well or badly: always with a report, never with an exception. */
class BootTest {
    private static BootReport flat(String hex) {
        return flat(hex, 1_000_000);
    }

    private static BootReport flat(String hex, long budget) {
        return Boot.run(request(hex).withBudget(budget).withWatchedPorts(List.of(0x80)), Boot.Output.NONE);
    }

    private static BootRequest request(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return BootRequest.of(BootImages.flat(new ImageFile("guest.bin", bytes), 0x100000));
    }

    @Test
    void hlt_without_a_waking_device_is_a_halt() {
        BootReport report = flat("f4");
        assertThat(report.stopped()).isEqualTo("halt");
        assertThat(report.done()).isTrue();
        assertThat(report.text()).isEqualTo("""
                stopped       halt: HLT, and no device that could ever interrupt
                where         CS:EIP 0008:00100001, ring 0, protected mode, paging off
                instructions  1
                mode          bare: ring 0, no VMM
                """);
    }

    @Test
    void the_exit_port_gives_its_value_as_the_code() {
        BootReport report = flat("b0 2a e6 f4"); // mov al, 2a; out f4, al
        assertThat(report.stopped()).isEqualTo("exit-port");
        assertThat(report.exitCode()).isEqualTo(OptionalInt.of(42));
        assertThat(report.explanation()).isEqualTo("exit port 00f4, code 42");
    }

    @Test
    void a_spinning_guest_ends_with_its_budget() {
        BootReport report = flat("eb fe", 12_345); // jmp $
        assertThat(report.stopped()).isEqualTo("budget");
        assertThat(report.instructions()).isEqualTo(12_345);
        assertThat(report.done()).isFalse();
        assertThat(report.explanation()).isEqualTo("budget: 12345 instructions; --max-instructions sets another");
    }

    @Test
    void rubbish_and_jumps_into_nothing_end_in_a_triple_fault() {
        assertThat(flat("0f 0b").stopped()).as("UD2 without an IDT").isEqualTo("triple-fault");
        BootReport nowhere = flat("b8 00 00 00 f0 ff e0"); // mov eax, f0000000; jmp eax
        assertThat(nowhere.stopped()).isEqualTo("triple-fault");
        assertThat(nowhere.place().eip()).isEqualTo(0xf0000000);
    }

    @Test
    void a_guest_that_only_sleeps_ends_with_a_budget_of_virtual_time() {
        // a boot sector that sets up the timer interrupt and repeats HLT
        byte[] sector = new byte[512];
        byte[] code = HexFormat.of()
                .parseHex("31c08ed8c70680002f7ca38200b011e620b020e621b004e621b001e621b0"
                        + "fee621b034e64330c0e640e640fbf4ebfdb020e620cf");
        System.arraycopy(code, 0, sector, 0, code.length);
        sector[510] = 0x55;
        sector[511] = (byte) 0xaa;
        BootReport report =
                Boot.run(BootRequest.of(BootImages.sector(new ImageFile("idle.img", sector))), Boot.Output.NONE);
        assertThat(report.stopped()).isEqualTo("budget");
        assertThat(report.explanation()).isEqualTo("budget: 600 seconds of virtual time, nearly all of it in HLT");
        assertThat(report.place().processorMode()).isEqualTo("real");
    }

    @Test
    void writes_to_watched_ports_are_kept_in_order() {
        BootReport report = flat("b0 01 e6 80 b0 02 e6 80 e6 81 66 e7 80 f4"); // 81 is not watched
        assertThat(report.writes()).hasToString("[port 0080 <- 01, port 0080 <- 02, port 0080 <- 0002]");
        assertThat(report.json()).contains("\"ports\": [[128, 1], [128, 2], [128, 2]],");
    }

    @Test
    void writes_beyond_the_first_10000_are_counted() {
        BootReport report = flat("e6 80 eb fc", 20_006); // out 80, al; jmp back
        assertThat(report.writes()).hasSize(10_000);
        assertThat(report.writesDropped()).isEqualTo(3);
    }

    @Test
    void a_rom_resets_into_real_mode() {
        byte[] rom = new byte[0x1000];
        rom[0xff0] = (byte) 0xf4;
        BootReport report = Boot.run(BootRequest.of(BootImages.bios(new ImageFile("b.rom", rom))), Boot.Output.NONE);
        assertThat(report.where()).isEqualTo("CS:EIP f000:0000fff1, ring 0, real mode, paging off");
    }

    @Test
    void the_report_is_the_same_each_time_but_for_its_speed() {
        String once = flat("b9 00 01 00 00 e2 fe f4").json();
        String again = flat("b9 00 01 00 00 e2 fe f4").json();
        assertThat(stable(again)).isEqualTo(stable(once));
        assertThat(once).contains("\"instructions\": 258,");
    }

    private static String stable(String json) {
        return json.replaceAll("\"(mips|seconds)\": [0-9.]+", "\"$1\": ?");
    }

    @Test
    void requests_that_make_no_sense_are_refused() {
        refused(
                () -> Boot.run(request("f4").withSetting(new Setting("sideways")), Boot.Output.NONE),
                "unknown mode 'sideways'; there are " + String.join(", ", Modes.names()));
        refused(
                () -> Boot.run(
                        request("f4")
                                .withSetting(new Setting("bare", "shadow", "interpreter", new java.util.TreeMap<>())),
                        Boot.Output.NONE),
                "mode bare has no memory strategy 'shadow'; bare has no memory strategy to choose");
        refused(
                () -> Boot.run(
                        request("f4").withSetting(new Setting("bare", "", "jit", new java.util.TreeMap<>())),
                        Boot.Output.NONE),
                "unknown engine 'jit'; there are interpreter");
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isExactlyInstanceOf(RingsideException.class).hasMessage(message);
    }
}

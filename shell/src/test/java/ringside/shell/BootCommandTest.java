package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootCommandTest {
    @TempDir
    private Path dir;

    private String guest;

    /** mov dx, 3f8; mov al, 'H'; out dx, al; mov al, 'i'; out dx, al; out 80, al; mov al, 3; out f4, al. */
    private static final String SAYS_HI = "66baf803b048eeb069eee680b003e6f4";

    @BeforeEach
    void writeGuest() throws IOException {
        guest = write("hi.bin", SAYS_HI) + "@100000";
    }

    private String write(String name, String hex) throws IOException {
        return Files.write(dir.resolve(name), HexFormat.of().parseHex(hex)).toString();
    }

    private static Invocation boot(String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "boot";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return Invocation.of(words);
    }

    private static void refused(String message, String... arguments) {
        Invocation run = boot(arguments);
        assertThat(run.err()).isEqualTo("ringside: " + message + "\n");
        assertThat(run.status()).isEqualTo(ExitStatus.BAD_INPUT);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void console_then_report_on_stdout_and_speed_on_stderr() {
        Invocation run = boot("--flat", guest);
        assertThat(run.out()).isEqualTo("""
                Hi

                stopped       exit port 00f4, code 3
                where         CS:EIP 0008:00100010, ring 0, protected mode, paging off
                instructions  8
                mode          bare: ring 0, no VMM
                """);
        assertThat(run.err()).contains(" MIPS");
        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void watched_writes_stand_on_lines_of_their_own() {
        assertThat(boot("--flat", guest, "--watch-port", "80", "--watch-port", "0xf4")
                        .out())
                .startsWith("Hi\nport 0080 <- 69\nport 00f4 <- 03\n\nstopped ");
    }

    @Test
    void serial_to_a_file_keeps_stdout_to_the_report() throws IOException {
        Path console = dir.resolve("console.txt");
        Invocation run = boot("--flat", guest, "--serial", console.toString());
        assertThat(run.out()).startsWith("stopped       exit port");
        assertThat(console).hasContent("Hi");
    }

    @Test
    void json_is_all_that_stdout_holds() {
        Invocation run = boot("--flat", guest, "--json", "--watch-port", "80");
        assertThat(run.out()).startsWith("{\n  \"stopped\": \"exit-port\",\n").endsWith("}\n");
        assertThat(run.out())
                .contains("\"exitCode\": 3,")
                .contains("\"cs\": 8,")
                .contains("\"eip\": 1048592,")
                .contains("\"ring\": 0,")
                .contains("\"mode\": \"protected\",")
                .contains("\"instructions\": 8,")
                .contains("\"ports\": [[128, 105]],")
                .contains("\"console\": \"Hi\",");
    }

    @Test
    void several_machines_share_a_server_and_each_is_reported() throws IOException {
        String hello = write("hello.bin", "66baf803b048eeb069eeb00aeeb003e6f4") + "@100000";
        String spin = write("spin.bin", "ebfe") + "@100000";
        Invocation run = boot(
                "--vm",
                "name=a,flat=" + hello + ",mode=hardware,ram=4M",
                "--vm",
                "flat=" + hello + ",mode=translated,ram=4M",
                "--vm",
                "name=loop,flat=" + spin + ",mode=deprivileged,ram=4M,weight=2",
                "--cpu",
                "2008",
                "--schedule",
                "weighted",
                "--max-instructions",
                "100K");
        assertThat(run.out())
                .startsWith("a| Hi\nvm2| Hi\n\nserver: 1 processor, weighted, 1 ms; machine time 1.000 ms")
                .contains("\na\n  stopped       exit port 00f4, code 3\n")
                .contains("\n  mode          translated: ")
                .contains("\nloop\n  stopped       budget: 1 ms of machine time; --max-instructions sets another\n")
                .contains("  time          run 1.000 ms, steal 0.000 ms, idle 0.000 ms, 1 turn\n");
        assertThat(run.status()).isEqualTo(ExitStatus.STOPPED);
        Invocation done = boot("--vm", "flat=" + hello + ",mode=deprivileged", "--json");
        assertThat(done.out()).startsWith("{\n  \"processors\": 1,").contains("\"vm\": \"vm1\"");
        assertThat(done.status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void what_is_wrong_with_one_of_several_machines_is_told() {
        refused("(boot) unknown word 'flt' in --vm \"flt=x\"; did you mean 'flat'?", "--vm", "flt=x");
        refused("(boot) 'flat' in --vm \"flat\" has no value; write flat=VALUE", "--vm", "flat");
        refused(
                "(boot) --mode stands beside --vm; say it of one machine: --vm \"mode=...\"",
                "--mode",
                "hardware",
                "--vm",
                "flat=" + guest);
        refused(
                "(boot) --schedule is about several machines; name them with --vm \"kernel=FILE,...\"",
                "--flat",
                guest,
                "--schedule",
                "weighted");
        String two = "flat=" + guest + ",ram=1M,mode=";
        refused(
                "VM 'vm1' is to be bare, with no VMM to share the server; choose among deprivileged, paravirtual,"
                        + " translated, hardware",
                "--vm",
                two + "bare",
                "--vm",
                two + "deprivileged");
        refused(
                "unknown scheduler 'weihted'; did you mean 'weighted'?",
                "--vm",
                two + "deprivileged",
                "--schedule",
                "weihted");
    }

    @Test
    void the_exit_port_can_be_moved() {
        assertThat(boot("--flat", guest, "--exit-port", "3f8").err())
                .startsWith("ringside: ports of exitPort 03f8-03fb (exit port) overlap those of com1 03f8-03ff");
        Invocation run = boot("--flat", guest, "--exit-port", "501", "--max-instructions", "9");
        assertThat(run.out()).contains("stopped       budget: 9 instructions; --max-instructions sets another");
        assertThat(run.status()).isEqualTo(ExitStatus.STOPPED);
    }

    @Test
    void deprivileged_reports_exits_by_reason_and_runs_real_mode() throws IOException {
        Invocation run = boot("--flat", guest, "--mode", "deprivileged");
        assertThat(run.out())
                .startsWith("Hi\n\nstopped       exit port 00f4, code 3\n")
                .contains(
                        "\ninstructions  8\nmode          deprivileged: ring 1, shadow memory\nexits         4  (OUT 4)\n");
        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        String disk = write("d.img", "b007e6f4f4" + "00".repeat(505) + "55aa");
        assertThat(boot("--disk", disk, "--mode", "deprivileged").out())
                .contains("stopped       exit port 00f4, code 7\n");
    }

    @Test
    void a_disk_boots_behind_the_firmware_or_without_it() throws IOException {
        // mov ax, 0e41; int 10; mov al, 1; out f4, al: prints A where a BIOS serves INT 10h
        String disk = write("d.img", "b8410ecd10b001e6f4" + "00".repeat(501) + "55aa");
        assertThat(boot("--disk", disk).out()).contains("A\n\nstopped       exit port 00f4, code 1\n");
        assertThat(boot("--disk", disk, "--bios", "none", "--max-instructions", "1000")
                        .out())
                .doesNotContain("A\n\n");
        refused("--bios none, and no disk to start instead; give --disk FILE", "--flat", guest, "--bios", "none");
    }

    @Test
    void a_guest_that_ends_badly_has_status_3() throws IOException {
        Invocation run = boot("--flat", write("ud.bin", "0f0b") + "@100000");
        assertThat(run.status()).isEqualTo(ExitStatus.STOPPED);
        assertThat(run.out()).startsWith("stopped       triple fault: the processor shut down\n");
    }

    @Test
    void a_year_or_a_model_names_the_processor() {
        assertThat(boot("--flat", guest, "--cpu", "1993").status()).isEqualTo(ExitStatus.DONE);
        assertThat(boot("--flat", guest, "--cpu", "486").status()).isEqualTo(ExitStatus.DONE);
        refused("unknown processor 'pentum'; did you mean 'pentium'?", "--flat", guest, "--cpu", "pentum");
        refused(
                "unknown processor 'z80'; processors: 386, 486, pentium, pentium-pro, pentium4, pentium4-nx, pentium4-vt, "
                        + "core2, nehalem, westmere, skylake, ice-lake, or a year",
                "--flat",
                guest,
                "--cpu",
                "z80");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ram              | 16X    | write it as 16M, 640K or 1G
            ram              | 2G     | give 64K to 1020M, in whole pages of 4 KiB
            ram              | 65535B | give 64K to 1020M, in whole pages of 4 KiB
            watch-port       | 10000  | write the port in hex, 0 to ffff, as 80 or 0xf4
            exit-port        | com1   | write the port in hex, 0 to ffff, as 80 or 0xf4
            max-instructions | 0      | write a positive number, as 5000000 or 5M
            max-instructions | many   | write a positive number, as 5000000 or 5M
            """)
    void a_quantity_that_is_none_is_refused(String option, String text, String remedy) {
        refused("--" + option + " cannot be '" + text + "'; " + remedy, "--flat", guest, "--" + option, text);
    }

    @Test
    void what_to_boot_must_be_said_once_and_well() {
        refused("nothing to boot; give --kernel FILE, --flat FILE@ADDRESS, --disk FILE or --bios FILE");
        refused("(boot) '" + guest + "' is not an option; give images as --kernel FILE", guest);
        refused(
                "--kernel and --flat were both given; give the one to be entered",
                "--flat",
                guest,
                "--kernel",
                dir.resolve("hi.bin").toString());
        refused("--append without a kernel to read it; give --kernel FILE too", "--flat", guest, "--append", "x");
        refused("--flat 'hi.bin' lacks its address; write --flat FILE@ADDRESS, as k.bin@100000", "--flat", "hi.bin");
        refused(
                "--flat cannot be 'here'; write the address in hex, as 100000 or 0x100000",
                "--flat",
                dir.resolve("hi.bin") + "@here");
        refused("there is no file 'missing.elf'; check the path", "--kernel", "missing.elf");
        refused(
                "guest 'hi.bin': hi.bin (01000000-0100000f) is outside RAM, which ends at 01000000; "
                        + "give the machine more memory or load the guest lower",
                "--flat",
                dir.resolve("hi.bin") + "@1000000");
    }

    @Test
    void files_that_cannot_be_written_are_refused() {
        refused(
                "--serial '/nowhere/x' cannot be written; name a file in a folder that exists",
                "--flat",
                guest,
                "--serial",
                "/nowhere/x");
    }

    @Test
    void engines_and_modes_that_do_not_exist_are_refused() {
        refused("unknown engine 'jit'; there are interpreter", "--flat", guest, "--engine", "jit");
        refused(
                "unknown option of deprivileged 'rign'; did you mean 'ring'?",
                "--flat",
                guest,
                "--mode",
                "deprivileged",
                "--set",
                "rign=1");
        refused("--set 'ring' names no value; write --set NAME=VALUE, as ring=3", "--flat", guest, "--set", "ring");
        assertThat(boot("--flat", guest, "--mode", "magic").err())
                .startsWith("ringside: unknown mode 'magic'; there are bare, deprivileged");
    }

    /** mov ax, 0b800; mov ds, ax; mov word [0], 1f52; cli; hlt. */
    private static final String SHOWS_R = "b800b88ed8c7060000521ffaf4";

    /** A boot sector of this code. */
    private String sector(String name, String code, int bytes) throws IOException {
        byte[] disk = new byte[bytes];
        byte[] start = HexFormat.of().parseHex(code);
        System.arraycopy(start, 0, disk, 0, start.length);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        return Files.write(dir.resolve(name), disk).toString();
    }

    @Test
    void the_screen_at_the_end_is_drawn_or_written_for_a_terminal() throws IOException {
        String floppy = sector("floppy.img", SHOWS_R, 1440 * 1024);
        Path png = dir.resolve("screen.png");
        Path text = dir.resolve("screen.txt");
        assertThat(boot("--floppy", floppy, "--screen", png.toString()).status())
                .isEqualTo(ExitStatus.DONE);
        assertThat(Files.readAllBytes(png)).startsWith(0x89, 'P', 'N', 'G');
        boot("--floppy", floppy, "--screen", text.toString());
        assertThat(Files.readString(text)).startsWith("\u001b[97;44mR");
    }

    /** mov ax, 0301; mov cx, 2; mov dx, 80; mov bx, 7c00; int 13; mov al, ah; out f4, al. */
    private static final String WRITES = "b80103b90200ba8000bb007ccd1388e0e6f4";

    @Test
    void what_a_guest_writes_is_kept_only_if_asked_for() throws IOException {
        String disk = sector("disk.img", WRITES, 4096);
        assertThat(boot("--disk", disk).out()).contains("code 0");
        assertThat(Files.readAllBytes(Path.of(disk))[512]).isZero();
        assertThat(boot("--disk", disk, "--keep").out()).contains("code 0");
        assertThat(Files.readAllBytes(Path.of(disk))[512]).isEqualTo((byte) 0xb8);
    }

    @Test
    void a_capture_of_a_silent_guest_is_an_empty_pcap_file() throws IOException {
        Path pcap = dir.resolve("net.pcap");
        boot("--flat", guest, "--net", pcap.toString());
        assertThat(Files.readAllBytes(pcap)).hasSize(24);
    }

    @Test
    void five_disks_are_one_too_many() throws IOException {
        String disk = sector("disk.img", WRITES, 4096);
        refused(
                "5 hard disks were given; two IDE channels have room for 4",
                "--disk",
                disk,
                "--disk",
                disk,
                "--disk",
                disk,
                "--disk",
                disk,
                "--disk",
                disk);
    }
}

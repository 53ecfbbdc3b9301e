package ringside.machine.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.engine.Interpreter;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Disk;
import ringside.machine.devices.KeyboardController;
import ringside.machine.devices.PostPort;
import ringside.machine.devices.TextScreen;

/** Boot sectors under our BIOS: what they print, read and are told. */
class FirmwareTest {
    private static final int RAM = 32 << 20;
    private static final long BUDGET = 20_000_000;

    private static Board board(Disk... disks) {
        Board board = new Board(CpuModel.ofYear(2004), DeviceSettings.of(RAM).withDisks(List.of(disks)));
        Firmware.image().load(board);
        board.enter(Firmware.image().entry());
        return board;
    }

    private static Stop run(Board board) {
        return new Interpreter().run(board.cpu(), BUDGET);
    }

    private static String printed(Board board) {
        return board.platform().console("e9").text();
    }

    private static TextScreen screen(Board board) {
        return board.platform().device(TextScreen.class);
    }

    /** A hard disk of 2000 sectors. */
    private static Disk hardDisk(String source) throws Exception {
        return new Disk(0x80, BootDisk.of(2000, source));
    }

    /** Stops with the 16-bit values pushed, first one first, at 0000:0500. */
    private static List<Integer> values(int count, String source) throws Exception {
        Board board = board(hardDisk("""
                %%macro tell 1
                    mov [es:di], %%1
                    add di, 2
                %%endmacro
                    xor ax, ax
                    mov ds, ax
                    mov es, ax
                    mov di, 0x500
                %s
                    mov al, 0
                    out 0xf4, al
                """.formatted(source)));
        assertThat(run(board)).isEqualTo(new Stop.Requested("exit-port", 0));
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(board.bus().memory().get16(0x500 + 2 * i));
        }
        return values;
    }

    @Test
    void the_rom_is_what_nasm_makes_of_its_source() throws Exception {
        Path source = Path.of(System.getProperty("ringside.root", ".."), "core/src/main/guests/firmware/bios.asm");
        assertThat(BootDisk.assemble(Files.readString(source))).isEqualTo(Firmware.rom());
    }

    @Test
    void without_a_disk_it_says_so_and_halts() {
        Board board = board();
        assertThat(run(board)).isEqualTo(new Stop.Halted());
        assertThat(screen(board).text())
                .isEqualTo("No bootable disk: drives 80h and 00h have no sector that ends with 55 AA");
        assertThat(board.platform().device(PostPort.class).codes()).containsExactly(1, 2);
    }

    @Test
    void a_boot_sector_prints_by_int_10h_on_screen_port_e9_and_com1() throws Exception {
        Board board = board(hardDisk("""
                    mov si, text
                .next:
                    lodsb
                    test al, al
                    jz .end
                    mov ah, 0x0e
                    mov bx, 7
                    int 0x10
                    jmp .next
                .end:
                    cli
                    hlt
                text: db 'Hello,', 13, 10, 'worle', 8, 'd', 0
                """));
        assertThat(run(board)).isEqualTo(new Stop.Halted());
        assertThat(screen(board).text()).isEqualTo("Hello,\nworld");
        assertThat(screen(board).cursor()).isEqualTo(80 + 5);
        assertThat(printed(board)).isEqualTo("Hello,\r\nworle\bd");
        assertThat(board.platform().console("com1").text()).isEqualTo(printed(board));
    }

    @Test
    void the_boot_sector_starts_at_7c00_with_its_drive_in_dl() throws Exception {
        assertThat(values(3, """
                tell dx
                tell cs
                mov ax, sp
                tell ax
                """)).first().satisfies(dx -> assertThat(dx & 0xff).isEqualTo(0x80));
        Board floppy = board(new Disk(0, BootDisk.of(2880, "mov al, dl\nout 0xf4, al")));
        assertThat(run(floppy)).isEqualTo(new Stop.Requested("exit-port", 0));
    }

    @Test
    void int_13h_reads_by_cylinder_head_and_sector() throws Exception {
        // cylinder 1, head 2, sector 3 of a disk with 16 heads and 63 sectors a track
        int lba = (16 + 2) * 63 + 2;
        assertThat(values(3, """
                mov ax, 0x0202
                mov cx, 0x0103
                mov dx, 0x0280
                mov bx, 0x2000
                int 0x13
                setc cl
                tell ax
                mov ax, [0x2000]
                tell ax
                mov ax, [0x23fe]
                tell ax
                """)).containsExactly(0x0002, (lba & 0xff) * 0x101, (lba + 1 & 0xff) * 0x101);
    }

    @Test
    void int_13h_writes_what_a_later_read_finds() throws Exception {
        Disk disk = hardDisk("""
                mov ax, 0x0301
                mov cx, 2
                mov dx, 0x0080
                mov bx, 0x7c00
                int 0x13
                mov al, ah
                out 0xf4, al
                """);
        assertThat(run(board(disk))).isEqualTo(new Stop.Requested("exit-port", 0));
        assertThat(Arrays.copyOfRange(disk.content(), 512, 1024)).isEqualTo(Arrays.copyOf(disk.content(), 512));
    }

    @Test
    void int_13h_tells_the_geometry_and_refuses_what_is_not_there() throws Exception {
        assertThat(values(7, """
                push es
                push di
                mov ah, 8
                mov dl, 0x80
                int 0x13
                pop di
                pop es
                tell cx
                tell dx
                mov ax, 0x0201
                mov cx, 0x0040
                mov dx, 0x0080
                int 0x13
                mov al, 0
                adc al, 0
                tell ax
                mov ah, 2
                mov dl, 0x83
                int 0x13
                tell ax
                mov ah, 1
                int 0x13
                tell ax
                mov ah, 0x77
                mov dl, 0x80
                int 0x13
                tell ax
                mov ah, 0x15
                int 0x13
                tell ax
                """)).containsExactly(0x013f, 0x0f01, 0x0401, 0x8001, 0x8001, 0x0101, 0x0301);
    }

    @Test
    void the_extensions_read_by_sector_number() throws Exception {
        assertThat(values(6, """
                mov ah, 0x41
                mov bx, 0x55aa
                mov dl, 0x80
                int 0x13
                tell bx
                tell cx
                mov ah, 0x42
                mov si, packet
                int 0x13
                sbb ax, ax
                tell ax
                mov ax, [0x3000]
                tell ax
                mov si, 0x4000
                mov word [si], 26
                mov ah, 0x48
                int 0x13
                mov ax, [si + 16]
                tell ax
                mov ax, [si + 24]
                tell ax
                jmp end
                packet: dw 16, 1, 0x3000, 0
                        dq 1999
                end:
                """)).containsExactly(0xaa55, 1, 0, 0xcfcf, 2000, 512);
    }

    @Test
    void memory_is_told_by_every_service() throws Exception {
        assertThat(values(7, """
                int 0x12
                tell ax
                mov ah, 0x88
                int 0x15
                tell ax
                mov ax, 0xe801
                int 0x15
                tell ax
                tell bx
                mov ax, 0x2402
                int 0x15
                tell ax
                mov ax, 0x2400
                int 0x15
                mov ax, 0x2402
                int 0x15
                tell ax
                int 0x11
                tell ax
                """)).containsExactly(640, 31 * 1024, 0x3c00, 16 * 16, 1, 0, 0x0424);
    }

    @Test
    void e820_lists_base_memory_rom_extended_memory_and_the_top() throws Exception {
        Board board = board(hardDisk("""
                xor ebx, ebx
                mov es, bx
                mov di, 0x600
                .next:
                mov eax, 0xe820
                mov edx, 'SMAP'
                mov ecx, 24
                int 0x15
                jc .bad
                add di, 20
                test ebx, ebx
                jnz .next
                mov al, 0
                out 0xf4, al
                .bad:
                mov al, 1
                out 0xf4, al
                """));
        assertThat(run(board)).isEqualTo(new Stop.Requested("exit-port", 0));
        List<String> map = new ArrayList<>();
        for (int at = 0x600; at < 0x600 + 4 * 20; at += 20) {
            map.add(String.format(
                    "%08x %08x %d",
                    board.bus().memory().get64(at),
                    board.bus().memory().get64(at + 8),
                    board.bus().memory().get32(at + 16)));
        }
        assertThat(map)
                .containsExactly(
                        "00000000 000a0000 1", "000f0000 00010000 2", "00100000 01f00000 1", "ffffe000 00002000 2");
    }

    @Test
    void the_timer_counts_ticks_of_the_day() throws Exception {
        // noon: 43200 * 1193182 / 65536 ticks since midnight
        assertThat(values(2, """
                mov ah, 0
                int 0x1a
                tell dx
                mov ax, [0x46c]
                .wait:
                hlt
                mov bx, [0x46c]
                sub bx, ax
                cmp bx, 3
                jb .wait
                tell bx
                """)).containsExactly((int) (43200L * 1193182 / 65536) & 0xffff, 3);
    }

    @Test
    void the_clock_is_the_configured_one() throws Exception {
        assertThat(values(4, """
                mov ah, 2
                int 0x1a
                tell cx
                mov ah, 4
                int 0x1a
                tell cx
                tell dx
                mov ah, 0x99
                int 0x1a
                sbb ax, ax
                tell ax
                """)).containsExactly(0x1200, 0x2005, 0x0103, 0xffff);
    }

    @Test
    void keys_are_read_with_int_16h() throws Exception {
        Board board = board(hardDisk("""
                .next:
                mov ah, 0
                int 0x16
                mov ah, 0x0e
                int 0x10
                cmp al, 13
                jne .next
                mov ah, 1
                int 0x16
                setz al
                out 0xf4, al
                """));
        board.platform().device(KeyboardController.class).type("Ring-0 & 3!\n");
        assertThat(run(board)).isEqualTo(new Stop.Requested("exit-port", 1));
        assertThat(printed(board)).isEqualTo("Ring-0 & 3!\r");
    }

    @Test
    void a_guest_that_waits_for_a_key_nobody_presses_still_gets_timer_ticks() throws Exception {
        int noon = (int) (43200L * 1193182 / 65536);
        Board board = board(hardDisk("mov ah, 0\nint 0x16"));
        assertThat(new Interpreter().run(board.cpu(), 5_000)).isEqualTo(new Stop.Budget());
        assertThat(board.bus().memory().get32(0x46c)).isBetween(noon + 10, noon + 1000);
    }

    @Test
    void the_screen_scrolls_and_is_addressed() throws Exception {
        Board board = board(hardDisk("""
                mov bx, 26
                .line:
                mov ax, 0x0e00 + 'z' + 1
                sub al, bl
                int 0x10
                mov ax, 0x0e0d
                int 0x10
                mov al, 10
                int 0x10
                dec bx
                jnz .line
                mov ah, 2
                mov dx, 0x0208
                int 0x10
                mov ax, 0x0900 + '*'
                mov bx, 0x001f
                mov cx, 3
                int 0x10
                mov ah, 8
                int 0x10
                out 0xf4, ax
                """));
        assertThat(run(board)).isEqualTo(new Stop.Requested("exit-port", 0x1f00 + '*'));
        List<String> rows = screen(board).rows();
        assertThat(rows.subList(0, 4)).containsExactly("c", "d", "e       ***", "f");
        assertThat(rows.subList(23, 25)).containsExactly("z", "");
    }

    @Test
    void with_a20_closed_the_high_memory_area_is_the_bottom_of_memory() throws Exception {
        assertThat(values(2, """
                mov ax, 0xffff
                mov fs, ax
                mov word [0x600], 0x1234
                mov ax, 0x2400
                int 0x15
                mov ax, [fs:0x610]
                tell ax
                mov ax, 0x2401
                int 0x15
                mov ax, [fs:0x610]
                tell ax
                """)).containsExactly(0x1234, 0);
    }

    @Test
    void code_that_the_disk_overwrites_is_executed_anew() throws Exception {
        // sector 64 is full of 40h (inc ax), sector 72 of 48h (dec ax)
        assertThat(values(3, """
                mov byte [0x8200], 0xc3
                mov bx, 0x8000
                mov dx, 0x0180
                mov cx, 2
                mov ax, 0x0201
                int 0x13
                xor ax, ax
                call bx
                tell ax
                call bx
                tell ax
                push ax
                mov cx, 10
                mov ax, 0x0201
                int 0x13
                pop ax
                call bx
                tell ax
                """)).containsExactly(512, 1024, 512);
    }

    @Test
    void an_exception_nobody_handles_is_named() throws Exception {
        Board board = board(hardDisk("ud2"));
        assertThat(run(board)).isEqualTo(new Stop.Halted());
        assertThat(screen(board).text()).isEqualTo("\nException 06 at 0000:7C00, and nobody handles it");
        Board limit = board(hardDisk("mov ax, [0xffff]"));
        assertThat(run(limit)).isEqualTo(new Stop.Halted());
        assertThat(screen(limit).text()).isEqualTo("\nException 0D at 0000:7C00, and nobody handles it");
    }
}

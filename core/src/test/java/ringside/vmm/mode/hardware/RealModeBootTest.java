package ringside.vmm.mode.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.machine.board.Firmware;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Disk;
import ringside.machine.devices.ExitPort;
import ringside.tools.Tool;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** The firmware in ROM boots a disk under hardware assist: every port access at the very tick of the bare machine. */
class RealModeBootTest {
    /** Prints by INT 10h, reads itself by INT 13h, waits for a tick of the clock, goes to protected mode and exits. */
    private static final String SECTOR = """
            bits 16
            org 0x7c00
                xor ax, ax
                mov ds, ax
                mov es, ax
                mov ss, ax
                mov sp, 0x7c00
                sti
                mov si, text
            letter: lodsb
                test al, al
                jz read
                mov ah, 0x0e
                mov bx, 7
                int 0x10
                jmp letter
            read: mov ax, 0x0201
                mov bx, 0x9000
                mov cx, 1
                mov dx, 0x80
                int 0x13
                jc failed
                mov al, [0x91fe]
                cmp al, 0x55
                jne failed
                mov ah, 0
                int 0x1a
                mov bx, dx
            later: hlt
                mov ah, 0
                int 0x1a
                cmp dx, bx
                je later
                cli
                lgdt [pointer]
                mov eax, cr0
                or al, 1
                mov cr0, eax
                jmp 8:flat
            failed: mov al, 1
                out 0xf4, al
            bits 32
            flat: mov ax, 16
                mov ds, ax
                mov al, [answer]
                out 0xf4, al
            answer: db 42
            text: db 'from the boot sector', 13, 10, 0
                align 8
            gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
            pointer: dw 23
                dd gdt
                times 510-($-$$) db 0
                dw 0xaa55
            """;

    @TempDir
    private Path folder;

    private VirtualMachine machine(String processor, String mode, String memory, byte[] disk, List<String> trace) {
        DeviceSettings devices = DeviceSettings.of(4 << 20)
                .withExit(0xf4, ExitPort.Coding.PLAIN)
                .withDisks(List.of(new Disk(Disk.FIRST_HARD_DISK, disk)));
        CpuModel cpu = CpuModel.named(processor).orElseThrow();
        VmSpec spec = new VmSpec(cpu, devices, List.of(), Firmware.image(), "interpreter", memory, Map.of());
        VirtualMachine machine = Modes.create(mode, spec);
        machine.board()
                .platform()
                .trace((write, bits, port, value) -> trace.add("%s%d %x %x at %d"
                        .formatted(
                                write ? "out" : "in",
                                bits,
                                port,
                                value,
                                machine.board().platform().clock().now())));
        return machine;
    }

    @ParameterizedTest
    @CsvSource({"westmere, shadow", "westmere, nested", "nehalem, nested"})
    void the_firmware_and_a_boot_sector_cannot_tell_hardware_assist_from_the_bare_machine(String cpu, String memory)
            throws Exception {
        Files.writeString(folder.resolve("sector.asm"), SECTOR);
        Tool.require("nasm").succeed(folder, "-f", "bin", "-o", "sector", "sector.asm");
        byte[] disk = Files.readAllBytes(folder.resolve("sector"));
        List<String> expected = new ArrayList<>();
        List<String> observed = new ArrayList<>();
        VirtualMachine bare = machine(cpu, "bare", "", disk.clone(), expected);
        VirtualMachine assisted = machine(cpu, "hardware", memory, disk.clone(), observed);

        Stop bareStop = bare.run(1_000_000);
        Stop assistedStop = assisted.run(1_000_000);

        assertThat(bareStop).isEqualTo(new Stop.Requested("exit-port", 42));
        assertThat(assistedStop).isEqualTo(bareStop);
        assertThat(observed).isEqualTo(expected).hasSizeGreaterThan(60);
        assertThat(assisted.retired()).isEqualTo(bare.retired());
        assertThat(assisted.counters().get("interpreted")).isLessThan(10);
    }
}

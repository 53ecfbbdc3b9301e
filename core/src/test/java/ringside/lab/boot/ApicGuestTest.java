package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ringside.arch.CpuModel;
import ringside.arch.Feature;
import ringside.guest.ImageFile;
import ringside.lab.Setting;
import ringside.tools.Tool;

/** A guest that masks the 8259 and sleeps between the ticks of its local APIC's timer. */
class ApicGuestTest {
    @TempDir
    private Path dir;

    @Test
    void the_timer_of_the_local_apic_wakes_a_halted_processor() throws Exception {
        Files.writeString(dir.resolve("apic.asm"), """
                bits 32
                org 0x200000
                    mov al, 0xff
                    out 0x21, al
                    out 0xa1, al
                    mov eax, tick
                    mov [idt + 0x40 * 8], ax
                    shr eax, 16
                    mov [idt + 0x40 * 8 + 6], ax
                    mov word [idt + 0x40 * 8 + 2], cs
                    mov word [idt + 0x40 * 8 + 4], 0x8e00
                    lidt [idtr]
                    mov ecx, 0x1b
                    rdmsr
                    and eax, 0xfffff000
                    mov esi, eax
                    mov dword [esi + 0xf0], 0x1ff
                    mov dword [esi + 0x3e0], 0x0b
                    mov dword [esi + 0x320], 0x20040
                    mov dword [esi + 0x380], 5000
                    mov esp, 0x300000
                    xor ebx, ebx
                again:
                    sti
                    hlt
                    cmp ebx, 7
                    jb again
                    mov al, bl
                    out 0xf4, al
                tick:
                    inc ebx
                    mov dword [esi + 0xb0], 0
                    iretd
                idtr: dw 0x41 * 8 - 1
                    dd idt
                align 8
                idt: times 0x41 * 8 db 0
                """);
        Tool.require("nasm").succeed(dir, "-f", "bin", "-o", "apic.bin", "apic.asm");
        BootImages images = BootImages.flat(ImageFile.read(dir.resolve("apic.bin")), 0x200000);
        CpuModel cpu = CpuModel.ofYear(2004).with(Feature.APIC, true);
        BootReport report = Boot.run(
                new BootRequest(images, new Setting("bare"), cpu, 16 << 20, 0xf4, List.of(), 100_000, Optional.empty()),
                Boot.Output.NONE);
        assertThat(report.exitCode()).hasValue(7);
        assertThat(report.instructions()).isLessThan(100);
    }
}

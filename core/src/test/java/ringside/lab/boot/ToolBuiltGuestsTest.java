package ringside.lab.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ringside.guest.ImageFile;
import ringside.tools.Tool;

/** Guests as users build them, with nasm, gcc and ld: each kind of image from its real tool chain. */
class ToolBuiltGuestsTest {
    @TempDir
    private Path dir;

    private Path source(String name, String text) throws Exception {
        return Files.writeString(dir.resolve(name), text);
    }

    private ImageFile nasm(String text) throws Exception {
        Tool.require("nasm")
                .succeed(
                        dir,
                        "-f",
                        "bin",
                        "-o",
                        "guest.bin",
                        source("guest.asm", text).toString());
        return ImageFile.read(dir.resolve("guest.bin"));
    }

    private static OptionalInt code(BootImages images) {
        return Boot.run(BootRequest.of(images), Boot.Output.NONE).exitCode();
    }

    @Test
    void a_flat_binary_of_nasm() throws Exception {
        ImageFile flat = nasm("""
                bits 32
                org 0x200000
                    call here
                here: pop eax
                    sub eax, 0x200000 - 1
                    out 0xf4, al
                """);
        assertThat(code(BootImages.flat(flat, 0x200000))).hasValue(6);
    }

    @Test
    void a_boot_sector_of_nasm_that_enters_protected_mode() throws Exception {
        ImageFile disk = nasm("""
                bits 16
                org 0x7c00
                    cli
                    lgdt [pointer]
                    mov eax, cr0
                    or al, 1
                    mov cr0, eax
                    jmp 8:flat
                bits 32
                flat: mov ax, 16
                    mov ds, ax
                    mov al, [answer]
                    out 0xf4, al
                answer: db 42
                align 8
                gdt: dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
                pointer: dw 23
                    dd gdt
                times 510-($-$$) db 0
                    dw 0xaa55
                """);
        assertThat(code(BootImages.disk(disk))).hasValue(42);
    }

    @Test
    void a_rom_of_nasm() throws Exception {
        ImageFile rom = nasm("""
                bits 16
                org 0
                start: mov al, [cs:answer]
                    out 0xf4, al
                answer: db 17
                times 0xfff0-($-$$) db 0xff
                    jmp 0xf000:start
                times 0x10000-($-$$) db 0
                """);
        assertThat(code(BootImages.bios(rom))).hasValue(17);
    }

    @Test
    void a_multiboot_kernel_of_nasm_that_gives_its_addresses_itself() throws Exception {
        ImageFile kernel = nasm("""
                bits 32
                org 0x100000
                    jmp start
                align 4
                header: dd 0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
                    dd header, 0x100000, 0, end + 4096, start
                start: cmp eax, 0x2badb002
                    jne bad
                    mov esi, [ebx + 16]     ; the command line
                find: lodsb
                    cmp al, '='
                    jne find
                    lodsb
                    out 0xf4, al
                bad: hlt
                end:
                """);
        assertThat(code(BootImages.kernel(kernel, "code=7"))).hasValue('7');
    }

    @Test
    void an_elf_executable_of_gcc_and_ld() throws Exception {
        Tool gcc = Tool.require("gcc");
        Tool ld = Tool.require("ld");
        source("guest.c", """
                static int numbers[] = {1, 2, 3, 4};
                static int zeroes[1000];
                void _start(void) {
                    int sum = 0;
                    for (int i = 0; i < 4; i++) sum += numbers[i];
                    for (int i = 0; i < 1000; i++) sum += zeroes[i];
                    __asm__ volatile("outb %0, $0xf4" : : "a"((unsigned char) sum));
                    for (;;) {}
                }
                """);
        gcc.succeed(
                dir,
                "-m32",
                "-march=i486",
                "-O1",
                "-ffreestanding",
                "-fno-pic",
                "-fno-stack-protector",
                "-fno-asynchronous-unwind-tables",
                "-mgeneral-regs-only",
                "-c",
                "guest.c",
                "-o",
                "guest.o");
        ld.succeed(dir, "-m", "elf_i386", "-Ttext=0x100000", "-z", "noexecstack", "-o", "guest.elf", "guest.o");
        assertThat(code(BootImages.kernel(ImageFile.read(dir.resolve("guest.elf")), "")))
                .hasValue(10);
    }
}

package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The same source through a script and through nasm: the same bytes. */
class AssemblerAgainstNasmTest {
    /** Each is a whole program; sources that both read alike. */
    private static final List<String> BITS_32 = List.of(
            "sti\ncli\nhlt\npushfd\npopfd\npushad\npopad\nret\niretd\nleave\ncld\nstd\ncmc\nnop\nud2\ncpuid\nrdtsc\nwbinvd",
            "and dword[esp], ~0x200\nand dword [esp], 0x7f\nor byte[ebx], 1\nadd word[esi], 0x1234",
            "mov eax, [ebx]\nmov [ebx], eax\nmov [ebx + ecx*4 + 8], eax\nmov eax, [ebx + 4*ecx + 8]\nmov al, [esi]",
            "mov eax, [ecx*4]\nmov eax, [ecx*2]\nmov eax, [ecx*3]\nmov eax, [ecx*5 + 7]\nmov eax, [ecx*8 + 0x1000]",
            "mov eax, [esp]\nmov eax, [ebp]\nmov eax, [esp + 4]\nmov eax, [ebp - 4]\nmov eax, [eax + esp]",
            "mov eax, [ebx + ecx]\nmov eax, [ecx + ebx]\nmov eax, [ebp + ecx]\nmov eax, [ecx + ebp]\nmov eax,[ebx+ebx]",
            "mov eax, [0x1234]\nmov [0x1234], al\nmov ebx, [0x1234]\nmov dword[0x1234], 5",
            "mov eax, [fs:ebx]\nmov eax, [gs:ebx + 4]\nmov byte[gs:0x10], 0\nmov [es:edi], al\nmov eax, [ds:ebp]",
            "push 1\npush -1\npush 0x12345678\npush dword 5\npush word 5\npush eax\npush dword[ebx]\npush fs\npop gs",
            "push -1 - 2\npush 1 + 2 * 3\npush ~0\npush (1 + 2) * 4\nmov eax, -(4 + 1)",
            "in al, dx\nin eax, dx\nin ax, dx\nin al, 0x60\nout dx, al\nout 0x20, al\nout dx, eax",
            "int 0x80\nint 3\nint3\ninto\nint 13",
            "rep movsb\nrep stosd\nrepe cmpsb\nrepne scasb\nrepz cmpsd\nrepnz scasw\nmovsd\nlodsb\nlodsw",
            "lock inc dword[ebx]\nlock add [ebx], eax\nlock xadd [ebx], ecx\nlock cmpxchg8b [esi]\nlock btr dword[edx], 3",
            "again:\ndec ecx\njnz again\njmp again\njz ahead\nnop\nahead:\nret",
            "start:\njmp short finish\njnz short finish\njmp near finish\nfinish:\ncall start\nloop start\njecxz start",
            "jmp far_away\ntimes 200 nop\nfar_away: ret\njnz far_away\njmp far_away",
            "start: jz finish\ntimes 126 nop\nfinish: jz start",
            "a1: jz b1\ntimes 120 nop\njz c1\nb1: times 120 nop\njnz a1\nc1: ret",
            "jmp 0x08:0x1234\ncall 0x10:0x5678\nhere: jmp 0x08:here\njmp far [ebx]\ncall far [0x500]",
            "jmp eax\njmp [ebx]\ncall ecx\ncall [ebx + 4]\njmp dword[esp]",
            "one:\n.loop:\ndec eax\njnz .loop\ntwo:\n.loop:\ndec ebx\njnz .loop\njmp one.loop",
            "db 1, 2, 0xff, -1\ndw 0x1234, -1\ndd 0x12345678, -2\ndq 0x123456789abcdef",
            "db 'Hello', 0\ndb \"text\", 13, 10\ndw 'ab', 'c'\ndd 'abcd', 'e'",
            "table: dd table, ahead, ahead - table\nahead: dw ahead - table\ndb ahead - table",
            "db 1\nalign 4\ndb 2\nalign 16\nmov eax, 1",
            "times 5 db 7\ntimes 3 dw 1, 2\ntimes 2 lock inc dword[ebx]\ntimes 2 rep movsb\nhere: times 16 - ($ - here) db 0\ntimes 64 - ($ - $$) db 0x90",
            "msg: db 'x', 0\nmov esi, msg\nmov eax, [msg]\nmov eax, [msg + ecx*4]\npush dword msg\nlea edi, [ebx + msg]",
            "length: dd after - before\nbefore: db 'abc'\nafter:\nmov ecx, after - before\nadd eax, after - before",
            "mov eax, cr0\nor eax, 0x80000001\nmov cr0, eax\nmov cr3, ebx\nmov eax, dr7\nmov dr0, eax",
            "lgdt [ebx]\nlidt [0x500]\nsgdt [eax]\nsidt [esp]\nlldt ax\nltr ax\nltr [ebx]\nstr eax\nsldt ax\nsmsw ax\nlmsw ax",
            "mov ax, ds\nmov ds, ax\nmov es, bx\nmov ss, [ebx]\nmov [ebx], fs\nlds esi, [ebx]\nlss esp, [ebx]\nlfs eax, [edi]",
            "lar eax, bx\nlsl ecx, dx\nverr ax\nverw [ebx]\narpl [ebx], ax\ninvlpg [eax]\nclts",
            "movzx eax, bl\nmovzx eax, byte[ebx]\nmovsx ecx, word[esi]\nmovzx ax, byte[ebx]\nbswap edx",
            "imul eax, ebx\nimul eax, ebx, 5\nimul eax, [ebx], 500\nimul eax, 7\nmul ecx\ndiv byte[ebx]\nidiv ecx",
            "shl eax, 1\nshl eax, 4\nshl eax, cl\nsar byte[ebx], 1\nshld eax, ebx, 3\nshrd [ecx], edx, cl\nrcl ax, 1",
            "bt eax, 3\nbts [ebx], eax\nbsf eax, ebx\nsetz al\nsetnbe byte[ebx]\ncmovz eax, ebx\ncmovnle ecx, [edx]",
            "enter 16, 0\nret 8\nretf\nretf 4\naam\naad\ndaa\ndas\nxlatb\ncwde\ncdq\ncbw\nlahf\nsahf",
            "test eax, eax\ntest al, 1\ntest [ebx], eax\nxchg eax, ebx\nxchg [ebx], ecx\nxchg eax, eax\ncmp byte[eax], 'a'",
            "add eax, 1\nadd eax, 127\nadd eax, 128\nadd eax, -128\nadd eax, -129\nadd al, 5\nadd ax, 500\nsub ebx, 0x80",
            "mov al, 5\nmov ax, 0x1234\nmov eax, 0xffffffff\nmov eax, 'abcd'\nmov byte[ebx], -1\nmov dword[ebx], 0xffffffff",
            "cs lodsb\nfs movsb\na16 lodsb\nrep fs movsb",
            "mov eax, 1Fh\nmov eax, 101b\nmov eax, 17o\nmov al, 0FFh\nmov eax, 0x1_000",
            "mov eax, [bx + si]\nmov ax, [bp + 4]\nmov [bx], al\nmov eax, [di]",
            "mov eax, 1 << 4 | 2\nmov ebx, 0xff & ~0xf\nmov ecx, 9 / 2\nmov esi, 5 ^ 3",
            "bits 16\nmov ax, 1\nmov eax, 1\njmp here\nhere: bits 32\nmov ax, 1\nmov eax, 1",
            "nop\ntimes 2 resb 3\nresw 2\nresd 1",
            "call next\nnext: pop ebp\nsub ebp, next - $$\nmov eax, [ebp + next - $$]",
            "sysenter\nsysexit\nrdmsr\nwrmsr\nrdpmc\ninvd\ncmpxchg [ebx], ecx\nbound eax, [ebx]",
            "loope $\nloopne $\njmp $\njmp $ + 2");

    private static final List<String> BITS_16 = List.of(
            "cli\nxor ax, ax\nmov ds, ax\nmov ss, ax\nmov sp, 0x7c00\nsti\nint 0x13\nhlt",
            "mov ax, [bx]\nmov ax, [bx + si]\nmov [bp + di + 4], al\nmov ax, [0x1234]\nmov eax, [ebx]\nmov ax, [bp]",
            "lgdt [table]\nmov eax, cr0\nor al, 1\nmov cr0, eax\njmp 0x08:target\ntarget: nop\ntable: dw 23\ndd 0x800",
            "jmp dword 0x08:0x12345\ncall 0x1234:0x5678\njmp far [bx]",
            "start: jmp start\njz start\ntimes 130 nop\njz start\njmp start\ncall start",
            "push 5\npush word 300\npush dword 5\npushf\npushfd\npopf\niret\nretf\nret\nmovsw\nmovsd\npusha\npushad",
            "rep movsb\nin al, dx\nout 0x20, al\nloop $\njcxz $\nmov si, msg\nmsg: db 'boot', 0\ntimes 510-($-$$) db 0\ndw 0xaa55");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> thirty_two_bit_sources_assemble_to_the_bytes_of_nasm() {
        return tests(32, BITS_32);
    }

    @TestFactory
    Stream<DynamicTest> sixteen_bit_sources_assemble_to_the_bytes_of_nasm() {
        return tests(16, BITS_16);
    }

    private Stream<DynamicTest> tests(int bits, List<String> sources) {
        return sources.stream()
                .map(source -> DynamicTest.dynamicTest(
                        source.replace("\n", "; "),
                        () -> assertThat(ours(bits, source)).isEqualTo(nasm(bits, source))));
    }

    private static String ours(int bits, String source) {
        byte[] bytes = Scripts.section(bits == 32 ? "kernel" : "real", source);
        return HexFormat.of().formatHex(bytes);
    }

    private String nasm(int bits, String source) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/nasm")), "nasm is not installed here");
        Path in = folder.resolve("source.asm");
        Path out = folder.resolve("source.bin");
        String header = "bits " + bits + "\norg " + (bits == 32 ? "0x100000" : "0x7c00") + "\n";
        Files.writeString(in, header + source + "\n");
        Process nasm = new ProcessBuilder("nasm", "-f", "bin", "-o", out.toString(), in.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(nasm.getInputStream().readAllBytes());
        assertThat(nasm.waitFor()).as("nasm says %s", said).isZero();
        return HexFormat.of().formatHex(Files.readAllBytes(out));
    }
}

package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.lab.Comparison;
import ringside.lab.ComparisonResult;
import ringside.lab.ExperimentResult;

/** A script's device behind physical addresses, reached by every kind of instruction: the same in every mode. */
class DeviceMemoryTest {
    /** Each answer follows from all accesses before it, their order, places, widths and values. */
    private static final String DEVICE = """
            server { year 2008 }
            device('probe') {
                mmio 0xd0000000, 8.KiB
                irq 5
                register 'hash', at: 0, bits: 32, reset: 1
                read { where, width -> hash = hash * 31 + where * 8 + width; hash >>> 3 }
                write { where, width, value ->
                    hash = hash * 31 + where * 64 + width + value
                    if ((where & 0xfff) == 0xff0) interrupt()
                }
            }
            def g = guest('mmio') {
                paging true
                map 0x400000, to: 0xd0000000, user: true
                map 0x401000, to: 0xd0001000, user: true
                map 0x300000, to: 0x300000, user: true
                tss esp0: 0x8f000
                kernel {
                    enableLine 5
                    cld
                    mov ebx, 0x400010
            %s
                    enableInterrupts
                    mov byte[0x400ff0], 1
                    nop
                    disableInterrupts
                    mov ebp, [0x400100]
                    checkpoint 'kernel', ebp, eax, ecx, edx, dword[got], dword[0x300000]
            %s
                }
                interrupt 0x25, {
                    push eax
                    inc dword[got]
                    mov eax, [0x400014]
                    endOfInterrupt
                    pop eax
                    returnFromInterrupt
                }
                data { got: dd 0 }
            %s
            }
            experiment('mmio') { run g }
            """;

    private static final List<String> ACCESSES = List.of(
            "mov eax, [ebx + @]",
            "mov cx, [ebx + @]",
            "mov dl, [ebx + @]",
            "mov [ebx + @], eax",
            "mov [ebx + @], cx",
            "mov [ebx + @], dl",
            "mov dword[ebx + @], 0x12345678",
            "movzx edx, byte[ebx + @]",
            "movsx ecx, word[ebx + @]",
            "add [ebx + @], ecx",
            "adc ecx, [ebx + @]",
            "xchg eax, [ebx + @]",
            "lock inc dword[ebx + @]",
            "lock xadd [ebx + @], eax",
            "cmpxchg [ebx + @], ecx",
            "bts dword[ebx + @], 5",
            "btr dword[ebx + @], 7",
            "not byte[ebx + @]",
            "neg word[ebx + @]",
            "shl dword[ebx + @], 3",
            "rcr word[ebx + @], 1",
            "imul edx, [ebx + @], 7",
            "cmp eax, [ebx + @]",
            "test byte[ebx + @], 4",
            "push dword[ebx + @]\npop dword[ebx + 20]",
            "setz byte[ebx + @]",
            "cmovz eax, [ebx + @]",
            "mov esi, 0x400000 + @\nmov edi, 0x300000\nmov ecx, 5\nrep movsd",
            "mov esi, 0x300000\nmov edi, 0x400000 + @\nmov ecx, 7\nrep movsw",
            "mov edi, 0x400000 + @\nmov ecx, 3\nrep stosd",
            "mov esi, 0x400000 + @\nmov edi, 0x400080\nmov ecx, 3\nrep movsb",
            "mov esi, 0x400000 + @\nlodsd",
            "mov edi, 0x400000 + @\nmov ecx, 4\nrepne scasb",
            "mov esi, 0x400000 + @\nmov edi, 0x300000\nmov ecx, 4\nrepe cmpsd",
            "mov eax, [0x400ffd]",
            "mov [0x400ffe], eax",
            "mov ax, [0x400fff]",
            "mov word[0x400fff], 7",
            "mov eax, [0x401ffc]");

    private static String accesses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.ints(40, 0, ACCESSES.size())
                .mapToObj(i -> ACCESSES.get(i).replace("@", Integer.toString(random.nextInt(0x200))))
                .collect(Collectors.joining("\n"));
    }

    private static void same(String script) {
        ComparisonResult result = Comparison.run(
                Scripts.run(script).experiments().getFirst(), Comparison.Choice.EVERYTHING, 10_000, doing -> {});
        assertThat(result.runs()).hasSizeGreaterThan(12);
        for (ExperimentResult.Run run : result.runs()) {
            assertThat(run.stopped()).as(run.setting().label()).isEqualTo("halt");
            assertThat(run.divergence())
                    .as(run.setting().label() + "\n" + script)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void kernels_reach_it_alike_in_every_mode_with_every_memory_strategy(long seed) {
        same(DEVICE.formatted(accesses(seed), "halt", ""));
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8})
    void users_reach_it_alike_where_their_kernel_runs_inside_ring_3(long seed) {
        String script = DEVICE.formatted(
                accesses(seed),
                "enterUser user",
                "user { mov ebx, 0x400010\nxor eax, eax\n" + accesses(seed + 100)
                        + "\nmov ebp, [0x400100]\nint 0x80 }\n"
                        + "interrupt(0x80, dpl: 3) { checkpoint 'user', ebp, eax, ecx, edx\nhalt }");
        ComparisonResult result = Comparison.run(
                Scripts.run(script).experiments().getFirst(), Comparison.Choice.EVERYTHING, 10_000, doing -> {});
        for (ExperimentResult.Run run : result.runs()) {
            boolean shares = run.setting().options().getOrDefault("ring", "1").equals("3");
            assertThat(run.divergence().isEmpty() || shares)
                    .as(run.setting().label() + "\n" + script)
                    .isTrue();
        }
        assertThat(result.runs()).hasSizeGreaterThan(12);
    }
}

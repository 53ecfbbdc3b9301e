package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.error.RingsideException;
import ringside.lab.HostResult;
import ringside.lab.HostSpec;
import ringside.vmm.frames.MachineMemory;

/** The words of a host block, what they do, and how mistakes in them are told. */
class HostBlockTest {
    private static final String GUESTS = """
            def count = guest('count') {
                kernel {
                    mov ecx, 150000
                    again:
                    dec ecx
                    jnz again
                    mov al, 0x21
                    out 0xe9, al
                    checkpoint 'done', ecx
                    hlt
                }
            }
            def spin = guest('spin') { kernel { again: jmp again } }
            server { year 2008; memory 4.MiB }
            """;

    private static HostResult run(String body) {
        HostSpec spec = (HostSpec)
                Scripts.run(GUESTS + "host('h') {\n" + body + "\n}\n").studies().getFirst();
        return spec.investigate();
    }

    @Test
    void run_steal_and_idle_add_up_to_the_life_of_a_vm() {
        HostResult result = run("""
                vm 'a', guest: count, under: hardware
                vm 'b', guest: spin, under: translated
                budget 10.ms
                """);
        HostResult.Account spinner = result.vm("b").account();
        assertThat(result.machineTime()).isEqualTo(1_000_000);
        assertThat(spinner.run() + spinner.steal() + spinner.idle()).isEqualTo(1_000_000);
        assertThat(result.vm("a").stopped()).isEqualTo("halt");
        assertThat(result.vm("a").account().run()).isEqualTo(result.vm("a").instructions());
        assertThat(result.vm("b").stopped()).isEqualTo("budget");
    }

    @Test
    void weights_are_proportions() {
        HostResult result = run("""
                vm 'one', guest: spin, under: hardware
                vm 'three', guest: spin, under: deprivileged, weight: 3
                schedule weighted(slice: 100.us)
                budget 40.ms
                expect vm('one').gets(25)
                expect vm('three').gets(74..76)
                """);
        assertThat(result.asExpected()).as(result.text()).isTrue();
    }

    @Test
    void a_script_can_be_the_scheduler() {
        HostResult result = run("""
                vm 'first', guest: count, under: hardware
                vm 'second', guest: count, under: hardware
                schedule { now, ready -> [ready.find { it.name == 'second' } ?: ready[0], 2.ms] }
                """);
        assertThat(result.vm("second").account().steal()).isZero();
        assertThat(result.vm("first").account().steal())
                .isEqualTo(result.vm("second").account().run());
        assertThat(result.text()).contains("the script's own scheduler");
    }

    @Test
    void a_ported_guest_that_yields_leaves_the_rest_of_its_turn_to_others() {
        String polite = """
                def polite = guest('polite') {
                    kernel {
                        mov esi, 50
                        again:
                        hypercall 'sched_op', 0, 0
                        dec esi
                        jnz again
                        halt
                    }
                }
                """;
        HostResult result = run(polite + """
                vm 'works', guest: count, under: hardware
                vm 'yields', guest: polite, under: paravirtual
                schedule roundRobin(slice: 50.us)
                expect vm('yields').stops('halt')
                """);
        assertThat(result.asExpected()).as(result.text()).isTrue();
        assertThat(result.vm("yields").account().turns()).isGreaterThan(50);
        assertThat(result.vm("yields").account().run()).isLessThan(1_000);
        HostResult alone = run(polite + "vm 'yields', guest: polite, under: paravirtual");
        assertThat(alone.vm("yields").stopped()).isEqualTo("halt");
    }

    @Test
    void two_processors_run_two_at_a_time() {
        HostResult result = run("""
                vm 'a', guest: count, under: hardware
                vm 'b', guest: count, under: hardware
                processors 2
                """);
        assertThat(result.vms())
                .allSatisfy(vm -> assertThat(vm.account().steal()).isZero());
        assertThat(result.machineTime()).isEqualTo(result.vm("a").instructions());
    }

    @Test
    void a_world_switch_may_take_time() {
        String two = """
                vm 'a', guest: count, under: hardware
                vm 'b', guest: count, under: hardware
                """;
        HostResult free = run(two);
        HostResult dear = run(two + "switching 10.us\n");
        long switches =
                dear.vms().stream().mapToLong(vm -> vm.account().switches()).sum();
        assertThat(dear.machineTime()).isEqualTo(free.machineTime() + (switches - 1) * 1_000);
    }

    @Test
    void the_same_script_gives_the_same_bytes() {
        String body = """
                vm 'a', guest: count, under: paravirtual
                vm 'b', guest: spin, under: translated
                budget 5.ms
                table run, steal, turns, memory
                """;
        assertThat(run(body.replace("paravirtual", "hardware")).json())
                .isEqualTo(run(body.replace("paravirtual", "hardware")).json());
        assertThat(run(body.replace("paravirtual", "hardware")).text()).contains("1024 own");
    }

    @Test
    void pages_of_equal_content_are_shared_from_time_to_time() {
        HostResult result = run("""
                vm 'a', guest: count, under: hardware
                vm 'b', guest: count, under: hardware
                share every: 1.ms
                expect vm('a').undisturbed
                """);
        assertThat(result.asExpected()).as(result.text()).isTrue();
        assertThat(result.vm("a").memory().orElseThrow().shared()).isGreaterThan(900);
    }

    @Test
    void guests_may_be_promised_more_memory_than_there_is() {
        HostResult result = run("""
                def write = { name -> guest(name) {
                    kernel {
                        mov edi, 0x200000
                        again:
                        mov [edi], edi
                        add edi, 0x1000
                        cmp edi, 0x3f0000
                        jb again
                        mov eax, [0x200000]
                        add eax, [0x3ef000]
                        checkpoint 'kept', eax
                        hlt
                    }
                } }
                server { year 2008; memory 4.MiB; frames 'lazy' }
                vm 'a', guest: write('a'), under: hardware
                vm 'b', guest: write('b'), under: deprivileged
                schedule roundRobin(slice: 1.us)
                machine 3.MiB
                reclaim every: 5.us, free: 16
                expect vm('a').undisturbed
                expect vm('b').undisturbed
                table memory, swapped
                """);
        assertThat(result.asExpected()).as(result.text()).isTrue();
        assertThat(result.text()).contains("machine memory: 3 MiB for 8 MiB that guests have");
        assertThat(result.vm("a").memory().orElseThrow().reclaimed()).isPositive();
        assertThat(result.vm("b").memory().orElseThrow().broughtBack()).isPositive();
    }

    @Test
    void the_memory_of_the_server_is_accounted_for_after_each_thing_done_to_it() {
        HostResult result = run("""
                vm 'a', guest: count, under: hardware
                vm 'b', guest: count, under: translated
                share every: 1.ms
                balloon 'a', at: 1.ms, from: 0x300000, pages: 16
                reclaim 'b', at: 1.ms, from: 0x300000, pages: 32
                expect vm('a').undisturbed
                expect vm('b').undisturbed
                budget 1500.us
                """);
        List<MachineMemory.Standing> standing = result.memory().events().stream()
                .map(HostResult.MemoryEvent::standing)
                .toList();
        assertThat(result.memory().events().stream().map(HostResult.MemoryEvent::what))
                .satisfiesExactly(
                        share -> assertThat(share).matches("share: \\d+ of \\d+ pages merged"),
                        balloon -> assertThat(balloon).isEqualTo("balloon: 16 pages of 'a' from 00300000"),
                        reclaim -> assertThat(reclaim).isEqualTo("reclaim: 32 pages of 'b' from 00300000"),
                        end -> assertThat(end).isEqualTo("the end"));
        // all of them were zeros, and showed one frame
        assertThat(standing.get(1).zeros()).isEqualTo(standing.get(0).zeros() - 16);
        assertThat(standing.get(2).zeros()).isEqualTo(standing.get(1).zeros() - 32);
        assertThat(standing.get(2).inUse()).isEqualTo(standing.get(0).inUse());
        assertThat(standing).allSatisfy(now -> assertThat(now.saved()).isGreaterThan(now.zeros()));
        assertThat(result.json()).contains("\"framesSavedOfZeros\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "balloon 'a', at: 1.ms, from: 0, pages: 1 | there is no vm 'a' | declare it first",
                "vm 'a', guest: count, under: hardware; reclaim 'a', at: 1.ms | does not say when and what | from:",
                "vm 'a', guest: count, under: hardware; reclaim 'a', at: 1.ms, from: 5, pages: 1 | 00000005 is no page | 0x1000",
                "vm 'a', guest: count, under: hardware; reclaim 'a', at: 1.ms, from: 0, pages: 9999 | 'pages' of vm is 9999 | to 1024",
                "vm 'a', guest: count, under: hardware; reclaim 'a', at: 1.ms, from: 0x3ff000, pages: 2 | 'from' of vm | from 0",
                "vm 'a', guest: count, under: bare; balloon 'a', at: 1.ms, from: 0, pages: 1 | 'a' is bare | another mode",
                "vm 'a', guest: count, under: hardwar | unknown word 'hardwar' in host | hardware",
                "vm 'a', guest: count, undr: hardware | unknown setting 'undr' of vm 'a' | under",
                "vm 'a', guest: 3, under: hardware | vm 'a' has no guest | guest: guest",
                "vm 'a', guest: count, under: hardware, weight: 0 | 'weight' of vm is 0 | 1 to",
                "schedule roundRobn(slice: 1.ms) | unknown setting 'roundRobn' in host | roundRobin",
                "schedule roundRobin(slce: 1.ms) | unknown setting 'slce' of roundRobin | slice",
                "schedule 7 | 'schedule' does not take 7 | weighted",
                "clocks 'owm' | unknown clocks 'owm' | own",
                "expect vm('x').undisturbed | there is no vm 'x' | declare it first",
                "table stel | unknown word 'stel' in host | steal",
                "processors 0 | 0 processors | 1 to 64",
                "machine 100 | machine memory of 100 bytes is not possible | machine 12.MiB",
                "reclaim every: 1.ms | 'reclaim' does not say how often and how many | free: 64",
                "share 5.ms | 'share' in host does not take | share every",
                "budget 5.ms | host 'h' has no vm | vm 'a'",
            })
    void mistakes_are_told_with_what_to_write(String line, String what, String remedy) {
        assertThatThrownBy(() -> run(line))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining(what)
                .hasMessageContaining("test.groovy, line")
                .hasMessageContaining(remedy);
    }

    @Test
    void a_scheduler_that_chooses_nobody_is_refused_with_its_line() {
        assertThatThrownBy(() -> run("vm 'a', guest: count, under: hardware\nschedule { now, ready -> null }"))
                .hasMessageContaining("the scheduler gave no vm")
                .hasMessageContaining("one of those that are ready");
        assertThatThrownBy(() -> run("vm 'a', guest: count, under: hardware\nschedule { now, ready -> ready.foo }"))
                .hasMessageContaining("line 17");
    }

    @Test
    void two_guests_without_a_vmm_cannot_share_a_server() {
        assertThatThrownBy(() -> run("vm 'a', guest: count, under: bare\nvm 'b', guest: spin, under: hardware"))
                .hasMessageContaining("no VMM to share the server");
    }
}

package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import ringside.dsl.ScriptRunner;
import ringside.lab.Experiment;
import ringside.lab.ExperimentResult;
import ringside.lab.ExperimentSpec;
import ringside.lab.Setting;
import ringside.lab.generate.RandomProgram;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmmRegion;

/** Nothing of the VMM's is seen by a guest, and nothing of the VMM's memory can be reached by one. */
class LeakProperties {
    private static final int PROGRAMS = Integer.getInteger("ringside.programs", 36) / 4;
    private static final long SEED = Long.getLong("ringside.seed", 20061021);
    private static final int PIECES = 16;

    /** A word that stands in every part of the VMM's region that it does not use. */
    private static final int CANARY = 0xc7d5a9e3;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int[][] UNUSED = {
        {0x45000, VmmRegion.STACK_TOP - 0x200},
        {VmmRegion.GUARD, VmmRegion.GUARD + 0x1000},
        {VmmRegion.POOL_END - 0x10000, VmmRegion.POOL_END},
        {VmmRegion.SIZE - 0x20000, VmmRegion.SIZE}
    };

    private static final List<Setting> PROMISED = List.of(
            new Setting("translated").with("user", "translated"),
            new Setting("translated").with("user", "translated").with("emulation", "callout"),
            new Setting("hardware"));
    private static final List<Setting> EXPOSED = List.of(
            new Setting("deprivileged"), new Setting("deprivileged").with("ring", "3"), new Setting("translated"));

    private static List<Setting> all() {
        List<Setting> all = new ArrayList<>(PROMISED);
        all.addAll(EXPOSED);
        return all;
    }

    // ---- a guest that looks everywhere

    /** Stores all that instructions can tell of the machine; the top of linear space is written, then read back. */
    private static final String CURIOUS = """
            def g = guest('curious') {
                tss esp0: 0x8f000
                %s
                for (vector in [6, 10, 11, 12, 13]) {
                    interrupt(vector) {
                        mov eax, [esp]
                        mov [edi], eax
                        add edi, 4
                        mov esp, [0x180000]
                        jmp [0x180004]
                    }
                }
                interrupt(14) {
                    mov eax, cr2
                    mov [edi], eax
                    add edi, 4
                    mov esp, [0x180000]
                    jmp [0x180004]
                }
                interrupt(0x80, dpl: 3) {
                    hlt
                }
                kernel {
                    mov edi, 0x190000
                    mov [0x180000], esp
                    %s
                    %s
                    mov dword[0x180004], finish
                    enterUser user, IF
                    finish:
                    hlt
                }
                user {
                    %s
                    int 0x80
                }
            }
            experiment('curious') { run g, under: [bare] }
            """;

    private static final String PAGING =
            "paging true\nmap 0x190000, user: true\nmap 0x191000, user: true\nmap 0x192000, user: true\n";

    /** The last 4 MiB of linear space are the first of memory: the guest's own, where the VMM's region lies. */
    private static final String TOP_MAPPED = "mov eax, [0x4000]\nmov [0x4ffc], eax\nmov eax, cr3\nmov cr3, eax";

    private static final List<String> ANYWHERE = List.of(
            "sgdt [edi]",
            "sidt [edi]",
            "sldt eax",
            "str eax",
            "smsw eax",
            "pushfd\npop eax",
            "mov eax, cs",
            "mov eax, ss",
            "mov eax, ds",
            "mov eax, es",
            "mov eax, fs",
            "mov eax, gs",
            "xor eax, eax\ncpuid\nmov eax, ebx",
            "mov eax, 1\ncpuid\nxor eax, edx",
            "rdtsc",
            "mov eax, [0xffc00000]",
            "mov eax, [0xffc42064]",
            "mov eax, [0xfff00000]",
            "mov eax, [0xfffffffc]",
            "mov eax, [gs:0]",
            "mov eax, [fs:0xffc00000]",
            "mov dword[0xffc00000], 0x12345678\nmov eax, [0xffc00000]",
            "mov eax, [esp - 4]",
            "mov eax, [esp - 64]",
            "mov dx, 0x3f8\nin al, dx",
            "mov ecx, 0x174\nrdmsr",
            "in al, 0x21",
            "mov eax, [gs:0xfffc]",
            "push 0x11111111\npop ebx\nmov eax, [esp - 4]");

    private static final List<String> IN_KERNELS = List.of(
            "mov eax, cr0",
            "mov eax, cr2",
            "mov eax, cr3",
            "mov eax, cr4",
            "mov eax, dr0",
            "mov eax, dr3",
            "mov eax, dr6",
            "mov eax, dr7",
            "mov ecx, 0x10\nrdmsr",
            "mov ecx, 0x175\nrdmsr",
            "mov ecx, 0x176\nrdmsr",
            "mov ecx, 0xc0000080\nrdmsr",
            "mov ecx, 0\nrdpmc",
            "mov ax, 0xffc8\nmov gs, ax",
            "mov ax, 0xffe8\nlar eax, ax",
            "mov ax, 0xfff0\nlsl eax, ax",
            "mov ax, 0xffd0\nltr ax",
            "verr ax",
            "int 0xf0",
            "int 0x82",
            "int 0xff");

    private static String looking(List<String> instructions, boolean user) {
        StringBuilder code = new StringBuilder();
        int at = 0;
        for (String instruction : instructions) {
            String next = (user ? "user" : "kernel") + "_" + at++;
            // user code cannot write where its handlers resume: it leaves by its own next label
            code.append(user ? "" : "mov dword[0x180004], " + next + "\n")
                    .append("mov eax, 0x5eed\n")
                    .append(instruction)
                    .append("\nmov [edi], eax\nadd edi, 8\n")
                    .append(next)
                    .append(":\n");
        }
        for (int selector = 0; selector <= 0x40 && !user; selector += 4) {
            code.append("mov ax, ").append(selector).append("\nxor ebx, ebx\nlar ebx, ax\nmov [edi], ebx\n");
            code.append("xor ebx, ebx\nlsl ebx, ax\nmov [edi + 4], ebx\nadd edi, 8\n");
        }
        return code.toString();
    }

    private static ExperimentSpec curious(boolean paging, List<Setting> settings) {
        List<String> kernel = new ArrayList<>(ANYWHERE);
        kernel.addAll(IN_KERNELS);
        List<String> harmless = ANYWHERE.stream()
                .filter(text -> !text.contains("0xff") && !text.contains("in al") && !text.contains("rdmsr"))
                .filter(text -> !text.contains("gs:"))
                .toList();
        String script = CURIOUS.formatted(
                paging ? PAGING : "", paging ? TOP_MAPPED : "", looking(kernel, false), looking(harmless, true));
        ExperimentSpec spec = ScriptRunner.run(script, "curious.groovy", System.err)
                .experiments()
                .getFirst();
        return new ExperimentSpec(
                "curious", RandomProgram.SERVER.withRam(3), spec.guest(), settings, List.of(), List.of(), 20_000);
    }

    @Example
    void a_guest_that_looks_everywhere_finds_what_the_bare_machine_has() {
        List<Setting> settings = new ArrayList<>(PROMISED);
        settings.add(new Setting("deprivileged"));
        settings.add(new Setting("translated"));
        for (ExperimentSpec spec : List.of(curious(false, PROMISED), curious(true, settings))) {
            ExperimentResult result = Experiment.run(spec);
            for (ExperimentResult.Run run : result.runs()) {
                assertThat(run.stopped()).as(run.setting().label()).isEqualTo("halt");
                assertThat(run.controlled()).isTrue();
                if (PROMISED.contains(run.setting())) {
                    assertThat(run.divergence()).as(result.text()).isEmpty();
                } else {
                    assertThat(run.unsound()).as(result.text()).isFalse();
                    assertThat(run.divergence().orElseThrow().cured())
                            .as(result.text())
                            .contains(true);
                }
            }
        }
    }

    // ---- canaries

    private static void plant(PhysicalMemory memory) {
        for (int[] range : UNUSED) {
            for (int at = range[0]; at < range[1]; at += 4) {
                memory.put32(at, CANARY);
            }
        }
    }

    /** Where a guest could see the canary, in words; empty where nowhere. */
    private static String found(VirtualMachine machine) {
        Cpu cpu = machine.state();
        List<Integer> words = new ArrayList<>();
        for (int register : cpu.r) {
            words.add(register);
        }
        words.addAll(List.of(cpu.cr0, cpu.cr2, cpu.cr3, cpu.cr4, cpu.sysenterCs, cpu.sysenterEsp, cpu.sysenterEip));
        for (int register : cpu.dr) {
            words.add(register);
        }
        words.addAll(List.of(cpu.gdtr.base, cpu.idtr.base, cpu.eip, cpu.eflags()));
        if (words.contains(CANARY)) {
            return "in a register";
        }
        for (int page = 0; page < machine.board().ramSize(); page += PhysicalMemory.PAGE) {
            int ma = machine.board().bus().direct(page, false);
            byte[] bytes = machine.board().bus().memory().read(ma, PhysicalMemory.PAGE);
            for (int at = 0; at < bytes.length - 3; at++) {
                if (bytes[at] == (byte) CANARY && (int) WORD.get(bytes, at) == CANARY) {
                    return String.format("at PA %08x", page + at);
                }
            }
        }
        return "";
    }

    @Example
    void no_word_of_the_VMMs_memory_turns_up_in_a_guest() {
        SplittableRandom seeds = new SplittableRandom(SEED + 1);
        for (int i = 0; i < PROGRAMS; i++) {
            RandomProgram program = RandomProgram.of(seeds.nextLong(), PIECES);
            for (Setting setting : all()) {
                VirtualMachine machine = program.experiment(List.of()).machine(setting);
                plant(machine.board().bus().memory());
                machine.run(RandomProgram.BUDGET);
                assertThat(found(machine))
                        .as("program %d under %s", i, setting.label())
                        .isEmpty();
            }
        }
        ExperimentSpec curious = curious(true, List.of());
        for (Setting setting : all()) {
            VirtualMachine machine = curious.machine(setting);
            plant(machine.board().bus().memory());
            machine.run(20_000);
            assertThat(found(machine)).as(setting.label()).isEmpty();
        }
    }

    @Example
    void a_canary_that_got_into_a_guest_is_found() {
        VirtualMachine machine = RandomProgram.of(1, 2).experiment(List.of()).machine(new Setting("hardware"));
        assertThat(found(machine)).isEmpty();
        machine.board().write(0x12345, new byte[] {
            (byte) CANARY, (byte) (CANARY >> 8), (byte) (CANARY >> 16), (byte) (CANARY >> 24)
        });
        assertThat(found(machine)).isEqualTo("at PA 00012345");
    }

    // ---- what could be reached

    @Example
    void at_no_step_could_guest_code_reach_memory_that_is_not_the_guests() {
        SplittableRandom seeds = new SplittableRandom(SEED + 2);
        for (int i = 0; i < PROGRAMS; i++) {
            RandomProgram program = RandomProgram.of(seeds.nextLong(), PIECES);
            for (Setting setting : all()) {
                VirtualMachine machine = program.experiment(List.of()).machine(setting);
                Stop stop = new Stop.Budget();
                for (int step = 0; step < 600 && stop instanceof Stop.Budget; step++) {
                    stop = machine.run(1);
                    if (step % 3 == 0) {
                        assertThat(machine.control().orElseThrow().losses())
                                .as("program %d under %s after %d", i, setting.label(), machine.retired())
                                .isEmpty();
                    }
                }
            }
        }
    }

    @Example
    void a_descriptor_or_a_page_that_opens_the_VMMs_memory_is_noticed() {
        VirtualMachine machine = RandomProgram.of(1, 2).experiment(List.of()).machine(new Setting("deprivileged"));
        machine.run(50);
        assertThat(machine.control().orElseThrow().losses()).isEmpty();
        PhysicalMemory memory = machine.board().bus().memory();
        memory.put32(VmmRegion.GDT + 0x800, 0x0000ffff);
        memory.put32(VmmRegion.GDT + 0x804, 0x00cfb300);
        assertThat(machine.control().orElseThrow().losses()).containsExactly("GDT entry 0800 covers the VMM's region");
        memory.put32(VmmRegion.GDT + 0x804, 0);
        int table = VmmRegion.POOL;
        memory.put32(table + 8 * 511, VmmRegion.GDT | 7);
        assertThat(machine.control().orElseThrow().losses())
                .hasSize(1)
                .first()
                .asString()
                .contains("maps the VMM's page");
    }
}

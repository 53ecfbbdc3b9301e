package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.host.Clocks;
import ringside.host.Schedulers;
import ringside.lab.Attachment;
import ringside.lab.HostExpectation;
import ringside.lab.HostResult;
import ringside.lab.HostSpec;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;
import ringside.vmm.frames.Layout;

/** Whatever a virtual machine does, those beside it see nothing of it but timing. */
class NeighbourProperties {
    /** Naps, computes, changes page tables, faults, writes a disk and says so; in the ported form too. */
    private static final String WORKER = """
            guest('worker') {
                paging true
                tss esp0: 0x8f000
                kernel {
                    loadTrapGate 14, fault, 0
                    enableLine 0
                    startTimer 5000
                    nap:
                    waitForInterrupt
                    cmp dword[naps], 3
                    jb nap
                    ported { hypercall 'set_timer', 0 }
                    enableInterrupts
                    nop
                    disableInterrupts
                    mov ecx, 5000
                    work:
                    add dword[sum], ecx
                    loop work
                    for (n in 0..<4) {
                        setPte 0x400000 + n * 0x1000, 0x300000 + n * 0x1000 | 7
                        flushPage 0x400000 + n * 0x1000
                        mov dword[0x400000 + n * 0x1000], n + 7
                    }
                    setPte 0x404000, 0
                    flushPage 0x404000
                    mov eax, [0x404000]
                    checkpoint 'worked', eax, dword[sum], dword[0x303000]
                    for (pair in [[0x1f2, 1], [0x1f3, 2], [0x1f4, 0], [0x1f5, 0], [0x1f6, 0xe0], [0x1f7, 0x30]]) send(pair)
                    ready:
                    in al, dx
                    test al, 0x80
                    jnz ready
                    mov esi, 0x100000
                    mov ecx, 256
                    mov edx, 0x1f0
                    rep outsw
                    mov edx, 0x1f7
                    stored:
                    in al, dx
                    test al, 0x80
                    jnz stored
                    mov al, 0x21
                    out 0xe9, al
                    checkpoint 'stored', al
                    halt
                }
                interrupt 0x20, {
                    push eax
                    cmp dword[naps], 3
                    jae late
                    inc dword[naps]
                    late:
                    endOfInterrupt
                    pop eax
                    returnFromInterrupt
                }
                code('repairs', at: 0x150000) {
                    fault:
                    add esp, 4
                    setPte 0x404000, 0x305000 | 7
                    flushPage 0x404000
                    returnFromInterrupt
                }
                data {
                    naps: dd 0
                    sum: dd 0
                }
            }
            """;

    private static final Map<String, String> NEIGHBOURS = new TreeMap<>(Map.of(
            "spins", "kernel { disableInterrupts; around: jmp around }",
            "floods", """
            kernel {
                disableInterrupts
                again:
                unported { cpuid }
                hypercall 'version'
                jmp again
            }""",
            "asks without end", """
            kernel {
                disableInterrupts
                again:
                unported { mov eax, cr0 }
                ported { hypercall 'flush_all' }
                out 0xe9, al
                jmp again
            }""",
            "crashes", """
            kernel { disableInterrupts; unported { lidt [nothing] }; ud2 }
            data { nothing: dw 0; dd 0 }
            """,
            "fills its disk", """
            kernel {
                disableInterrupts
                mov ebx, 0
                store:
                for (pair in [[0x1f2, 1], [0x1f4, 0], [0x1f5, 0], [0x1f6, 0xe0]]) send(pair)
                mov al, bl
                mov edx, 0x1f3
                out dx, al
                mov al, 0x30
                mov edx, 0x1f7
                out dx, al
                ready:
                in al, dx
                test al, 0x80
                jnz ready
                test al, 1
                jnz full
                mov esi, 0x100000
                mov ecx, 256
                mov edx, 0x1f0
                rep outsw
                inc ebx
                jmp store
                full:
                mov al, 0x2a
                out 0xe9, al
                jmp full
            }""",
            "writes all its memory", """
            kernel {
                disableInterrupts
                again:
                mov edi, 0x200000
                next:
                stosd
                add edi, 1020
                cmp edi, 0x400000
                jb next
                inc eax
                jmp again
            }"""));

    private static final List<Setting> SETTINGS = List.of(
            new Setting("hardware"),
            new Setting("hardware").withMemory("nested"),
            new Setting("translated"),
            new Setting("deprivileged"),
            new Setting("paravirtual"),
            new Setting("paravirtual").withMemory("direct"));

    private static final String SEND = """
            def send(pair) {
                def port = pair[0]
                def value = pair[1]
                mov al, value
                mov edx, port
                out dx, al
            }
            """;

    private static final Map<String, GuestImage> MADE = new HashMap<>();

    private static GuestImage guest(String text) {
        return MADE.computeIfAbsent(text, NeighbourProperties::compiled);
    }

    private static GuestImage compiled(String text) {
        return ScriptRunner.run(SEND + text, "neighbours.groovy", new PrintStream(new ByteArrayOutputStream()))
                .guests()
                .getFirst();
    }

    /** @param scarce whether machine memory is to be short */
    record Scene(
            Setting worker,
            List<Setting> under,
            List<String> kinds,
            String scheduler,
            int slice,
            Clocks clocks,
            boolean scarce) {
        boolean overcommitted() {
            return scarce && framesMove();
        }

        /** Not where page tables of a guest hold machine addresses: it would see that a frame went. */
        private boolean framesMove() {
            return !worker.memory().equals("direct")
                    && under.stream().noneMatch(setting -> setting.memory().equals("direct"));
        }

        List<HostSpec.MemoryWork> periodic() {
            return framesMove() ? List.of(new HostSpec.MemoryWork.Share(200_000)) : List.of();
        }
    }

    @Provide
    Arbitrary<Scene> scenes() {
        Arbitrary<Setting> settings = Arbitraries.of(SETTINGS);
        Arbitrary<String> kinds = Arbitraries.of(NEIGHBOURS.keySet());
        return Combinators.combine(
                        settings,
                        settings.list().ofSize(2),
                        kinds.list().ofMinSize(1).ofMaxSize(2),
                        Arbitraries.of(Schedulers.names()),
                        Arbitraries.of(170, 1_000, 9_999, 20_000),
                        Arbitraries.of(Clocks.values()),
                        Arbitraries.of(true, false))
                .as(Scene::new);
    }

    private static ServerSpec server(boolean lazy) {
        ServerSpec server = ServerSpec.of(2008).withRam(4);
        return lazy
                ? new ServerSpec(
                        2008, server.cpu(), 4, 1, List.of(), server.memory().with(Layout.LAZY))
                : server;
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF, seed = "20050506")
    void nothing_a_neighbour_does_can_be_seen(@ForAll("scenes") Scene scene) {
        List<HostSpec.Vm> vms = new ArrayList<>();
        Attachment disk = new Attachment.Drive("disk", 0, 8 * 512, Optional.empty());
        vms.add(new HostSpec.Vm("worker", guest(WORKER), scene.worker(), 1, 4, List.of(disk)));
        for (int i = 0; i < scene.kinds().size(); i++) {
            String body = NEIGHBOURS.get(scene.kinds().get(i));
            GuestImage image = guest("guest('neighbour') {\n" + body + "\n}");
            vms.add(new HostSpec.Vm("neighbour " + i, image, scene.under().get(i), 1, 4, List.of(disk)));
        }
        HostSpec spec = new HostSpec(
                scene.toString(),
                server(scene.overcommitted()),
                vms,
                new HostSpec.Scheduling(
                        () -> Schedulers.named(scene.scheduler()).make().apply(scene.slice()), 1, 0, scene.clocks()),
                600_000,
                List.of(new HostExpectation.Undisturbed("worker"), new HostExpectation.Stops("worker", "halt")),
                List.of(),
                scene.overcommitted() ? 4 : 0,
                scene.periodic(),
                List.of(),
                List.of());
        HostResult result = spec.investigate();
        assertThat(result.held()).as(result.text()).allMatch(HostResult.Held::held);
        assertThat(result.vm("worker").checkpoints()).hasSize(2);
    }
}

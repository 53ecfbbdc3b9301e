package ringside.vmm.spi;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ringside.machine.board.Board;
import ringside.machine.cpu.Activity;
import ringside.machine.cpu.Cpu;
import ringside.machine.devices.DeviceCounts;
import ringside.observe.Counters;

/** What takes a real processor, or a VMM on it, long enough to be counted and priced. */
public enum CostEvent {
    INSTRUCTION("instruction", "instruction executed by the processor"),
    PORT("port", "port access that reached the bus"),
    DELIVERY("delivery", "exception or interrupt delivered to a handler, INT n included"),
    RETURN("eventReturn", "IRET", "iret", "iretd"),
    SYSENTER("fastCall", "SYSENTER", "sysenter"),
    SYSEXIT("fastReturn", "SYSEXIT", "sysexit"),
    CLI("interruptsOff", "CLI", "cli"),
    STI("interruptsOn", "STI", "sti"),
    POPF("flagsLoad", "POPF", "popf", "popfd"),
    CONTROL(
            "control",
            "load of a control, table or model-specific register, INVLPG",
            "mov cr",
            "lgdt",
            "lidt",
            "lldt",
            "ltr",
            "lmsw",
            "clts",
            "wrmsr",
            "invlpg"),
    RDTSC("timeRead", "RDTSC", "rdtsc"),
    CPUID("identification", "CPUID"),
    REFERENCE("reference", "reference to a page table on a TLB miss"),
    TRAP("trap", "arrival in the VMM by a fault, its handling, the way back"),
    CALLOUT("callout", "arrival in the VMM from translated code, its handling, the way back"),
    DISPATCH("dispatch", "way from one translated unit to the next through the VMM"),
    TRANSLATION("translation", "unit translated"),
    HYPERCALL("hypercall", "trap that the guest asked for, its handling, the way back"),
    BATCHED("batched", "request within a batch, carried out without a trap of its own"),
    VM_EXIT("vmExit", "VM exit"),
    VM_ENTRY("vmEntry", "VM entry"),
    VMCS_ACCESS("vmcs", "VMREAD or VMWRITE"),
    EMULATION("emulation", "VM exit handled, or instruction interpreted, by the VMM's software"),
    COPY("copy", "byte copied between the guest's memory and a device in the VMM");

    private final String word;
    private final String title;
    private final List<String> mnemonics;

    CostEvent(String word, String title, String... mnemonics) {
        this.word = word;
        this.title = title;
        this.mnemonics = List.of(mnemonics);
    }

    /** The word it is counted and priced under. */
    public String word() {
        return word;
    }

    /** What it is, in a few words. */
    public String title() {
        return title;
    }

    /** The event of this word, if there is one. */
    public static Optional<CostEvent> named(String word) {
        return Arrays.stream(values()).filter(event -> event.word.equals(word)).findFirst();
    }

    /** Adds to a VMM's work what its devices copied for their guest. */
    public static void copied(Counters work, Board guest) {
        work.add(COPY.word, guest.platform().counters().get(DeviceCounts.BYTES_COPIED));
    }

    /** What a processor did by itself; deliveries count wherever they led. */
    public static Counters of(Cpu cpu) {
        Counters work = Counters.of(Arrays.stream(values()).map(CostEvent::word).toArray(String[]::new));
        Activity activity = cpu.activity;
        work.add(INSTRUCTION.word, cpu.executed());
        work.add(PORT.word, activity.ports);
        work.add(DELIVERY.word, activity.deliveries);
        work.add(CPUID.word, activity.cpuids);
        work.add(REFERENCE.word, cpu.mmu.missReferences);
        activity.completed().forEach((mnemonic, count) -> {
            for (CostEvent event : values()) {
                work.add(event.word, event.mnemonics.contains(mnemonic) ? count : 0);
            }
        });
        return work;
    }
}

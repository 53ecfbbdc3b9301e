package ringside.vmm.mode.paravirtual;

import static ringside.vmm.spi.Argument.length;
import static ringside.vmm.spi.Argument.pa;
import static ringside.vmm.spi.Argument.page;
import static ringside.vmm.spi.Argument.va;
import static ringside.vmm.spi.Argument.value;

import java.util.List;
import ringside.vmm.spi.Argument;

/** The interface that a guest is ported to: every hypercall, one row each. */
public final class Hypercalls {
    /** INT with this vector is a hypercall; its gate has DPL 1. */
    public static final int VECTOR = 0x82;

    /** The number of the call that does not come back to its caller. */
    static final int IRET = 26;

    /** What {@code version} returns. */
    public static final int INTERFACE_VERSION = 1;

    /** As many calls one multicall takes. */
    public static final int MOST_CALLS = 64;

    static final int MOST_BYTES = Argument.MOST_BYTES, MOST_DESCRIPTORS = 512, MOST_UPDATES = 1024, MOST_PAGES = 1024;
    private static final boolean BATCHABLE = true, ALONE = false;

    /** In the order of their numbers. */
    public static final List<Hypercall> ALL = List.of(
            row(0, "version", BATCHABLE, (guest, a) -> INTERFACE_VERSION, "The version of this interface."),
            row(
                    1,
                    "console_write",
                    BATCHABLE,
                    ControlCalls::consoleWrite,
                    "Sends bytes to the console.",
                    va("text", 1),
                    length("length", MOST_BYTES)),
            row(
                    2,
                    "set_shared_page",
                    BATCHABLE,
                    EventCalls::setSharedPage,
                    "Dedicates a page of the guest to the virtual interrupt flag and the event bits.",
                    pa("page")),
            row(
                    3,
                    "set_trap_table",
                    BATCHABLE,
                    DescriptorCalls::setTrapTable,
                    "Registers handlers: vector, DPL and masking, CS, EIP; all of them or none.",
                    va("entries", 8),
                    length("count", 256)),
            row(
                    4,
                    "set_fast_trap",
                    BATCHABLE,
                    DescriptorCalls::setFastTrap,
                    "Lets INT n of ring 3 reach its handler without the VMM; 0 for none.",
                    value("vector", 255)),
            row(
                    5,
                    "set_gdt",
                    BATCHABLE,
                    DescriptorCalls::setGdt,
                    "Loads the GDT: code and data of rings 1 to 3 only; the guest cannot write it from then on.",
                    va("table", 8),
                    length("count", MOST_DESCRIPTORS)),
            row(
                    6,
                    "update_descriptor",
                    BATCHABLE,
                    DescriptorCalls::updateDescriptor,
                    "Changes one descriptor of the GDT, or of the LDT where bit 2 of the selector says so.",
                    value("selector", 0xffff),
                    value("low"),
                    value("high")),
            row(
                    7,
                    "stack_switch",
                    BATCHABLE,
                    DescriptorCalls::stackSwitch,
                    "Where the kernel's stack is when ring 3 is left.",
                    value("ss", 0xffff),
                    value("esp")),
            row(
                    8,
                    "set_callbacks",
                    BATCHABLE,
                    DescriptorCalls::setCallbacks,
                    "Registers the event upcall and the handler of an IRET that failed.",
                    value("event_cs", 0xffff),
                    value("event_eip"),
                    value("failsafe_cs", 0xffff),
                    value("failsafe_eip")),
            row(
                    9,
                    "load_page_table",
                    BATCHABLE,
                    MemoryCalls::loadPageTable,
                    "Loads CR3; the first one turns paging on, read-only pages binding for the kernel too.",
                    pa("directory")),
            row(
                    10,
                    "update_va_mapping",
                    BATCHABLE,
                    MemoryCalls::updateVaMapping,
                    "Writes the PTE of a VA in the current tables; flush 1: that page, 2: everything.",
                    page("va"),
                    value("pte"),
                    value("flush", 2)),
            row(
                    11,
                    "mmu_update",
                    BATCHABLE,
                    MemoryCalls::mmuUpdate,
                    "Writes table entries, PA and value each, in order; returns how many.",
                    va("updates", 8),
                    length("count", MOST_UPDATES)),
            row(12, "flush_page", BATCHABLE, MemoryCalls::flushPage, "INVLPG.", page("va")),
            row(13, "flush_all", BATCHABLE, MemoryCalls::flushAll, "Forgets every translation."),
            row(
                    14,
                    "fpu_taskswitch",
                    BATCHABLE,
                    ControlCalls::fpuTaskSwitch,
                    "Sets or clears CR0.TS.",
                    value("set", 1)),
            row(
                    15,
                    "sched_op",
                    ALONE,
                    ControlCalls::schedule,
                    "0 yields, 1 lets events in and sleeps until there is one, 2 shuts down with a code, 3 stops for good.",
                    value("operation", 3),
                    value("code")),
            row(16, "bind_timer", BATCHABLE, EventCalls::bindTimer, "A channel for the guest's timer, masked."),
            row(
                    17,
                    "bind_irq",
                    BATCHABLE,
                    EventCalls::bindIrq,
                    "A channel for a device's interrupt line, masked.",
                    value("irq", 15)),
            row(18, "bind_none", BATCHABLE, EventCalls::bindNone, "A channel for the guest's own use, masked."),
            row(19, "close_channel", BATCHABLE, EventCalls::close, "Gives a channel back.", value("channel", 31)),
            row(20, "send_event", BATCHABLE, EventCalls::send, "Makes a channel pending.", value("channel", 31)),
            row(21, "mask_event", BATCHABLE, EventCalls::mask, "Masks a channel.", value("channel", 31)),
            row(
                    22,
                    "unmask_event",
                    BATCHABLE,
                    EventCalls::unmask,
                    "Unmasks a channel; what was pending behind the mask is now due.",
                    value("channel", 31)),
            row(
                    23,
                    "deliver_events",
                    ALONE,
                    (guest, a) -> 0,
                    "Delivers what is due: for a guest that set its interrupt flag and saw the pending word."),
            row(
                    24,
                    "set_timer",
                    BATCHABLE,
                    EventCalls::setTimer,
                    "Starts the periodic timer; 0 stops it.",
                    value("microseconds")),
            row(
                    25,
                    "get_time",
                    BATCHABLE,
                    ControlCalls::getTime,
                    "Stores the nanoseconds since the start, 64 bits.",
                    va("nanoseconds", 8)),
            row(
                    IRET,
                    "iret",
                    ALONE,
                    ControlCalls::iret,
                    "Pops EAX, then returns as IRET does, IF of the frame becoming the virtual interrupt flag."),
            row(
                    27,
                    "multicall",
                    ALONE,
                    ControlCalls::multicall,
                    "Carries calls out in order: number, five arguments, result, unused; 32 bytes each.",
                    va("calls", 32),
                    length("count", MOST_CALLS)),
            row(
                    28,
                    "hypercall_page",
                    BATCHABLE,
                    ControlCalls::hypercallPage,
                    "Writes a stub a call, 32 bytes apart, with the trap instruction that this server is best asked by.",
                    pa("page")),
            row(
                    29,
                    "set_ldt",
                    BATCHABLE,
                    DescriptorCalls::setLdt,
                    "Loads the LDT: code and data of rings 1 to 3 only, not the guest's to write; 0 entries for none.",
                    va("table", 8),
                    length("count", MOST_DESCRIPTORS)),
            row(
                    30,
                    "set_debug_register",
                    BATCHABLE,
                    ControlCalls::setDebugRegister,
                    "Writes DR0 to DR3, DR6 or DR7; breakpoints lie below the VMM's region, general detect is the VMM's.",
                    value("dr", 7),
                    value("value")),
            row(
                    31,
                    "get_debug_register",
                    BATCHABLE,
                    ControlCalls::getDebugRegister,
                    "Returns DR0 to DR3, DR6 or DR7.",
                    value("dr", 7)),
            row(
                    32,
                    "flush_pages",
                    BATCHABLE,
                    MemoryCalls::flushPages,
                    "INVLPG of each VA of a list.",
                    va("pages", 4),
                    length("count", MOST_PAGES)),
            row(
                    33,
                    "pin_table",
                    BATCHABLE,
                    MemoryCalls::pinTable,
                    "Direct memory: validates a page as a page table (0) or directory (1), which it then stays.",
                    pa("page"),
                    value("level", 1)),
            row(34, "unpin_table", BATCHABLE, MemoryCalls::unpinTable, "Ends a pin.", pa("page")),
            row(
                    35,
                    "machine_address",
                    BATCHABLE,
                    MemoryCalls::machineAddress,
                    "Direct memory: the MA of a page, as page tables in use show it.",
                    pa("page")));

    private Hypercalls() {}

    private static Hypercall row(
            int number, String name, boolean batchable, Hypercall.Handler handler, String doc, Argument... arguments) {
        return new Hypercall(number, name, List.of(arguments), batchable, handler, doc, Hypercall.BUILT_IN);
    }
}

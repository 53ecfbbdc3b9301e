package ringside.machine.vmx;

import static ringside.machine.vmx.VmcsField.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import ringside.arch.Control;
import ringside.arch.Eflags;
import ringside.arch.Vector;
import ringside.machine.interrupts.EventWatch;
import ringside.machine.vmx.EntryCheck.Kind;

/** All entry checks in the manual's order: controls, host state, guest state. Data, so that a test can fail each once. */
final class EntryChecks {
    /** CR0 bits that VMX operation fixes to 1 on a processor without unrestricted guest. */
    static final int CR0_FIXED = Control.CR0_PE | Control.CR0_NE | Control.CR0_PG;

    static final int CR4_FIXED = Control.CR4_VMXE;
    private static final int CR4_KNOWN = 0x2fff;
    private static final int RFLAGS_KNOWN = 0x3f7fd7;
    private static final long NO_LINK = -1L;
    /** What IA32_VMX_MISC recommends as the most of an MSR list. */
    private static final int MOST_MSRS = 512;

    private static final int STI = 1;
    private static final int MOV_SS = 2;
    private static final int INTERRUPTIBILITY_KNOWN = 0xb;
    private static final int VALID = 1 << 31;
    private static final int HAS_ERROR = 1 << 11;
    private static final int RESERVED_INFORMATION = 0x7ffff000;
    private static final int BS = 1 << 14;

    static final List<EntryCheck> ALL = build();

    private final List<EntryCheck> checks = new ArrayList<>();

    private EntryChecks() {}

    /** The first check that fails, if any. */
    static Optional<EntryCheck> firstFailure(Vmcs vmcs) {
        return ALL.stream().filter(check -> !check.holds().test(vmcs)).findFirst();
    }

    private static List<EntryCheck> build() {
        EntryChecks all = new EntryChecks();
        all.controls();
        all.injection();
        all.hostState();
        all.guestRegisters();
        all.guestNonRegisters();
        GuestSegmentChecks.add(all.checks);
        return List.copyOf(all.checks);
    }

    private void check(Kind kind, String rule, Predicate<Vmcs> holds) {
        checks.add(new EntryCheck(kind, rule, holds));
    }

    static boolean implies(boolean a, boolean b) {
        return !a || b;
    }

    private static boolean valid(Vmcs v) {
        return v.getInt(ENTRY_INTERRUPTION_INFORMATION) < 0;
    }

    private static EventWatch.Type type(Vmcs v) {
        return EventWatch.Type.of(v.getInt(ENTRY_INTERRUPTION_INFORMATION) >> 8 & 7);
    }

    private static int vector(Vmcs v) {
        return v.getInt(ENTRY_INTERRUPTION_INFORMATION) & 0xff;
    }

    private static boolean injects(Vmcs v, EventWatch.Type type) {
        return valid(v) && type(v) == type;
    }

    private static boolean injectsSoftware(Vmcs v) {
        return valid(v) && type(v) != null && type(v).code >= EventWatch.Type.SOFTWARE_INTERRUPT.code;
    }

    // ---- section 26.2.1

    private void controls() {
        for (VmcsField field : List.of(PIN_CONTROLS, PROCESSOR_CONTROLS, EXIT_CONTROLS, ENTRY_CONTROLS)) {
            check(
                    Kind.CONTROLS,
                    field + " has only bits that the processor offers",
                    v -> (v.getInt(field) & ~VmxControl.offered(field, v.processor())) == 0);
        }
        check(
                Kind.CONTROLS,
                "SECONDARY_CONTROLS, where activated, has only bits that the processor offers",
                v -> implies(
                        VmxControl.ACTIVATE_SECONDARY_CONTROLS.in(v),
                        (v.getInt(SECONDARY_CONTROLS) & ~VmxControl.offered(SECONDARY_CONTROLS, v.processor())) == 0));
        check(
                Kind.CONTROLS,
                "an EPT pointer in use has a known format and no reserved bit",
                v -> implies(VmxControl.ENABLE_EPT.in(v), EptPointer.isValid(v.get(EPT_POINTER))));
        check(
                Kind.CONTROLS,
                "unrestricted guest comes with EPT",
                v -> implies(VmxControl.UNRESTRICTED_GUEST.in(v), VmxControl.ENABLE_EPT.in(v)));
        check(Kind.CONTROLS, "a VPID in use is not 0", v -> implies(VmxControl.ENABLE_VPID.in(v), v.getInt(VPID) != 0));
        check(
                Kind.CONTROLS,
                "at most 4 CR3 targets",
                v -> v.getInt(CR3_TARGET_COUNT) >= 0 && v.getInt(CR3_TARGET_COUNT) <= 4);
        check(
                Kind.CONTROLS,
                "I/O bitmaps in use are page-aligned",
                v -> implies(
                        VmxControl.USE_IO_BITMAPS.in(v),
                        ((v.get(IO_BITMAP_A) | v.get(IO_BITMAP_B)) & 0xfff) == 0
                                && physical(v.get(IO_BITMAP_A) | v.get(IO_BITMAP_B))));
        check(
                Kind.CONTROLS,
                "an MSR bitmap in use is page-aligned",
                v -> implies(
                        VmxControl.USE_MSR_BITMAPS.in(v),
                        (v.get(MSR_BITMAP) & 0xfff) == 0 && physical(v.get(MSR_BITMAP))));
        check(
                Kind.CONTROLS,
                "NMI-window exiting comes with NMI exiting",
                v -> implies(VmxControl.NMI_WINDOW_EXITING.in(v), VmxControl.NMI_EXITING.in(v)));
        area(ENTRY_MSR_LOAD_COUNT, ENTRY_MSR_LOAD_ADDRESS);
        area(EXIT_MSR_STORE_COUNT, EXIT_MSR_STORE_ADDRESS);
        area(EXIT_MSR_LOAD_COUNT, EXIT_MSR_LOAD_ADDRESS);
    }

    private void area(VmcsField count, VmcsField area) {
        check(
                Kind.CONTROLS,
                area + " is 16-byte aligned where " + count + " is not 0",
                v -> implies(v.getInt(count) != 0, (v.get(area) & 0xf) == 0));
        check(
                Kind.CONTROLS,
                area + " lies within the physical address space, " + count + " within 512 entries",
                v -> implies(v.getInt(count) != 0, physical(v.get(area)) && v.get(count) <= MOST_MSRS));
    }

    /** MAXPHYADDR is 32. */
    private static boolean physical(long address) {
        return address >>> 32 == 0;
    }

    private void injection() {
        check(Kind.CONTROLS, "the type of an injected event is not reserved", v -> implies(valid(v), type(v) != null));
        check(
                Kind.CONTROLS,
                "an injected NMI has vector 2",
                v -> implies(injects(v, EventWatch.Type.NMI), vector(v) == Vector.NMI));
        check(
                Kind.CONTROLS,
                "an injected exception has a vector up to 31",
                v -> implies(injects(v, EventWatch.Type.EXCEPTION), vector(v) <= 31));
        check(
                Kind.CONTROLS,
                "an error code is injected exactly with the exceptions that have one",
                v -> implies(
                        valid(v),
                        ((v.getInt(ENTRY_INTERRUPTION_INFORMATION) & HAS_ERROR) != 0)
                                == (protectedMode(v)
                                        && type(v) == EventWatch.Type.EXCEPTION
                                        && Vector.hasErrorCode(vector(v)))));
        check(
                Kind.CONTROLS,
                "reserved bits of the injected event are 0",
                v -> implies(valid(v), (v.getInt(ENTRY_INTERRUPTION_INFORMATION) & RESERVED_INFORMATION) == 0));
        check(
                Kind.CONTROLS,
                "an injected error code has 16 bits",
                v -> implies(
                        valid(v) && (v.getInt(ENTRY_INTERRUPTION_INFORMATION) & HAS_ERROR) != 0,
                        (v.getInt(ENTRY_EXCEPTION_ERROR_CODE) & ~0xffff) == 0));
        check(
                Kind.CONTROLS,
                "an injected software event has an instruction length of 1 to 15",
                v -> implies(
                        injectsSoftware(v),
                        v.getInt(ENTRY_INSTRUCTION_LENGTH) >= 1 && v.getInt(ENTRY_INSTRUCTION_LENGTH) <= 15));
    }

    // ---- section 26.2.2 and 26.2.3

    private void hostState() {
        check(Kind.HOST_STATE, "host CR0 has PE, NE and PG", v -> (~v.getInt(HOST_CR0) & CR0_FIXED) == 0);
        check(
                Kind.HOST_STATE,
                "host CR4 has VMXE and no unknown bit",
                v -> (~v.getInt(HOST_CR4) & CR4_FIXED) == 0 && (v.getInt(HOST_CR4) & ~CR4_KNOWN) == 0);
        for (VmcsField selector : List.of(
                HOST_ES_SELECTOR,
                HOST_CS_SELECTOR,
                HOST_SS_SELECTOR,
                HOST_DS_SELECTOR,
                HOST_FS_SELECTOR,
                HOST_GS_SELECTOR,
                HOST_TR_SELECTOR)) {
            check(Kind.HOST_STATE, selector + " has RPL and TI 0", v -> (v.getInt(selector) & 7) == 0);
        }
        for (VmcsField selector : List.of(HOST_CS_SELECTOR, HOST_SS_SELECTOR, HOST_TR_SELECTOR)) {
            check(Kind.HOST_STATE, selector + " is not null", v -> v.getInt(selector) != 0);
        }
    }

    // ---- section 26.3.1

    private void guestRegisters() {
        check(
                Kind.GUEST_STATE,
                "CR0 has NE, and PE and PG unless the guest is unrestricted",
                v -> (~v.getInt(GUEST_CR0) & cr0Fixed(v)) == 0);
        check(
                Kind.GUEST_STATE,
                "CR0.PG comes with PE",
                v -> implies((v.getInt(GUEST_CR0) & Control.CR0_PG) != 0, protectedMode(v)));
        check(
                Kind.GUEST_STATE,
                "CR4 has VMXE and no unknown bit",
                v -> (~v.getInt(GUEST_CR4) & CR4_FIXED) == 0 && (v.getInt(GUEST_CR4) & ~CR4_KNOWN) == 0);
        check(
                Kind.GUEST_STATE,
                "EFER, where loaded, has no bit but NXE",
                v -> implies(VmxControl.LOAD_GUEST_EFER.in(v), (v.get(GUEST_EFER) & ~(long) Control.EFER_NXE) == 0));
        check(
                Kind.GUEST_STATE,
                "RFLAGS has bit 1 and no reserved bit",
                v -> (v.getInt(GUEST_RFLAGS) & Eflags.ALWAYS_ONE) != 0
                        && (v.getInt(GUEST_RFLAGS) & ~RFLAGS_KNOWN) == 0);
        check(
                Kind.GUEST_STATE,
                "virtual-8086 mode comes with PE",
                v -> implies((v.getInt(GUEST_RFLAGS) & Eflags.VM) != 0, protectedMode(v)));
        check(
                Kind.GUEST_STATE,
                "an injected external interrupt finds IF set",
                v -> implies(injects(v, EventWatch.Type.EXTERNAL), (v.getInt(GUEST_RFLAGS) & Eflags.IF) != 0));
        check(
                Kind.GUEST_STATE,
                "GDTR and IDTR limits have 16 bits",
                v -> ((v.getInt(GUEST_GDTR_LIMIT) | v.getInt(GUEST_IDTR_LIMIT)) & 0xffff0000) == 0);
    }

    static boolean protectedMode(Vmcs v) {
        return (v.getInt(GUEST_CR0) & Control.CR0_PE) != 0 || !VmxControl.UNRESTRICTED_GUEST.in(v);
    }

    /** CR0 bits that are 1 in non-root operation. */
    static int cr0Fixed(Vmcs v) {
        return VmxControl.UNRESTRICTED_GUEST.in(v) ? CR0_FIXED & ~(Control.CR0_PE | Control.CR0_PG) : CR0_FIXED;
    }

    // ---- section 26.3.1.5

    private void guestNonRegisters() {
        check(
                Kind.GUEST_STATE,
                "the activity state is active or HLT",
                v -> v.getInt(GUEST_ACTIVITY) == 0 || v.getInt(GUEST_ACTIVITY) == 1);
        check(
                Kind.GUEST_STATE,
                "HLT is for ring 0",
                v -> implies(v.getInt(GUEST_ACTIVITY) == 1, (v.getInt(GUEST_SS_RIGHTS) >> 5 & 3) == 0));
        check(
                Kind.GUEST_STATE,
                "HLT excludes blocking by STI or MOV SS",
                v -> implies(v.getInt(GUEST_ACTIVITY) == 1, !blocks(v, STI | MOV_SS)));
        check(
                Kind.GUEST_STATE,
                "no reserved interruptibility bit",
                v -> (v.getInt(GUEST_INTERRUPTIBILITY) & ~INTERRUPTIBILITY_KNOWN) == 0);
        check(Kind.GUEST_STATE, "STI and MOV SS do not block together", v -> !(blocks(v, STI) && blocks(v, MOV_SS)));
        check(
                Kind.GUEST_STATE,
                "blocking by STI needs IF",
                v -> implies(blocks(v, STI), (v.getInt(GUEST_RFLAGS) & Eflags.IF) != 0));
        check(
                Kind.GUEST_STATE,
                "an injected external interrupt finds no blocking",
                v -> implies(injects(v, EventWatch.Type.EXTERNAL), !blocks(v, STI | MOV_SS)));
        check(
                Kind.GUEST_STATE,
                "an injected NMI finds no blocking by MOV SS",
                v -> implies(injects(v, EventWatch.Type.NMI), !blocks(v, MOV_SS)));
        check(
                Kind.GUEST_STATE,
                "no reserved bit of pending debug exceptions",
                v -> (v.getInt(GUEST_PENDING_DEBUG) & ~0x500f) == 0);
        check(
                Kind.GUEST_STATE,
                "a pending single step agrees with TF where events are blocked",
                v -> implies(
                        blocks(v, STI | MOV_SS) || v.getInt(GUEST_ACTIVITY) == 1,
                        ((v.getInt(GUEST_PENDING_DEBUG) & BS) != 0) == ((v.getInt(GUEST_RFLAGS) & Eflags.TF) != 0)));
        check(Kind.GUEST_STATE, "the VMCS link pointer is all ones", v -> v.get(VMCS_LINK_POINTER) == NO_LINK);
    }

    private static boolean blocks(Vmcs v, int bits) {
        return (v.getInt(GUEST_INTERRUPTIBILITY) & bits) != 0;
    }

    static boolean injected(int information) {
        return (information & VALID) != 0;
    }
}

package ringside.machine.vmx;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.vmx.VmcsField.*;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** Each entry check has one VMCS that fails it and nothing before it. */
class EntryChecksTest {
    private static final Map<String, Consumer<Vmcs>> SPOILED = new LinkedHashMap<>();
    private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS"};

    private static void spoil(String rule, Object... fieldsAndValues) {
        SPOILED.put(rule, v -> {
            for (int i = 0; i < fieldsAndValues.length; i += 2) {
                v.write((VmcsField) fieldsAndValues[i], ((Number) fieldsAndValues[i + 1]).longValue());
            }
        });
    }

    static {
        for (VmcsField field : new VmcsField[] {PIN_CONTROLS, PROCESSOR_CONTROLS, EXIT_CONTROLS, ENTRY_CONTROLS}) {
            spoil(field + " has only bits that the processor offers", field, 1 << 17);
        }
        spoil(
                "SECONDARY_CONTROLS, where activated, has only bits that the processor offers",
                PROCESSOR_CONTROLS,
                1 << 31,
                SECONDARY_CONTROLS,
                1);
        spoil(
                "an EPT pointer in use has a known format and no reserved bit",
                PROCESSOR_CONTROLS,
                1 << 31,
                SECONDARY_CONTROLS,
                2,
                EPT_POINTER,
                0x40016);
        spoil("unrestricted guest comes with EPT", PROCESSOR_CONTROLS, 1 << 31, SECONDARY_CONTROLS, 0x80);
        spoil("a VPID in use is not 0", PROCESSOR_CONTROLS, 1 << 31, SECONDARY_CONTROLS, 0x20);
        spoil("at most 4 CR3 targets", CR3_TARGET_COUNT, 5);
        spoil("I/O bitmaps in use are page-aligned", PROCESSOR_CONTROLS, 1 << 25, IO_BITMAP_A, 0x44010);
        spoil("an MSR bitmap in use is page-aligned", PROCESSOR_CONTROLS, 1 << 28, MSR_BITMAP, 0x46010);
        spoil("NMI-window exiting comes with NMI exiting", PROCESSOR_CONTROLS, 1 << 22);
        area(ENTRY_MSR_LOAD_COUNT, ENTRY_MSR_LOAD_ADDRESS);
        area(EXIT_MSR_STORE_COUNT, EXIT_MSR_STORE_ADDRESS);
        area(EXIT_MSR_LOAD_COUNT, EXIT_MSR_LOAD_ADDRESS);
        injection();
        host();
        guest();
        segments();
    }

    private static void area(VmcsField count, VmcsField area) {
        spoil(area + " is 16-byte aligned where " + count + " is not 0", count, 1, area, 8);
        spoil(
                area + " lies within the physical address space, " + count + " within 512 entries",
                count,
                513,
                area,
                0x60000);
    }

    private static void injection() {
        spoil("the type of an injected event is not reserved", ENTRY_INTERRUPTION_INFORMATION, 0x80000120L);
        spoil("an injected NMI has vector 2", ENTRY_INTERRUPTION_INFORMATION, 0x80000203L);
        spoil("an injected exception has a vector up to 31", ENTRY_INTERRUPTION_INFORMATION, 0x80000320L);
        spoil(
                "an error code is injected exactly with the exceptions that have one",
                ENTRY_INTERRUPTION_INFORMATION,
                0x8000030dL);
        spoil("reserved bits of the injected event are 0", ENTRY_INTERRUPTION_INFORMATION, 0x80001306L);
        spoil(
                "an injected error code has 16 bits",
                ENTRY_INTERRUPTION_INFORMATION,
                0x80000b0dL,
                ENTRY_EXCEPTION_ERROR_CODE,
                0x10000);
        spoil(
                "an injected software event has an instruction length of 1 to 15",
                ENTRY_INTERRUPTION_INFORMATION,
                0x80000480L);
    }

    private static void host() {
        spoil("host CR0 has PE, NE and PG", HOST_CR0, 0x31);
        spoil("host CR4 has VMXE and no unknown bit", HOST_CR4, 0);
        for (String name : new String[] {"ES", "CS", "SS", "DS", "FS", "GS", "TR"}) {
            String field = "HOST_" + name + "_SELECTOR";
            spoil(field + " has RPL and TI 0", VmcsField.valueOf(field), 0x13);
        }
        for (String name : new String[] {"CS", "SS", "TR"}) {
            String field = "HOST_" + name + "_SELECTOR";
            spoil(field + " is not null", VmcsField.valueOf(field), 0);
        }
    }

    private static void unrestricted(String rule, Object... fieldsAndValues) {
        Object[] all = java.util.Arrays.copyOf(fieldsAndValues, fieldsAndValues.length + 6);
        System.arraycopy(
                new Object[] {PROCESSOR_CONTROLS, 1 << 31, SECONDARY_CONTROLS, 0x82, EPT_POINTER, 0x4001e},
                0,
                all,
                fieldsAndValues.length,
                6);
        spoil(rule, all);
    }

    private static void guest() {
        spoil("CR0 has NE, and PE and PG unless the guest is unrestricted", GUEST_CR0, 0x11);
        unrestricted("CR0.PG comes with PE", GUEST_CR0, 0x80000030L);
        unrestricted("virtual-8086 mode comes with PE", GUEST_CR0, 0x30, GUEST_RFLAGS, 0x20002);
        spoil("CR4 has VMXE and no unknown bit", GUEST_CR4, 0x12000);
        spoil("EFER, where loaded, has no bit but NXE", ENTRY_CONTROLS, 1 << 15, GUEST_EFER, 1);
        spoil("RFLAGS has bit 1 and no reserved bit", GUEST_RFLAGS, 0);
        spoil("an injected external interrupt finds IF set", ENTRY_INTERRUPTION_INFORMATION, 0x80000030L);
        spoil("GDTR and IDTR limits have 16 bits", GUEST_IDTR_LIMIT, 0x10000);
        spoil("the activity state is active or HLT", GUEST_ACTIVITY, 2);
        spoil("HLT is for ring 0", GUEST_ACTIVITY, 1, GUEST_SS_RIGHTS, 0xc0f3, GUEST_SS_SELECTOR, 0x13);
        spoil(
                "HLT excludes blocking by STI or MOV SS",
                GUEST_ACTIVITY,
                1,
                GUEST_INTERRUPTIBILITY,
                1,
                GUEST_RFLAGS,
                0x202);
        spoil("no reserved interruptibility bit", GUEST_INTERRUPTIBILITY, 0x10);
        spoil("STI and MOV SS do not block together", GUEST_INTERRUPTIBILITY, 3, GUEST_RFLAGS, 0x202);
        spoil("blocking by STI needs IF", GUEST_INTERRUPTIBILITY, 1);
        spoil(
                "an injected external interrupt finds no blocking",
                ENTRY_INTERRUPTION_INFORMATION,
                0x80000030L,
                GUEST_RFLAGS,
                0x202,
                GUEST_INTERRUPTIBILITY,
                1);
        spoil(
                "an injected NMI finds no blocking by MOV SS",
                ENTRY_INTERRUPTION_INFORMATION,
                0x80000202L,
                GUEST_INTERRUPTIBILITY,
                2);
        spoil("no reserved bit of pending debug exceptions", GUEST_PENDING_DEBUG, 0x10);
        spoil(
                "a pending single step agrees with TF where events are blocked",
                GUEST_INTERRUPTIBILITY,
                2,
                GUEST_RFLAGS,
                0x102);
        spoil("the VMCS link pointer is all ones", VMCS_LINK_POINTER, 0);
    }

    private static void segments() {
        for (int seg = 0; seg < 6; seg++) {
            String name = SEGMENTS[seg];
            int index = seg;
            SPOILED.put(name + " in virtual-8086 mode: base selector x 16, limit FFFF, rights F3", v -> {
                virtual8086(v);
                v.write(GUEST_ES_BASE.of(index), 0x123);
            });
            spoil(name + " has a type that fits", GUEST_ES_RIGHTS.of(seg), 0xc090);
            spoil(
                    name + " is a present code or data segment",
                    GUEST_ES_RIGHTS.of(seg),
                    name.equals("CS") ? 0xc01b : 0xc013);
            spoil(name + "'s granularity fits its limit", GUEST_ES_RIGHTS.of(seg), name.equals("CS") ? 0x409b : 0x4093);
            if (!name.equals("CS") && !name.equals("SS")) {
                spoil(name + "'s DPL is not below its RPL unless conforming", GUEST_ES_SELECTOR.of(seg), 0x13);
            }
        }
        spoil("TR has TI 0", GUEST_TR_SELECTOR, 0x1c);
        spoil("a usable LDTR has TI 0", GUEST_LDTR_RIGHTS, 0x82, GUEST_LDTR_SELECTOR, 0x24);
        spoil("SS and CS have the same RPL", GUEST_CS_SELECTOR, 0x0b);
        spoil("SS.DPL is its RPL, or 0 in real mode", GUEST_SS_SELECTOR, 0x13, GUEST_CS_SELECTOR, 0x0b);
        spoil("CS.DPL is SS.DPL, or not above it where conforming", GUEST_CS_RIGHTS, 0xc0fb);
        spoil("TR is usable, present and a busy TSS", GUEST_TR_RIGHTS, 0x89);
        spoil("a usable LDTR is present and an LDT", GUEST_LDTR_RIGHTS, 0x85);
        spoil("TR's granularity fits its limit", GUEST_TR_RIGHTS, 0x808b);
        spoil("a usable LDTR's granularity fits its limit", GUEST_LDTR_RIGHTS, 0x8082);
    }

    private static void virtual8086(Vmcs v) {
        v.write(GUEST_RFLAGS, 0x20002);
        for (int seg = 0; seg < 6; seg++) {
            v.write(GUEST_ES_SELECTOR.of(seg), 0x100);
            v.write(GUEST_ES_BASE.of(seg), 0x1000);
            v.write(GUEST_ES_LIMIT.of(seg), 0xffff);
            v.write(GUEST_ES_RIGHTS.of(seg), 0xf3);
        }
    }

    @Test
    void each_check_fails_on_its_own_vmcs() {
        for (EntryCheck check : EntryChecks.ALL) {
            assertThat(SPOILED).as("a VMCS that breaks the rule").containsKey(check.rule());
            VmxMachine m = new VmxMachine();
            SPOILED.get(check.rule()).accept(m.vmcs);

            VmxUnit.Entry entry = m.vmx.enter(m.vmcs);

            switch (check.kind()) {
                case CONTROLS -> assertThat(entry).isEqualTo(new VmxUnit.Entry.Failed(7, check.rule()));
                case HOST_STATE -> assertThat(entry).isEqualTo(new VmxUnit.Entry.Failed(8, check.rule()));
                case GUEST_STATE -> {
                    assertThat(entry).isInstanceOf(VmxUnit.Entry.Refused.class);
                    assertThat(((VmxUnit.Entry.Refused) entry).rule()).isEqualTo(check.rule());
                    assertThat(m.vmcs.readInt(EXIT_REASON)).isEqualTo(0x80000021);
                    assertThat(m.cpu.eip).isEqualTo(VmxMachine.HOST_CODE);
                }
            }
        }
        assertThat(SPOILED).hasSameSizeAs(EntryChecks.ALL);
        System.out.printf("VM entry: %d checks, each failed once%n", EntryChecks.ALL.size());
    }

    @Test
    void a_processor_without_the_assist_refuses() {
        PhysicalMemory memory = new PhysicalMemory(1 << 16);
        Cpu cpu = new Cpu(CpuModel.ofYear(2004), new SystemBus(memory, 1 << 16), new PortBus(), new VirtualClock());

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new VmxUnit(cpu))
                .isInstanceOf(RingsideException.class)
                .hasMessage("the processor 'pentium4-nx' has no VMX; ask for a server of 2005 or later, or vmx true");
    }

    @Test
    void an_exit_that_cannot_store_an_msr_ends_in_shutdown() {
        VmxMachine m = new VmxMachine();
        m.code(0x0f, 0xa2);
        m.memory.put32(0x60000, 0xdead);
        m.vmcs.write(EXIT_MSR_STORE_COUNT, 1);
        m.vmcs.write(EXIT_MSR_STORE_ADDRESS, 0x60000);

        assertThat(m.run(10)).isEqualTo(new Stop.Shutdown());
        assertThat(m.cpu.shutdown).isTrue();
    }

    @Test
    void an_msr_that_cannot_be_loaded_fails_entry_and_names_its_place() {
        VmxMachine m = new VmxMachine();
        m.memory.put32(0x60000, 0x174);
        m.memory.put32(0x60010, 0xdead);
        m.vmcs.write(ENTRY_MSR_LOAD_COUNT, 2);
        m.vmcs.write(ENTRY_MSR_LOAD_ADDRESS, 0x60000);

        m.vmx.enter(m.vmcs);

        assertThat(m.vmcs.readInt(EXIT_REASON)).isEqualTo(0x80000022);
        assertThat(m.vmcs.read(EXIT_QUALIFICATION)).isEqualTo(2);
    }
}

package ringside.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.vmx.VmcsField.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import ringside.arch.CpuModel;
import ringside.engine.Interpreter;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.paging.NestedWalk;
import ringside.machine.time.VirtualClock;
import ringside.machine.vmx.EptPointer;
import ringside.machine.vmx.ExitReason;
import ringside.machine.vmx.Vmcs;
import ringside.machine.vmx.VmcsField;
import ringside.machine.vmx.VmxControl;
import ringside.machine.vmx.VmxUnit;

/** Whatever a VMCS holds, VM entry fails as the manual says or the guest runs and comes back; nested tables contain it. */
class VmcsProperties {
    private static final int SIZE = 1 << 20;
    private static final int CODE = 0x10000, DIRECTORY = 0x40000, TABLE = 0x41000, HOST_CODE = 0x30000;
    private static final int TOP = 0x80000, POINTERS = 0x81000, NESTED_DIRECTORY = 0x82000, NESTED_TABLE = 0x83000;
    /** What the guest of nested tables must never reach: the VMM's half of memory. */
    private static final int SECRET = 0x80000;

    /** Bytes of MOV [m32], imm32. */
    private static final int STORE = 10;

    private static final long[] EDGES = {0, 1, -1, 0x8000_0000L, 0xffff, 0x10000, 0x7fff_ffffL, 0x33, 0x2000, 1L << 32};
    private static final List<VmcsField> WRITABLE =
            Arrays.stream(values()).filter(field -> !field.readOnly()).toList();

    private final PhysicalMemory memory = new PhysicalMemory(SIZE);
    private final Cpu cpu = new Cpu(
            CpuModel.named("skylake").orElseThrow(), new SystemBus(memory, SIZE), new PortBus(), new VirtualClock());
    private final Interpreter engine = new Interpreter();
    private final VmxUnit vmx = new VmxUnit(cpu);
    private Vmcs vmcs;

    /** A flat, paged ring-0 guest whose code is random. */
    private void prepare(SplittableRandom random) {
        memory.fill(0, SIZE, 0);
        cpu.assist(null);
        cpu.mmu.nest(null);
        cpu.reset();
        vmcs = new Vmcs();
        memory.put32(DIRECTORY, TABLE | 7);
        for (int page = 0; page < SIZE >> 12; page++) {
            memory.put32(TABLE + page * 4, page << 12 | 7);
        }
        byte[] code = new byte[256];
        random.nextBytes(code);
        memory.write(CODE, code);
        vmcs.write(VMCS_LINK_POINTER, -1);
        vmcs.write(GUEST_CR0, 0x80000031L);
        vmcs.write(GUEST_CR3, DIRECTORY);
        vmcs.write(GUEST_CR4, 0x2000);
        for (int seg = 0; seg < 6; seg++) {
            segment(seg, seg == 1 ? 8 : 16, -1, seg == 1 ? 0xc09b : 0xc093);
        }
        segment(6, 0, 0, 0x10000);
        segment(7, 0x18, 0x67, 0x8b);
        vmcs.write(GUEST_RSP, 0x20000);
        vmcs.write(GUEST_RIP, CODE);
        vmcs.write(GUEST_RFLAGS, 2);
        vmcs.write(GUEST_DR7, 0x400);
        vmcs.write(HOST_CR0, 0x80000031L);
        vmcs.write(HOST_CR3, DIRECTORY);
        vmcs.write(HOST_CR4, 0x2000);
        for (VmcsField field :
                new VmcsField[] {HOST_ES_SELECTOR, HOST_SS_SELECTOR, HOST_DS_SELECTOR, HOST_FS_SELECTOR}) {
            vmcs.write(field, 16);
        }
        vmcs.write(HOST_CS_SELECTOR, 8);
        vmcs.write(HOST_TR_SELECTOR, 0x18);
        vmcs.write(HOST_RIP, HOST_CODE);
    }

    private void segment(int seg, int selector, int limit, int rights) {
        vmcs.write(VmcsField.values()[GUEST_ES_SELECTOR.ordinal() + seg], selector);
        vmcs.write(VmcsField.values()[GUEST_ES_LIMIT.ordinal() + seg], limit);
        vmcs.write(VmcsField.values()[GUEST_ES_RIGHTS.ordinal() + seg], rights);
    }

    private static long mutated(long value, SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> value ^ 1L << random.nextInt(32);
            case 1 -> EDGES[random.nextInt(EDGES.length)];
            case 2 -> random.nextLong();
            default -> value + random.nextInt(-16, 17);
        };
    }

    private void mutate(List<VmcsField> fields, int count, SplittableRandom random) {
        for (int i = 0; i < count; i++) {
            VmcsField field = fields.get(random.nextInt(fields.size()));
            vmcs.write(field, mutated(vmcs.read(field), random));
        }
    }

    /** Enters and runs; the word says how it went. */
    private String outcome() {
        switch (vmx.enter(vmcs)) {
            case VmxUnit.Entry.Failed(int error, String rule) -> {
                assertThat(error).as(rule).isIn(7, 8);
                assertThat(vmcs.readInt(VM_INSTRUCTION_ERROR)).isEqualTo(error);
                return "VMfail " + error;
            }
            case VmxUnit.Entry.Refused(Stop.VmExit exit, String rule) -> {
                return left(exit, rule);
            }
            case VmxUnit.Entry.Aborted() -> {
                return "abort";
            }
            case VmxUnit.Entry.Entered entered -> {
                Stop stop = engine.run(cpu, 2_000);
                return stop instanceof Stop.VmExit exit
                        ? left(exit, "")
                        : stop.getClass().getSimpleName();
            }
        }
    }

    private String left(Stop.VmExit exit, String rule) {
        ExitReason reason = ExitReason.of(exit.reason());
        assertThat(vmcs.readInt(EXIT_REASON)).isEqualTo(exit.reason());
        assertThat(cpu.eip).as("the host's RIP").isEqualTo(vmcs.readInt(HOST_RIP));
        assertThat(cpu.cpl).isZero();
        if (exit.reason() < 0) {
            assertThat(reason).as(rule).isIn(ExitReason.INVALID_GUEST_STATE, ExitReason.MSR_LOADING);
            if (reason == ExitReason.INVALID_GUEST_STATE) {
                assertThat(vmcs.read(EXIT_QUALIFICATION)).as(rule).isIn(0L, 2L);
            }
            return "entry failure " + reason.number;
        }
        return "exit";
    }

    @Property(tries = 3000, seed = "20150811")
    void any_mutation_of_a_vmcs_fails_entry_properly_or_enters(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        prepare(random);
        mutate(WRITABLE, 1 + random.nextInt(random.nextInt(1, 12)), random);

        Statistics.label("outcome").collect(outcome());
    }

    @Property(tries = 1500, seed = "20150812")
    void whatever_the_guest_state_is_nested_tables_keep_the_guest_from_the_vmms_memory(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        prepare(random);
        nest();
        List<VmcsField> guests = new ArrayList<>(WRITABLE.stream()
                .filter(f -> f.kind() == VmcsField.Kind.GUEST_STATE)
                .toList());
        guests.addAll(List.of(EXCEPTION_BITMAP, CR0_MASK, CR4_MASK, CR0_SHADOW, CR4_SHADOW, TSC_OFFSET));
        mutate(guests, random.nextInt(4), random);
        if (random.nextBoolean()) {
            attack(random);
        }
        byte[] before = memory.read(SECRET, SIZE - SECRET);

        for (int entry = 0; entry < 16; entry++) {
            String outcome = outcome();
            Statistics.label("outcome").collect(outcome);
            if (!outcome.equals("exit")) {
                break;
            }
            vmcs.write(GUEST_RIP, vmcs.readInt(GUEST_RIP) + STORE);
        }

        assertThat(memory.read(SECRET, SIZE - SECRET)).isEqualTo(before);
    }

    /** Code that writes everywhere, into its own page tables too: MOV [somewhere], anything; over and over. */
    private void attack(SplittableRandom random) {
        for (int at = CODE; at < CODE + 24 * STORE; at += STORE) {
            int target = random.nextInt(3) == 0 ? TABLE + random.nextInt(1024) * 4 : random.nextInt(SIZE);
            memory.put16(at, 0x05c7);
            memory.put32(at + 2, target);
            memory.put32(at + 6, random.nextInt(SIZE) & -0x1000 | 7);
        }
    }

    /** The lower half of memory is the guest's, through EPT without marks; the tables themselves lie in the upper half. */
    private void nest() {
        memory.put64(TOP, POINTERS | 7);
        memory.put64(POINTERS, NESTED_DIRECTORY | 7);
        memory.put64(NESTED_DIRECTORY, NESTED_TABLE | 7);
        for (int page = 0; page < SECRET >> 12; page++) {
            memory.put64(NESTED_TABLE + page * 8, page << 12 | 0x37);
        }
        vmcs.write(EPT_POINTER, EptPointer.of(new NestedWalk.Format(TOP, 4, false)));
        VmxControl.ACTIVATE_SECONDARY_CONTROLS.set(vmcs, true);
        VmxControl.ENABLE_EPT.set(vmcs, true);
        VmxControl.UNRESTRICTED_GUEST.set(vmcs, true);
        VmxControl.EXTERNAL_INTERRUPT_EXITING.set(vmcs, true);
    }
}

package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.cpu.Rings.*;

import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import ringside.isa.CpuPort.SoftwareInterrupt;
import ringside.isa.GuestFault;
import ringside.machine.state.StateVisitor;

/** A far transfer, interrupt or segment load that faults has changed no register, whatever the tables hold. */
class FaultingTransferProperties {
    /** Access bytes worth drawing: every kind of segment and gate, some not present. */
    private static final int[] ACCESS = {
        0x9b, 0x93, 0xfb, 0xf3, 0x9e, 0xfe, 0x1a, 0x12, 0x98, 0x90, 0x96, 0xf2, 0xb2, 0xba, 0x82, 0x89, 0x8b, 0x81,
        0xe9, 0x8c, 0xec, 0xe4, 0x6c, 0x85, 0xe5, 0x8e, 0xee, 0x86, 0xe7, 0x8f, 0x00
    };

    /** One machine for all tries: making one costs more than a try. */
    private static final Rings MACHINE = new Rings(0);

    @Property(tries = 20_000, seed = "20050323")
    void a_transfer_that_faults_changes_no_register(@ForAll long seed) {
        Random random = new Random(seed);
        MACHINE.reset(random.nextInt(2) * 3);
        scramble(random);
        SortedMap<String, String> before = registers(MACHINE.cpu);
        int task = MACHINE.cpu.tr.selector;
        boolean faulted = false;
        try {
            transfer(MACHINE.cpu, random);
        } catch (GuestFault fault) {
            faulted = true;
        }
        if (faulted && MACHINE.cpu.tr.selector == task) {
            assertThat(registers(MACHINE.cpu)).isEqualTo(before);
        }
        int ring = MACHINE.cpu.virtual8086() ? 3 : MACHINE.cpu.cs().selector & 3;
        if (!faulted) {
            assertThat(MACHINE.cpu.cpl).as("CPL is the RPL of CS").isEqualTo(ring);
        }
    }

    /** Fills the free places of GDT and IDT, the stacks of the TSS and the stack's top with plausible rubbish. */
    private static void scramble(Random random) {
        for (int selector = FREE; selector < 0x80; selector += 8) {
            int access = ACCESS[random.nextInt(ACCESS.length)];
            if ((access & 0x10) == 0 && (access & 7) >= 4) {
                MACHINE.callGate(selector, selector(random), 0x6000, access, random.nextInt(4));
            } else {
                int limit = random.nextBoolean() ? 0xfffff : 0x6100;
                MACHINE.descriptor(selector, 0, limit, access, random.nextInt(2) * 8 + 4);
            }
        }
        MACHINE.interruptGate(0x50, selector(random), 0x6000, ACCESS[random.nextInt(ACCESS.length)]);
        for (int ring = 0; ring < 3; ring++) {
            MACHINE.memory.put32(TSS + 4 + ring * 8, random.nextInt(4) * 8);
            MACHINE.memory.put16(TSS + 8 + ring * 8, random.nextInt(3) == 0 ? selector(random) : DATA0);
        }
        MACHINE.memory.put32(TSS + 4, STACK0);
        for (int i = 0; i < 10; i++) {
            MACHINE.push(random.nextInt(3) == 0 ? 0x6000 : selector(random));
        }
        MACHINE.cpu.next = NEXT;
    }

    private static int selector(Random random) {
        return random.nextInt(0x11) * 8 + random.nextInt(4);
    }

    private static void transfer(Cpu cpu, Random random) {
        int opSize = random.nextBoolean() ? 32 : 16;
        switch (random.nextInt(6)) {
            case 0 -> cpu.farJump(opSize, selector(random), 0x6000);
            case 1 -> cpu.farCall(opSize, selector(random), 0x6000);
            case 2 -> cpu.farReturn(opSize, random.nextInt(3) * 4);
            case 3 -> cpu.interruptReturn(opSize);
            case 4 -> cpu.softwareInterrupt(0x50, SoftwareInterrupt.INT_N);
            default -> cpu.loadSegment(new int[] {0, 2, 3, 4, 5}[random.nextInt(5)], selector(random));
        }
    }

    private static SortedMap<String, String> registers(Cpu cpu) {
        SortedMap<String, String> values = new TreeMap<>();
        cpu.visit(new StateVisitor() {
            @Override
            public int int32(String name, int value) {
                values.put(name, Integer.toHexString(value));
                return value;
            }

            @Override
            public long int64(String name, long value) {
                values.put(name, Long.toHexString(value));
                return value;
            }

            @Override
            public void bytes(String name, byte[] value) {
                values.put(name, Arrays.toString(value));
            }

            @Override
            public void ints(String name, int[] value) {
                values.put(name, Arrays.toString(value));
            }

            @Override
            public long[] longs(String name, long[] value) {
                values.put(name, Arrays.toString(value));
                return value;
            }
        });
        return values;
    }
}

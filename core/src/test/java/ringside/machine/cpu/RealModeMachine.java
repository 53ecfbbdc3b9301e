package ringside.machine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ringside.arch.CpuModel;
import ringside.engine.Interpreter;
import ringside.machine.bus.PortBus;
import ringside.machine.bus.SystemBus;
import ringside.machine.memory.PhysicalMemory;
import ringside.machine.time.VirtualClock;

/** A processor in real mode with memory up to FFFF:FFFF and nothing on its ports: runs one vector at a time. */
final class RealModeMachine {
    private static final List<String> GENERAL = List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");
    private static final List<String> SEGMENTS = List.of("es", "cs", "ss", "ds");
    private static final int SIZE = 0x110000;

    private final PhysicalMemory memory = new PhysicalMemory(SIZE);
    private final Cpu cpu = new Cpu(
            CpuModel.named("pentium").orElseThrow(), new SystemBus(memory, SIZE), new PortBus(), new VirtualClock());
    private final Interpreter engine = new Interpreter();
    private final byte[] expected = new byte[SIZE];
    private final byte[] actual = new byte[SIZE];

    /** Runs {@code vector} to its HLT; the differences from what the hardware did. */
    List<String> run(HardwareVector vector) {
        enter(vector);
        Stop stop = engine.run(cpu, 1000);
        List<String> differences = new ArrayList<>();
        if (!(stop instanceof Stop.Halted)) {
            differences.add("stopped with " + stop);
        }
        compareRegisters(vector, differences);
        compareMemory(vector, differences);
        return differences;
    }

    /** FLAGS start as an 80286 in real mode has them: bits 12-15 clear. */
    private void enter(HardwareVector vector) {
        cpu.reset();
        for (List<Integer> cell : vector.memory()) {
            memory.put8(cell.get(0), cell.get(1));
            expected[cell.get(0)] = cell.get(1).byteValue();
        }
        for (int i = 0; i < 8; i++) {
            cpu.r[i] = vector.registers().get(GENERAL.get(i));
        }
        for (int i = 0; i < 4; i++) {
            cpu.segments[i].setReal(vector.registers().get(SEGMENTS.get(i)));
        }
        cpu.eip = vector.registers().get("ip");
        cpu.next = cpu.eip;
        cpu.setEflags(vector.registers().get("flags") & 0xfff);
    }

    private void compareRegisters(HardwareVector vector, List<String> differences) {
        for (int i = 0; i < 8; i++) {
            differ(differences, GENERAL.get(i), vector.expected(GENERAL.get(i)), cpu.r[i]);
        }
        for (int i = 0; i < 4; i++) {
            differ(differences, SEGMENTS.get(i), vector.expected(SEGMENTS.get(i)), cpu.selector(i));
        }
        differ(differences, "ip", vector.expected("ip"), cpu.eip);
        int mask = vector.flagsMask() & 0xfff;
        differ(differences, "flags", vector.expected("flags") & mask, cpu.eflags() & mask);
    }

    private void compareMemory(HardwareVector vector, List<String> differences) {
        for (List<Integer> cell : vector.finalMemory()) {
            expected[cell.get(0)] = cell.get(1).byteValue();
        }
        memory.read(0, actual, 0, SIZE);
        for (int i = 0; vector.vector() >= 0 && i < 2; i++) {
            int pushed = (vector.expected("ss") << 4) + (vector.expected("sp") + 4 + i & 0xffff);
            int open = ~vector.flagsMask() >> 8 * i & 0xff;
            expected[pushed] |= (byte) open;
            actual[pushed] |= (byte) open;
        }
        int at = Arrays.mismatch(actual, expected);
        while (at >= 0) {
            differ(differences, String.format("[%06x]", at), expected[at] & 0xff, actual[at] & 0xff);
            memory.put8(at, 0);
            int further = Arrays.mismatch(actual, at + 1, SIZE, expected, at + 1, SIZE);
            at = further < 0 ? -1 : at + 1 + further;
        }
        for (List<List<Integer>> cells : List.of(vector.memory(), vector.finalMemory())) {
            for (List<Integer> cell : cells) {
                memory.put8(cell.get(0), 0);
                expected[cell.get(0)] = 0;
            }
        }
    }

    private static void differ(List<String> differences, String name, int hardware, int simulated) {
        if (hardware != simulated) {
            differences.add(String.format("%s: 80286 %04x, simulated %04x", name, hardware, simulated));
        }
    }
}

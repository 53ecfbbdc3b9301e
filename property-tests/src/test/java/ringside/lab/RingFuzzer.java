package ringside.lab;

import static ringside.properties.SlottedGuest.buffer;
import static ringside.properties.SlottedGuest.bytes;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.guest.GuestImage;
import ringside.isa.Attribute;
import ringside.isa.Decoder;
import ringside.isa.Insn;
import ringside.isa.InsnGenerator;
import ringside.isa.Operand;
import ringside.isa.Row;
import ringside.isa.table.InstructionTable;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.paging.Peek;
import ringside.properties.SlottedGuest;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/**
 * Finds the instructions that betray to a ring-0 kernel where it really runs: random instructions in random states, on the
 * bare machine and deprivileged, step by step. It knows of no class of sensitivity; each culprit is from then on carried
 * out by the VMM, so that those behind it are found too.
 */
final class RingFuzzer {
    private static final int PIECES = 40, PREPARING = 5, MOST_CULPRITS = 60;
    private static final int REGISTERS = 0xb0000, FRAMES = 0xb4000, MIXED = 0xb8000, MIXED_WORDS = 256;

    /** Code and data of ring 1, conforming code and an LDT beside what every slotted guest has. */
    private static final long[] DESCRIPTORS = {
        0x00cfbb000000ffffL, 0x00cfb3000000ffffL, 0x00cf9f000000ffffL, 0x00008200a000001fL
    };

    private static final int FIRST_DESCRIPTOR = 0x30;
    private static final int[] SELECTORS = {0, 0x08, 0x09, 0x10, 0x11, 0x1b, 0x23, 0x28, 0x31, 0x39, 0x41};
    private static final int[] TARGETS = {0x08, 0x09, 0x1b, 0x28, 0x31, 0x41};
    private static final int[] FLAGS = {0x002, 0x202, 0x1002, 0x3202, 0x3002, 0x8d7, 0x40046};

    private final CpuModel cpu;
    private final Map<String, String> options;
    private final SortedSet<String> culprits = new TreeSet<>();
    private int tried;
    private int faulted;

    RingFuzzer(CpuModel cpu, Map<String, String> options) {
        this.cpu = cpu;
        this.options = options;
    }

    /** Mnemonics without their operand size, of those that differed. */
    SortedSet<String> culprits() {
        return culprits;
    }

    /** The share of the drawn instructions that completed on the bare machine. */
    double alive() {
        return 1 - faulted / (double) tried;
    }

    /** Draws every mnemonic {@code each} times. */
    RingFuzzer run(long seed, int each) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, List<Row>> byWord = new LinkedHashMap<>();
        for (Row row : InstructionTable.ROWS) {
            if (!row.is(Attribute.FLOATING) && !row.is(Attribute.ALIAS)) {
                byWord.computeIfAbsent(word(row), w -> new ArrayList<>()).add(row);
            }
        }
        List<Row> drawn = new ArrayList<>();
        for (List<Row> rows : byWord.values()) {
            for (int i = 0; i < Math.max(each, rows.size()); i++) {
                drawn.add(rows.get((i + (int) (seed & 0xff)) % rows.size()));
            }
        }
        for (int from = 0; from < drawn.size(); ) {
            List<Row> rows = drawn.subList(from, Math.min(drawn.size(), from + PIECES));
            from += compare(guest(rows, random), rows.size());
        }
        return this;
    }

    private static String word(Row row) {
        return row.mnemonic().replaceAll("[{<].*?[}>]", "").replace(" far", "");
    }

    // ---- guests

    private GuestImage guest(List<Row> rows, SplittableRandom random) {
        SlottedGuest guest = new SlottedGuest().flattening();
        for (int i = 0; i < DESCRIPTORS.length; i++) {
            int at = SlottedGuest.GDT + FIRST_DESCRIPTOR + i * 8;
            guest.piece(store(at, (int) DESCRIPTORS[i], at + 4, (int) (DESCRIPTORS[i] >>> 32)));
        }
        guest.piece(bytes(0x66, 0xb8, 0x28, 0, 0x0f, 0x00, 0xd8));
        ByteBuffer registers = buffer(PIECES * 32);
        ByteBuffer frames = buffer(PIECES * 32);
        InsnGenerator generator = new InsnGenerator(random);
        for (Row row : rows) {
            int index = registers.position() / 32;
            for (int r = 0; r < 8; r++) {
                // as POPAD has it; a small count in ECX keeps strings from running over their own code
                boolean count = r == 6;
                registers.putInt(count ? SELECTORS[random.nextInt(SELECTORS.length)] : value(random));
            }
            frame(random, guest.next(), frames);
            byte[] code = shaped(generator.draft(row, 32), random, guest.next()).assemble();
            guest.piece(buffer(11 + code.length)
                    .put((byte) 0xbc)
                    .putInt(REGISTERS + index * 32)
                    .put((byte) 0x61)
                    .put((byte) 0xbc)
                    .putInt(FRAMES + index * 32)
                    .put(code)
                    .array());
        }
        ByteBuffer mixed = buffer(MIXED_WORDS * 4);
        while (mixed.hasRemaining()) {
            mixed.putInt(SELECTORS[random.nextInt(SELECTORS.length)]);
        }
        return guest.with("low", 0, traps(0x1000))
                .with("middle", 0x20000, traps(0x50000))
                .with("registers", REGISTERS, registers.array())
                .with("frames", FRAMES, frames.array())
                .with("mixed", MIXED, mixed.array())
                .image();
    }

    /** INT3 wherever a wild branch may go. */
    private static byte[] traps(int size) {
        byte[] code = new byte[size];
        java.util.Arrays.fill(code, (byte) 0xcc);
        return code;
    }

    private static byte[] store(int at, int low, int next, int high) {
        return buffer(20)
                .put(bytes(0xc7, 0x05))
                .putInt(at)
                .putInt(low)
                .put(bytes(0xc7, 0x05))
                .putInt(next)
                .putInt(high)
                .array();
    }

    private static int value(SplittableRandom random) {
        return random.nextInt(5) == 0
                ? MIXED + random.nextInt(MIXED_WORDS / 2) * 4
                : SELECTORS[random.nextInt(SELECTORS.length)];
    }

    /** What a return finds on the stack, or what a POP does. */
    private static void frame(SplittableRandom random, int landing, ByteBuffer frames) {
        int end = frames.position() + 32;
        switch (random.nextInt(5)) {
            case 0 -> frames.putInt(FLAGS[random.nextInt(FLAGS.length)]);
            case 1, 2 -> frames.putInt(SELECTORS[random.nextInt(SELECTORS.length)]);
            default -> {
                frames.putInt(landing).putInt(SELECTORS[random.nextInt(SELECTORS.length)]);
                frames.putInt(FLAGS[random.nextInt(FLAGS.length)]).putInt(SlottedGuest.STACK);
                frames.putInt(SELECTORS[random.nextInt(SELECTORS.length)]);
            }
        }
        frames.position(end);
    }

    /** Half of the memory operands lie where there is something to find, far pointers lead to the next piece. */
    private static InsnGenerator.Draft shaped(InsnGenerator.Draft draft, SplittableRandom random, int landing) {
        List<Operand> operands = new ArrayList<>();
        for (Operand operand : draft.operands()) {
            operands.add(
                    switch (operand) {
                        case Operand.Mem mem
                        when random.nextInt(8) > 0 && mem.addressBits() == 32 -> {
                            int at = MIXED + random.nextInt(MIXED_WORDS / 2) * 4;
                            yield new Operand.Mem(mem.bits(), Reg.DS, -1, -1, 1, at, 32);
                        }
                        case Operand.Rel rel when random.nextInt(4) > 0 -> new Operand.Rel(rel.bits(), 0);
                        case Operand.Far far
                        when far.bits() == 32 -> new Operand.Far(32, TARGETS[random.nextInt(TARGETS.length)], landing);
                        default -> operand;
                    });
        }
        return new InsnGenerator.Draft(draft.mnemonic(), draft.prefixes(), operands, draft.codeBits());
    }

    // ---- comparison

    private VirtualMachine machine(String mode, Map<String, String> settings, GuestImage guest) {
        return Modes.create(
                mode, new VmSpec(cpu, DeviceSettings.of(1 << 20), List.of(), guest, "interpreter", "", settings));
    }

    /** Returns how many pieces were reached: an instruction may be the end of its guest. */
    private int compare(GuestImage guest, int pieces) {
        Set<Integer> carriedOut = new HashSet<>();
        long agreed = 0;
        VirtualMachine bare = null;
        while (agreed >= 0 && carriedOut.size() <= MOST_CULPRITS) {
            bare = machine("bare", Map.of(), guest);
            VirtualMachine observed = machine("deprivileged", options, guest);
            carriedOut.forEach(observed::carryOut);
            bare.run(agreed);
            observed.run(agreed);
            agreed = walk(bare, observed, carriedOut);
        }
        int next = bare.board().bus().read(32, SlottedGuest.RESUME);
        int reached = Math.clamp(SlottedGuest.pieceAt(next) - PREPARING, 1, pieces);
        tried += reached;
        faulted += (bare.board().bus().read(32, SlottedGuest.LOG_POINTER) - SlottedGuest.LOG) / SlottedGuest.LOG_ENTRY;
        return reached;
    }

    /** Steps until they part, noting the culprit; returns after how many instructions that was, or -1 at the end. */
    private long walk(VirtualMachine bare, VirtualMachine observed, Set<Integer> carriedOut) {
        while (true) {
            long before = bare.retired();
            int la = bare.state().pc();
            Peek peek = new Peek(bare.state(), bare.board().bus());
            Insn insn = Decoder.decode(peek.code(la), bare.state().cs().big ? 32 : 16);
            Stop stop = bare.run(1);
            observed.run(1);
            List<Difference> differences = Difference.between(bare, observed);
            if (!differences.isEmpty() || bare.retired() != observed.retired()) {
                culprits.add(Rule.word(insn));
                if (!carriedOut.add(la)) {
                    throw new AssertionError(insn + " carried out by the VMM still differs: " + differences);
                }
                return before;
            }
            if (!(stop instanceof Stop.Budget) || before > 5_000) {
                return -1;
            }
        }
    }
}

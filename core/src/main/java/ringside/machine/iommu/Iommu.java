package ringside.machine.iommu;

import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import ringside.machine.bus.Dma;
import ringside.machine.bus.MmioDevice;
import ringside.machine.memory.PhysicalMemory;
import ringside.observe.Counters;

/** Walks its tables for each access of a bus master, or lets everything through while it is switched off. */
public final class Iommu implements MmioDevice {
    /** Where its registers lie. */
    public static final int MA = 0xfed9_0000, SIZE = 0x1000;

    /** Registers, 32 bits each: version, command, root table, invalidations, faults. */
    public static final int VERSION = 0x00, COMMAND = 0x18, ROOT = 0x20, INVALIDATE_CONTEXT = 0x28;

    public static final int FAULT_STATUS = 0x34, FAULT_CONTROL = 0x38, FAULT_VECTOR = 0x3c;
    public static final int INVALIDATE_ADDRESS = 0x100, INVALIDATE = 0x108, FAULTS = 0x200;

    /** Command: addresses are translated. */
    public static final int TRANSLATE = 1 << 31;

    /** INVALIDATE: what is forgotten, with the number of the domain in the low half. */
    public static final int ALL = 1 << 28, DOMAIN = 2 << 28, PAGE = 3 << 28;

    /** Entries: what they allow, and that they count. */
    public static final int READ = 1, WRITE = 2, PRESENT = 1;

    private static final int PAGE_SIZE = PhysicalMemory.PAGE, OFFSET = PAGE_SIZE - 1, GRANULE = 3 << 28;
    private static final int VERSION_1 = 0x10;
    private static final int LAST_FAULT_WORD = FAULTS + FaultRegisters.RECORDS * FaultRegisters.WORDS * 4;

    private final PhysicalMemory memory;
    private final IoTlb tlb = new IoTlb();
    private final ContextCache contexts = new ContextCache();
    private final FaultRegisters faults = new FaultRegisters();
    private final Counters counters =
            Counters.of("iotlbHits", "iotlbMisses", "iommuReferences", "contextReads", "dmaFaults", "dmaFaultsLost");
    private boolean on;
    private int root;
    private int invalidateAddress;

    public Iommu(PhysicalMemory memory) {
        this.memory = memory;
    }

    /** Accesses answered by the IOTLB and by walks, entries read, faults. */
    public Counters counters() {
        return counters;
    }

    // ---- between masters and memory

    /**
     * Memory as {@code requester} reaches it.
     *
     * @param processor takes the message, a vector, where an access of this requester fails
     */
    public Dma view(Requester requester, IntConsumer processor) {
        return new RemappedDma(this, memory, requester, processor);
    }

    boolean on() {
        return on;
    }

    /** The MA of an address for an access that does not leave its page; throws where the tables do not allow it. */
    int translate(int requester, int address, boolean write) throws Refused {
        int slot = contexts.find(requester);
        if (slot < 0) {
            slot = readContext(requester);
        }
        int entry = tlb.find(contexts.domain(slot), address);
        if (entry != 0) {
            counters.add("iotlbHits");
        } else {
            counters.add("iotlbMisses");
            entry = walk(contexts.directory(slot), address, write);
            tlb.enter(contexts.domain(slot), address, entry);
        }
        require(entry, write);
        return entry & ~OFFSET | address & OFFSET;
    }

    private int readContext(int requester) throws Refused {
        counters.add("contextReads", 2);
        int rootEntry = read(root + (requester >> 8) * 4);
        require((rootEntry & PRESENT) != 0, FaultReason.NO_ROOT);
        require((rootEntry & OFFSET & ~PRESENT) == 0, FaultReason.RESERVED);
        int at = (rootEntry & ~OFFSET) + (requester & 0xff) * 8;
        int context = read(at);
        require((context & PRESENT) != 0, FaultReason.NO_CONTEXT);
        int domain = read(at + 4);
        require((context & OFFSET & ~PRESENT) == 0 && domain >>> 16 == 0, FaultReason.RESERVED);
        return contexts.enter(requester, domain, context & ~OFFSET);
    }

    /** The entry of the page with the rights that both levels allow. */
    private int walk(int directory, int address, boolean write) throws Refused {
        int above = step(directory + (address >>> 22) * 4, write);
        int entry = step((above & ~OFFSET) + (address >>> 12 & 0x3ff) * 4, write) & (above | ~(READ | WRITE));
        require(memory.contains(entry & ~OFFSET, PAGE_SIZE), FaultReason.PAGE_OUTSIDE);
        return entry;
    }

    private int step(int at, boolean write) throws Refused {
        counters.add("iommuReferences");
        int entry = read(at);
        require(entry, write);
        require((entry & OFFSET & ~(READ | WRITE)) == 0, FaultReason.RESERVED);
        return entry;
    }

    private int read(int ma) throws Refused {
        require(memory.contains(ma, 4), FaultReason.TABLES_OUTSIDE);
        return memory.get32(ma);
    }

    private static void require(int entry, boolean write) throws Refused {
        require((entry & (write ? WRITE : READ)) != 0, write ? FaultReason.NO_WRITE : FaultReason.NO_READ);
    }

    private static void require(boolean held, FaultReason otherwise) throws Refused {
        if (!held) {
            throw Refused.BECAUSE[otherwise.ordinal()];
        }
    }

    void fault(DmaFault fault, IntConsumer processor) {
        counters.add("dmaFaults");
        if (!faults.note(fault, processor)) {
            counters.add("dmaFaultsLost");
        }
    }

    // ---- registers

    @Override
    public int read(int bits, int offset) {
        if (bits != 32) {
            return 0;
        }
        if (offset >= FAULTS && offset < LAST_FAULT_WORD) {
            return faults.record(offset - FAULTS >> 2);
        }
        return switch (offset) {
            case VERSION -> VERSION_1;
            case COMMAND -> on ? TRANSLATE : 0;
            case ROOT -> root;
            case FAULT_STATUS -> faults.status();
            case FAULT_CONTROL -> faults.control();
            case FAULT_VECTOR -> faults.vector();
            case INVALIDATE_ADDRESS -> invalidateAddress;
            default -> 0;
        };
    }

    @Override
    public void write(int bits, int offset, int value) {
        if (bits != 32) {
            return;
        }
        if (offset >= FAULTS && offset < LAST_FAULT_WORD) {
            faults.release(offset - FAULTS >> 2, value);
            return;
        }
        switch (offset) {
            case COMMAND -> on = (value & TRANSLATE) != 0;
            case ROOT -> root = value & ~OFFSET;
            case INVALIDATE_CONTEXT -> contexts.clear();
            case INVALIDATE_ADDRESS -> invalidateAddress = value;
            case INVALIDATE -> invalidate(value);
            case FAULT_STATUS -> faults.clear(value);
            case FAULT_CONTROL -> faults.control(value);
            case FAULT_VECTOR -> faults.vector(value);
            default -> {} // read-only, or nothing there
        }
    }

    private void invalidate(int value) {
        switch (value & GRANULE) {
            case ALL -> tlb.clear();
            case DOMAIN -> tlb.clear(value & 0xffff);
            case PAGE -> tlb.clear(value & 0xffff, invalidateAddress);
            default -> {} // no request
        }
    }

    // ---- looking

    /** The fault that record {@code index} holds, read as software reads it. */
    public Optional<DmaFault> fault(int index) {
        int word = index * FaultRegisters.WORDS;
        return Optional.ofNullable(
                FaultRegisters.decode(faults.record(word), faults.record(word + 2), faults.record(word + 3)));
    }

    /** How many fault records there are. */
    public static int faultRecords() {
        return FaultRegisters.RECORDS;
    }

    /** The offset of the word of fault record {@code index} that frees it. */
    public static int release(int index) {
        return FAULTS + (index * FaultRegisters.WORDS + 3) * 4;
    }

    /** Its tables in words, as they lie in memory: who is in which domain, and what each domain reaches. */
    public List<String> tables() {
        return new TableText(memory).of(root);
    }

    /** Pages in the IOTLB. */
    public int cached() {
        return tlb.size();
    }
}

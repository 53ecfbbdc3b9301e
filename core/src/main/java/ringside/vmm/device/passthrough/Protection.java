package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ringside.machine.iommu.DmaFault;
import ringside.machine.iommu.Iommu;
import ringside.machine.iommu.Requester;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.frames.MachineMemory;
import ringside.vmm.spi.PhysicalServer;

/** The VMM's part of the IOMMU: root and context tables, which requester belongs to which domain, and the faults. */
final class Protection {
    /** What the IOMMU's message raises in the processor. */
    static final int VECTOR = 0xe0;

    private static final int PAGE = PhysicalMemory.PAGE, MOST_FAULTS = 1000;

    private final Iommu iommu;
    private final MachineMemory machine;
    private final PhysicalMemory memory;
    private final int root;
    /** Context tables, by bus. */
    private final Map<Integer, Integer> contexts = new LinkedHashMap<>();

    private final List<DmaFault> faults = new ArrayList<>();
    private long more;
    private int domains;

    Protection(MachineMemory machine) {
        this.machine = machine;
        this.memory = machine.bytes();
        this.iommu = new Iommu(memory);
        this.root = table();
    }

    /** Bytes that the root table and the context tables of two buses take. */
    static int tableBytes() {
        return 3 * PAGE;
    }

    Iommu iommu() {
        return iommu;
    }

    /** A page of zeros in the machine's memory. */
    int table() {
        int at = machine.reserve(PAGE);
        memory.fill(at, PAGE, 0);
        return at;
    }

    /** Shows the registers to another processor and switches translation on. */
    void show(PhysicalServer server) {
        server.bus().mmio(Iommu.MA, Iommu.MA + Iommu.SIZE - 1, "iommu", iommu);
        write(server, Iommu.ROOT, root);
        write(server, Iommu.FAULT_VECTOR, VECTOR);
        write(server, Iommu.FAULT_CONTROL, 0);
        write(server, Iommu.COMMAND, Iommu.TRANSLATE);
    }

    private static void write(PhysicalServer server, int register, int value) {
        server.bus().write(32, Iommu.MA + register, value);
    }

    /** The number of a domain that nobody has. */
    int newDomain() {
        return ++domains;
    }

    /** From now on the requester is in the domain with this directory. */
    void assign(PhysicalServer server, Requester requester, int domain, int directory) {
        int table = contexts.computeIfAbsent(requester.bus(), bus -> table());
        memory.put32(root + requester.bus() * 4, table | Iommu.PRESENT);
        int at = table + (requester.id() & 0xff) * 8;
        memory.put32(at + 4, domain);
        memory.put32(at, directory | Iommu.PRESENT);
        write(server, Iommu.INVALIDATE_CONTEXT, 1);
    }

    /** The requester is in no domain any more. */
    void withdraw(PhysicalServer server, Requester requester) {
        int table = contexts.get(requester.bus());
        memory.put32(table + (requester.id() & 0xff) * 8, 0);
        write(server, Iommu.INVALIDATE_CONTEXT, 1);
        write(server, Iommu.INVALIDATE, Iommu.ALL);
    }

    // ---- faults

    /** The IOMMU sent its message: the fault registers are read and freed. */
    void takeFaults(PhysicalServer server) {
        for (int index = 0; index < Iommu.faultRecords(); index++) {
            if (iommu.fault(index).isPresent()) {
                DmaFault fault = iommu.fault(index).get();
                if (faults.size() < MOST_FAULTS) {
                    faults.add(fault);
                } else {
                    more++;
                }
                write(server, Iommu.release(index), 1 << 31);
            }
        }
        write(server, Iommu.FAULT_STATUS, 1);
    }

    /** What was reported so far, the first thousand, in order. */
    List<DmaFault> faults() {
        return List.copyOf(faults);
    }

    /** Faults that were reported beyond those. */
    long more() {
        return more;
    }
}

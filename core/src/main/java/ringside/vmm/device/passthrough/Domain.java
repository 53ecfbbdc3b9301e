package ringside.vmm.device.passthrough;

import java.util.ArrayList;
import java.util.List;
import ringside.machine.bus.SystemBus;
import ringside.machine.iommu.Iommu;
import ringside.machine.iommu.Requester;
import ringside.machine.memory.PhysicalMemory;
import ringside.vmm.spi.PhysicalServer;

/** What the devices of one guest reach: its memory at its own addresses, its ROM for reading, and nothing else. */
final class Domain {
    private static final int PAGE = PhysicalMemory.PAGE;
    /** What one table maps. */
    private static final int SPAN_BITS = 22, SPAN = 1 << SPAN_BITS;

    private final Protection protection;
    private final PhysicalServer server;
    private final PhysicalMemory memory;
    private final int number;
    private final int directory;
    private final List<Requester> admitted = new ArrayList<>();

    Domain(Protection protection, PhysicalServer server) {
        this.protection = protection;
        this.server = server;
        this.memory = server.machine().bytes();
        this.number = protection.newDomain();
        this.directory = protection.table();
    }

    /** Bytes that the directory and the tables of a guest with so much memory take. */
    static int tableBytes(long ramBytes) {
        return PAGE * (1 + (int) (ramBytes + SPAN - 1 >> SPAN_BITS));
    }

    /** Maps all of the guest's memory, whose frames stay from now on. */
    void map(SystemBus guest) {
        server.frames().pin();
        for (int pa = 0; pa < guest.ramSize(); pa += PAGE) {
            int readable = guest.direct(pa, false);
            if (readable != SystemBus.NONE) {
                boolean writable = guest.direct(pa, true) == readable;
                enter(pa, readable | Iommu.READ | (writable ? Iommu.WRITE : 0));
            }
        }
        invalidate();
    }

    /** Lets its devices write a page of the guest's RAM, or only read it. */
    void mayWrite(int pa, boolean allowed) {
        int at = place(pa);
        int entry = memory.get32(at);
        memory.put32(at, allowed ? entry | Iommu.WRITE : entry & ~Iommu.WRITE);
        invalidate();
    }

    private void invalidate() {
        server.bus().write(32, Iommu.MA + Iommu.INVALIDATE, Iommu.DOMAIN | number);
    }

    private int place(int pa) {
        return (memory.get32(directory + (pa >>> SPAN_BITS) * 4) & -PAGE) + (pa >>> 12 & 0x3ff) * 4;
    }

    private void enter(int pa, int entry) {
        int at = directory + (pa >>> SPAN_BITS) * 4;
        if (memory.get32(at) == 0) {
            memory.put32(at, protection.table() | Iommu.READ | Iommu.WRITE);
        }
        memory.put32(place(pa), entry);
    }

    /** Puts a requester into it. */
    void admit(Requester requester) {
        admitted.add(requester);
        protection.assign(server, requester, number, directory);
    }

    /** Nobody is in it any more. */
    void dissolve() {
        admitted.forEach(requester -> protection.withdraw(server, requester));
        admitted.clear();
    }
}

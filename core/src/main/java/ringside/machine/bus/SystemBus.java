package ringside.machine.bus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ringside.error.RingsideException;
import ringside.machine.memory.FrameMap;
import ringside.machine.memory.PhysicalMemory;

/**
 * The physical address space: RAM from 0, ROM and MMIO ranges over it, open bus (all ones) elsewhere.
 *
 * <p>RAM and ROM are both stored in {@link PhysicalMemory}; {@link #direct} tells where, so that the MMU can map a page
 * straight to its bytes. The A20 gate masks address bit 20 before anything is looked up.
 */
public final class SystemBus implements MmioMap {
    /** {@code direct}'s answer for a page that is not plain memory. */
    public static final int NONE = -1;

    /** How page tables lie in memory where their entries do not hold addresses of this bus. */
    public interface TableForm {
        /** Entries are what they look like. */
        TableForm PLAIN = new TableForm() {
            @Override
            public int entry(int pa, int raw) {
                return raw;
            }

            @Override
            public boolean mark(int pa, int value) {
                return false;
            }
        };

        /** The entry at {@code pa}, where memory holds {@code raw}, with an address of this bus. */
        int entry(int pa, int raw);

        /** Marks the entry at {@code pa} accessed or dirty as {@code value} is; false where it can just be written. */
        boolean mark(int pa, int value);
    }

    private record Mmio(int first, int last, String owner, MmioDevice device) {}

    private record Rom(int first, int last, int ma) {}

    private final PhysicalMemory memory;
    private final FrameMap frames;
    private final int ramSize;
    private final List<Mmio> mmio = new ArrayList<>();
    private final List<Rom> roms = new ArrayList<>();
    private final Map<Integer, Integer> passed = new HashMap<>();
    private int romTop;
    private int a20Mask = -1;
    private TableForm tableForm = TableForm.PLAIN;
    private Runnable deviceAccess = () -> {};
    private boolean mastered;

    /** @param ramSize bytes of {@code memory} that are RAM; what follows holds ROM images */
    public SystemBus(PhysicalMemory memory, int ramSize) {
        this(memory, FrameMap.contiguous(0), ramSize, ramSize);
    }

    /**
     * The address space of a virtual machine, whose RAM lies where {@code frames} says.
     *
     * @param ramSize bytes of RAM from PA 0 on
     * @param romBase the MA from which on ROM images are stored
     */
    public SystemBus(PhysicalMemory memory, FrameMap frames, int ramSize, int romBase) {
        this.memory = memory;
        this.frames = frames;
        this.ramSize = ramSize;
        this.romTop = romBase;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public int ramSize() {
        return ramSize;
    }

    /** Opens (true) or closes the A20 gate; the caller flushes what was mapped. */
    public void a20(boolean open) {
        a20Mask = open ? -1 : ~(1 << 20);
    }

    public boolean a20() {
        return a20Mask == -1;
    }

    /** Stores a ROM image and shows it at {@code pa}; both page-aligned. May be called twice to show it twice. */
    public void rom(int pa, byte[] image) {
        int length = (image.length + PhysicalMemory.PAGE - 1) & -PhysicalMemory.PAGE;
        if (!memory.contains(romTop, length)) {
            throw new RingsideException(
                    "a ROM of " + image.length + " bytes does not fit", "", "give the machine more ROM space");
        }
        memory.write(romTop, image);
        roms.add(new Rom(pa, pa + length - 1, romTop));
        romTop += length;
    }

    @Override
    public void claim(int first, int last, String owner, MmioDevice device) {
        mmio(first, last, owner, device);
    }

    /** Puts a device at physical addresses {@code first} to {@code last}, page-aligned; it hides RAM beneath. */
    public void mmio(int first, int last, String owner, MmioDevice device) {
        for (Mmio other : mmio) {
            if (Integer.compareUnsigned(first, other.last) <= 0 && Integer.compareUnsigned(other.first, last) <= 0) {
                throw new RingsideException(
                        String.format(
                                "memory range %s %08x-%08x overlaps %s %08x-%08x",
                                owner, first, last, other.owner, other.first, other.last),
                        "",
                        "choose addresses that are free");
            }
        }
        mmio.add(new Mmio(first, last, owner, device));
    }

    @Override
    public Window window(String owner, int size, MmioDevice device) {
        return new Window() {
            private Mmio placed;

            @Override
            public void at(int first) {
                off();
                placed = new Mmio(first, first + size - 1, owner, device);
                mmio.add(placed);
            }

            @Override
            public void off() {
                mmio.remove(placed);
                placed = null;
            }
        };
    }

    /** The MA of the page at {@code pa} (page-aligned) for reading or writing directly, or {@link #NONE}. */
    public int direct(int pa, boolean write) {
        int page = pa & a20Mask & -PhysicalMemory.PAGE;
        if (find(page) != null) {
            return NONE;
        }
        Rom rom = romAt(page);
        if (rom != null) {
            return write ? NONE : rom.ma + (page - rom.first);
        }
        return Integer.compareUnsigned(page, ramSize) < 0 ? frames.frame(page, write) : NONE;
    }

    /** Whether RAM answers at {@code pa}, rather than ROM, a device or nothing. */
    public boolean isRam(int pa) {
        int page = pa & a20Mask & -PhysicalMemory.PAGE;
        return Integer.compareUnsigned(page, ramSize) < 0 && find(page) == null && romAt(page) == null;
    }

    /** Whether the page at {@code pa} is RAM that may be mapped for writing as it is. */
    public boolean mayMapWritable(int pa) {
        return isRam(pa) && frames.writable(pa & a20Mask & -PhysicalMemory.PAGE);
    }

    /** Whether {@link #direct} for reading finds the page at {@code pa} as it is, nothing brought in. */
    public boolean isPresent(int pa) {
        return !isRam(pa) || frames.present(pa & a20Mask & -PhysicalMemory.PAGE);
    }

    /** Writes into RAM from {@code pa} on, whatever lies over it. */
    public void fillRam(int pa, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            int at = pa + done;
            int inPage = at & PhysicalMemory.PAGE - 1;
            int length = Math.min(bytes.length - done, PhysicalMemory.PAGE - inPage);
            memory.write(frames.frame(at - inPage, true) + inPage, bytes, done, length);
            done += length;
        }
    }

    /** The lowest PA at which this RAM and that of {@code other}, of the same size, differ; -1 where nowhere. */
    public int ramMismatch(SystemBus other) {
        for (int page = 0; page < ramSize; page += PhysicalMemory.PAGE) {
            int at = memory.mismatch(
                    frames.frame(page, false), other.memory, other.frames.frame(page, false), PhysicalMemory.PAGE);
            if (at >= 0) {
                return page + at;
            }
        }
        return -1;
    }

    /** What answers at a physical address. */
    public sealed interface Answer {
        /** RAM; {@code ma} of the byte, or -1 where the page has no frame now. */
        record Ram(FrameMap.State state, int ma) implements Answer {}

        /** ROM; {@code ma} of the byte. */
        record ReadOnly(int ma) implements Answer {}

        /** A device. */
        record Device(String owner) implements Answer {}

        /** All ones. */
        record Nothing() implements Answer {}
    }

    /** What answers at {@code pa}; asks no device and brings no frame in. */
    public Answer answer(int pa) {
        int masked = pa & a20Mask;
        int page = masked & -PhysicalMemory.PAGE;
        Mmio device = find(masked);
        if (device != null) {
            return new Answer.Device(device.owner);
        }
        Rom rom = romAt(page);
        if (rom != null) {
            return new Answer.ReadOnly(rom.ma + (masked - rom.first));
        }
        if (Integer.compareUnsigned(page, ramSize) >= 0) {
            return new Answer.Nothing();
        }
        FrameMap.State state = frames.state(page);
        return new Answer.Ram(state, frames.present(page) ? frames.frame(page, false) + (masked - page) : -1);
    }

    /** A page at which a device of this address space answers is a page of the real machine's at {@code ma}, or no more. */
    public void pass(int pa, int ma) {
        if (ma == NONE) {
            passed.remove(pa);
        } else {
            passed.put(pa, ma);
        }
    }

    /** The MA of a page at which a real device answers for the one here, or {@link #NONE}. */
    public int passed(int pa) {
        return passed.getOrDefault(pa & a20Mask & -PhysicalMemory.PAGE, NONE);
    }

    /** Like {@link #romAt} without an iterator: an access leaves no garbage. */
    private Mmio find(int pa) {
        for (int i = 0; i < mmio.size(); i++) {
            Mmio m = mmio.get(i);
            if (Integer.compareUnsigned(pa, m.first) >= 0 && Integer.compareUnsigned(pa, m.last) <= 0) {
                return m;
            }
        }
        return null;
    }

    private Rom romAt(int pa) {
        for (int i = 0; i < roms.size(); i++) {
            Rom rom = roms.get(i);
            if (Integer.compareUnsigned(pa, rom.first) >= 0 && Integer.compareUnsigned(pa, rom.last) <= 0) {
                return rom;
            }
        }
        return null;
    }

    /** From now on a processor of this bus reads and marks entries of page tables by way of {@code form}. */
    public void tableForm(TableForm form) {
        tableForm = form;
    }

    /** The entry of a page table at {@code pa}, its address one of this bus. */
    public int tableEntry(int pa) {
        return tableForm.entry(pa, read(32, pa));
    }

    /** Writes an entry back that a walk marked. */
    public void markTableEntry(int pa, int value) {
        if (!tableForm.mark(pa, value)) {
            write(32, pa, value);
        }
    }

    /** Called before each access to a device. */
    public void beforeDevice(Runnable action) {
        deviceAccess = action;
    }

    /** Reads {@code bits}/8 bytes that lie within one page. */
    public int read(int bits, int pa) {
        int masked = pa & a20Mask;
        Mmio device = find(masked);
        if (device != null) {
            deviceAccess.run();
            return device.device.read(bits, masked - device.first);
        }
        int ma = direct(masked, false);
        if (ma == NONE) {
            return bits == 32 ? -1 : (1 << bits) - 1;
        }
        ma += masked & PhysicalMemory.PAGE - 1;
        return bits == 32 ? memory.get32(ma) : bits == 16 ? memory.get16(ma) : memory.get8(ma);
    }

    /** Writes {@code bits}/8 bytes that lie within one page; ROM and open bus swallow them. */
    public void write(int bits, int pa, int value) {
        int masked = pa & a20Mask;
        Mmio device = find(masked);
        if (device != null) {
            deviceAccess.run();
            device.device.write(bits, masked - device.first, value);
            return;
        }
        int ma = direct(masked, true);
        if (ma == NONE) {
            return;
        }
        ma += masked & PhysicalMemory.PAGE - 1;
        switch (bits) {
            case 32 -> memory.put32(ma, value);
            case 16 -> memory.put16(ma, value);
            default -> memory.put8(ma, value);
        }
    }

    /** Carries out {@code writes} in the name of a device that masters the bus. */
    public void asMaster(Runnable writes) {
        mastered = true;
        writes.run();
        mastered = false;
    }

    /** Whether what is being written comes from a device that masters the bus. */
    public boolean mastered() {
        return mastered;
    }

    /** Whether a device, rather than memory or nothing, answers at {@code pa}. */
    public boolean isDevice(int pa) {
        return find(pa & a20Mask) != null;
    }
}

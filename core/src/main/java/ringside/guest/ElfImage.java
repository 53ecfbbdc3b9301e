package ringside.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** ELF32 i386 executables (TIS ELF specification 1.2): program headers, entry point, symbols; everything is checked. */
public final class ElfImage {
    static final String REBUILD = "link with 'ld -m elf_i386' (static, not position independent)";

    private static final int EHDR_SIZE = 52, PHDR_SIZE = 32, SHDR_SIZE = 40, SYM_SIZE = 16;
    private static final int TYPE_EXEC = 2, TYPE_DYN = 3, TYPE_REL = 1, TYPE_CORE = 4, MACHINE_386 = 3;
    private static final int PT_LOAD = 1, PT_INTERP = 3;
    private static final int SHT_SYMTAB = 2, SHT_STRTAB = 3;
    private static final int STT_FUNC = 2, STB_LOCAL = 0;
    private static final int MAX_SEGMENTS = 256, MAX_SYMBOLS = 1 << 20;

    private record Segment(int offset, int va, int pa, int fileSize, int memorySize) {}

    private final ImageFile file;
    private final int ramSize;
    private final List<Segment> loads = new ArrayList<>();
    private long wanted;

    private ElfImage(ImageFile file, int ramSize) {
        this.file = file;
        this.ramSize = ramSize;
        checkHeader();
        readProgramHeaders();
    }

    /** An executable for {@code ramSize} bytes of memory, entered in flat mode with a GDT and a stack beside it. */
    public static GuestImage of(ImageFile file, int ramSize) {
        ElfImage elf = new ElfImage(file, ramSize);
        return FlatEntry.image(file.shortName(), elf.segments(), elf.entryPa(), elf.symbols());
    }

    /** What a Multiboot loader needs of an executable. */
    static ElfImage parse(ImageFile file, int ramSize) {
        return new ElfImage(file, ramSize);
    }

    /** Whether the file claims to be ELF of any kind. */
    public static boolean claims(ImageFile file) {
        return file.startsWith(0x7f, 'E', 'L', 'F');
    }

    private void checkHeader() {
        if (!claims(file)) {
            throw file.refuse("not an ELF file: " + FileKind.describe(file), 0, REBUILD);
        }
        if (file.get8(4, "the ELF header") != 1) {
            throw file.refuse("a 64-bit ELF file; the machine has a 32-bit processor", 4, REBUILD);
        }
        if (file.get8(5, "the ELF header") != 1) {
            throw file.refuse("a big-endian ELF file; the processor is little-endian", 5, REBUILD);
        }
        int machine = file.get16(18, "the ELF header");
        if (machine != MACHINE_386) {
            throw file.refuse("an ELF file for machine %d, not for i386 (3)".formatted(machine), 18, REBUILD);
        }
        int type = file.get16(16, "the ELF header");
        if (type != TYPE_EXEC) {
            throw file.refuse(kind(type) + ", not an executable", 16, REBUILD);
        }
        file.slice(0, EHDR_SIZE, EHDR_SIZE, "the ELF header");
    }

    private static String kind(int type) {
        return switch (type) {
            case TYPE_REL -> "an ELF object file that was never linked";
            case TYPE_DYN -> "an ELF shared object or position-independent program";
            case TYPE_CORE -> "an ELF core dump";
            default -> "an ELF file of type " + type;
        };
    }

    private void readProgramHeaders() {
        int table = file.get32(28, "the ELF header");
        int entrySize = file.get16(42, "the ELF header");
        int count = file.get16(44, "the ELF header");
        if (count > 0 && entrySize != PHDR_SIZE) {
            throw file.refuse("program headers of %d bytes instead of 32".formatted(entrySize), 42, REBUILD);
        }
        if (count > MAX_SEGMENTS) {
            throw file.refuse(count + " program headers; 256 are accepted", 44, REBUILD);
        }
        for (int i = 0; i < count; i++) {
            int at = table + i * PHDR_SIZE;
            switch (file.get32(at, "program header " + i)) {
                case PT_LOAD -> addLoad(i, at);
                case PT_INTERP -> throw file.refuse("the program wants a dynamic linker", at, REBUILD);
                default -> {}
            }
        }
        if (loads.isEmpty()) {
            throw file.refuse("nothing to load: no program header of type LOAD", table, REBUILD);
        }
    }

    private void addLoad(int index, int at) {
        String what = "program header " + index;
        Segment load = new Segment(
                file.get32(at + 4, what),
                file.get32(at + 8, what),
                file.get32(at + 12, what),
                file.get32(at + 16, what),
                file.get32(at + 20, what));
        if (Integer.compareUnsigned(load.memorySize, load.fileSize) < 0) {
            throw file.refuse(
                    "segment %d has %s bytes in the file but only %s in memory"
                            .formatted(index, hex(load.fileSize), hex(load.memorySize)),
                    at + 20,
                    REBUILD);
        }
        long end = Integer.toUnsignedLong(load.pa) + Integer.toUnsignedLong(load.memorySize);
        wanted += Integer.toUnsignedLong(load.memorySize);
        if (end > ramSize || wanted > ramSize) {
            throw file.refuse(
                    "segment %d wants physical memory %s-%08x; RAM ends at %s"
                            .formatted(index, hex(load.pa), end - 1, hex(ramSize)),
                    at + 12,
                    "give the machine more memory (--ram) or link it lower (AT in the linker script)");
        }
        if (load.memorySize != 0) {
            loads.add(load);
        }
    }

    private static String hex(int value) {
        return "%08x".formatted(value);
    }

    List<LoadSegment> segments() {
        List<LoadSegment> segments = new ArrayList<>();
        for (int i = 0; i < loads.size(); i++) {
            Segment load = loads.get(i);
            String name = "segment " + i;
            segments.add(new LoadSegment(name, load.pa, file.slice(load.offset, load.fileSize, load.memorySize, name)));
        }
        return segments;
    }

    /** The entry point as a physical address: translated where it lies in the virtual range of a segment. */
    int entryPa() {
        int entry = file.get32(24, "the ELF header");
        for (Segment load : loads) {
            if (Integer.compareUnsigned(entry - load.va, load.memorySize) < 0) {
                return entry - load.va + load.pa;
            }
        }
        for (Segment load : loads) {
            if (Integer.compareUnsigned(entry - load.pa, load.memorySize) < 0) {
                return entry;
            }
        }
        throw file.refuse(
                "the entry point %08x lies in no loaded segment".formatted(entry),
                24,
                "name the first instruction with ENTRY or 'ld -e'");
    }

    /** Labels by name; a global one wins over local ones, and the first of several local ones. */
    SortedMap<String, Integer> symbols() {
        SortedMap<String, Integer> found = new TreeMap<>();
        int table = file.get32(32, "the ELF header");
        int count = file.get16(48, "the ELF header");
        if (table == 0 || count == 0) {
            return found;
        }
        int entrySize = file.get16(46, "the ELF header");
        if (entrySize != SHDR_SIZE) {
            throw file.refuse("section headers of %d bytes instead of 40".formatted(entrySize), 46, REBUILD);
        }
        for (int i = 0; i < count; i++) {
            int at = table + i * SHDR_SIZE;
            if (file.get32(at + 4, "section header " + i) == SHT_SYMTAB) {
                readSymbols(at, stringTable(at, table, count), found);
            }
        }
        return found;
    }

    private int stringTable(int symbolSection, int table, int count) {
        int link = file.get32(symbolSection + 24, "the symbol table's header");
        int at = table + link * SHDR_SIZE;
        if (link < 0 || link >= count || file.get32(at + 4, "section header " + link) != SHT_STRTAB) {
            throw file.refuse(
                    "the symbol table's names are in section %d, which holds no strings".formatted(link),
                    symbolSection + 24,
                    "strip the symbols ('strip FILE') or link anew");
        }
        return file.get32(at + 16, "section header " + link);
    }

    private void readSymbols(int section, int strings, SortedMap<String, Integer> found) {
        int start = file.get32(section + 16, "the symbol table's header");
        int size = file.get32(section + 20, "the symbol table's header");
        if (size < 0 || size / SYM_SIZE > MAX_SYMBOLS) {
            throw file.refuse(
                    "a symbol table of %s bytes".formatted(Integer.toUnsignedString(size)),
                    section + 20,
                    "strip the symbols ('strip FILE') or link anew");
        }
        file.require(start, size, "the symbol table");
        for (int at = start; at + SYM_SIZE <= start + size; at += SYM_SIZE) {
            int info = file.get8(at + 12, "a symbol");
            boolean named = file.get32(at, "a symbol") != 0 && file.get16(at + 14, "a symbol") != 0;
            if (named && (info & 15) <= STT_FUNC) {
                String name = file.text(strings + file.get32(at, "a symbol"), "a symbol's name");
                int value = file.get32(at + 4, "a symbol");
                if (info >> 4 == STB_LOCAL) {
                    found.putIfAbsent(name, value);
                } else {
                    found.put(name, value);
                }
            }
        }
    }
}

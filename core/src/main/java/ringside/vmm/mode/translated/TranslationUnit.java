package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import ringside.machine.memory.PhysicalMemory;

/** A TU: a run of guest instructions and what stands for it in the cache. */
final class TranslationUnit {
    private static final Set<String> COPIES = Set.of(Rules.IDENT.name(), Rules.PORT.name());

    final Context context;
    /** Guest EIP of the first instruction. */
    final int eip;
    /** Machine address of its first byte, and of the page that holds the bytes past a page's end, or -1. */
    final int ma;

    final int secondPage;
    /** Offset of its code in the cache. */
    final int start;

    /** Guest bytes. */
    int length;
    /** Bytes in the cache. */
    int size;

    /** EIP and cache offset of each guest instruction. */
    final List<Integer> eips = new ArrayList<>();

    final List<Integer> offsets = new ArrayList<>();
    /** The rule that translated each guest instruction. */
    final List<String> rules = new ArrayList<>();
    /** Its mnemonic. */
    final List<String> words = new ArrayList<>();

    final List<ExitSite> exits = new ArrayList<>();
    /** Sites of other units that jump here. */
    final List<ExitSite> incoming = new ArrayList<>();
    /** Where an indirect branch enters, or -1. */
    int landing = -1;

    /** Its bytes are what the guest's memory holds. */
    boolean valid = true;
    /** Its pages are mapped as they were. */
    boolean active = true;

    TranslationUnit(Context context, int eip, int ma, int secondPage, int start) {
        this.context = context;
        this.eip = eip;
        this.ma = ma;
        this.secondPage = secondPage;
        this.start = start;
    }

    /** The cache offset at which the guest instruction at {@code guestEip} begins, or -1. */
    int offsetOf(int guestEip) {
        int index = eips.indexOf(guestEip);
        return index < 0 ? -1 : offsets.get(index);
    }

    /** Whether the guest instruction at {@code guestEip} stands in the cache as it is. */
    boolean copies(int guestEip) {
        int index = eips.indexOf(guestEip);
        return index >= 0 && COPIES.contains(rules.get(index));
    }

    /** The mnemonic of the guest instruction at {@code guestEip}, which is one of the unit's. */
    String wordAt(int guestEip) {
        return words.get(eips.indexOf(guestEip));
    }

    /** Whether what indirect branches enter lies right before the code. */
    boolean landingBefore() {
        return landing >= 0 && landing < start;
    }

    /** The guest's bytes. */
    byte[] code(PhysicalMemory memory) {
        int inFirst = Math.min(length, 0x1000 - (ma & 0xfff));
        byte[] code = java.util.Arrays.copyOf(memory.read(ma, inFirst), length);
        if (inFirst < length) {
            memory.read(secondPage, code, inFirst, length - inFirst);
        }
        return code;
    }

    /** Linear address of the last guest byte. */
    int lastLa() {
        return context.la(eip) + length - 1;
    }

    /** Whether any of {@code count} bytes at a machine address is translated here. */
    boolean covers(int from, int count) {
        if (secondPage < 0) {
            return from < ma + length && ma < from + count;
        }
        int inFirst = 0x1000 - (ma & 0xfff);
        return from < ma + inFirst && ma < from + count
                || from < secondPage + length - inFirst && secondPage < from + count;
    }
}

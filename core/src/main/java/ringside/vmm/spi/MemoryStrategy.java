package ringside.vmm.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import ringside.observe.Counters;

/** How guest memory is mapped: what the real page tables hold, and what a page fault under them means. */
public interface MemoryStrategy {
    /** The world of the guest kernel, and of everything unless there are two. */
    int KERNEL = 0;

    /** The world of guest user code where the kernel too runs in ring 3. */
    int USER = 1;

    /** Who shares the linear space that the tables map. */
    enum Layout {
        /** Guest kernel in ring 1, the VMM's region at the top. */
        KERNEL_IN_RING_1,
        /** As in ring 1, and ring 3 too may run in the translation cache. */
        CACHE_IN_EVERY_RING,
        /** Guest kernel in ring 3 beside its users, told apart by two worlds; the VMM's region at the top. */
        KERNEL_IN_RING_3,
        /** The guest alone: hardware assist keeps the VMM elsewhere. */
        GUEST_ALONE;

        public int worlds() {
            return this == KERNEL_IN_RING_3 ? 2 : 1;
        }
    }

    /** What a page fault of the hardware came to. */
    enum Resolution {
        /** Hidden: the mapping is there now, the instruction is to be restarted. */
        MAPPED,
        /** True: the guest's own tables raise it, with {@link #error}. */
        TRUE_FAULT,
        /** Hidden: a device, ROM, or a page that {@link #trace} named; the instruction is to be emulated. */
        EMULATE,
        /** Hidden: a write to a page that the strategy itself watches; the instruction is to be emulated. */
        TRACED
    }

    /** The word of {@code --memory}. */
    String name();

    /**
     * Resolves an access that the real tables did not allow; accessed and dirty bits of the guest are set as its
     * processor would.
     *
     * @param world whose tables the access went through
     * @param user with the rights of virtual CPL 3
     */
    Resolution resolve(int world, int la, boolean write, boolean user, boolean fetch);

    /** The PA of the page that the last access was to, or {@link Heat#NOWHERE} where the guest's tables lead to none. */
    int touched();

    /** The error code of the last true fault. */
    int error();

    /** What CR3 holds while guest code of {@code world} runs. */
    int root(int world);

    /** The EPT pointer, where the hardware walks the guest's own tables and {@link #resolve} is asked about a PA. */
    default OptionalLong nestedPointer() {
        return OptionalLong.empty();
    }

    /**
     * The guest is about to run without paging on a processor that cannot switch it off, or with it again.
     *
     * @return the PA of a directory of 4 MiB pages that maps each LA to itself but for the last 4 MiB, or 0
     */
    default int withoutPaging(boolean unpaged) {
        return 0;
    }

    /** Whether the real tables have the two-level format even where the processor has PAE. */
    default boolean twoLevel() {
        return false;
    }

    /** What hypercalls about page tables are for, where the processor walks those of the guest. */
    default Optional<TypedTables> typedTables() {
        return Optional.empty();
    }

    /** The tag of the guest's translations, so that they outlive exits; 0 where it has none. */
    default int vpid() {
        return 0;
    }

    /** The guest's translations may all have changed. */
    void empty();

    /** The guest invalidated the page of {@code la}. */
    void drop(int la);

    /** Software raised a page fault for {@code la} in the guest's name: its processor forgets the page, as for any. */
    default void faulted(int la) {
        drop(la);
    }

    /** From now on guest writes to these pages (MA of each) do not pass unseen. */
    void trace(Set<Integer> pages);

    /** The VMM is about to enter the guest. */
    default void entering() {}

    /**
     * Whether {@link #instructionRetired} is to be called after each instruction of the guest: the processor is run one
     * instruction at a time, as if it had a monitor trap that guests do not see. With assist it has.
     */
    default boolean watchesRetirement() {
        return false;
    }

    /** The guest's instruction has retired, and the guest runs on. */
    default void instructionRetired() {}

    /** What the strategy counts. */
    default Counters counters() {
        return new Counters();
    }

    /** How many pages of machine memory hold tables that the VMM made for the processor to walk. */
    int tablePages();

    /** How a strategy is made, given a value for each of its options. */
    @FunctionalInterface
    interface Maker {
        MemoryStrategy make(PhysicalServer server, Layout layout, Map<String, String> options);
    }

    /**
     * A strategy as it is declared: one line of a registry.
     *
     * @param word the word of {@code --memory}
     * @param options what a script may choose, each with its values
     */
    record Kind(String word, List<Mode.Option> options, Maker maker) {}
}

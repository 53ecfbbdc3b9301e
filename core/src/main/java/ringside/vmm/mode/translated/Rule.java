package ringside.vmm.mode.translated;

import java.util.function.BiConsumer;
import java.util.function.Predicate;
import ringside.isa.Insn;
import ringside.vmm.spi.rule.Site;

/** How instructions of a kind are translated. */
interface Rule {
    /**
     * A guest instruction to translate.
     *
     * @param bytes that mean in the cache what the guest's mean where they are
     * @param last whether no other follows it in its unit
     * @param traps whether it has trapped so often that a callout is cheaper
     * @param given whether the guest was given a port that it may use
     */
    record Subject(
            ContextKey context,
            Settings settings,
            Insn insn,
            int eip,
            byte[] bytes,
            boolean last,
            boolean traps,
            boolean given) {
        int next() {
            return eip + insn.length;
        }

        /** What rules of clients see of it. */
        Site site() {
            return new Site(insn, eip, context.cpl(), context.iopl(), context.bigStack(), last);
        }
    }

    /** The word it is listed under. */
    String name();

    /** Whether what it emits does a sensitive instruction's work in the cache. */
    boolean emulates();

    boolean matches(Subject subject);

    void emit(Subject subject, Emitter to);

    /** A rule from its parts. */
    record Of(String name, boolean emulates, Predicate<Subject> when, BiConsumer<Subject, Emitter> how)
            implements Rule {
        Of(String name, Predicate<Subject> when, BiConsumer<Subject, Emitter> how) {
            this(name, false, when, how);
        }

        @Override
        public boolean matches(Subject subject) {
            return when.test(subject);
        }

        @Override
        public void emit(Subject subject, Emitter to) {
            how.accept(subject, to);
        }
    }
}

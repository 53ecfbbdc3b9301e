package ringside.vmm.mode.translated;

import ringside.isa.Insn;

/** How instructions of a kind are translated. */
interface Rule {
    /**
     * A guest instruction to translate.
     *
     * @param bytes as the guest's memory holds them
     * @param last whether no other follows it in its unit
     * @param traps whether it has trapped so often that a callout is cheaper
     */
    record Subject(Context context, Settings settings, Insn insn, int eip, byte[] bytes, boolean last, boolean traps) {
        int next() {
            return eip + insn.length;
        }
    }

    /** The word it is listed under. */
    String name();

    boolean matches(Subject subject);

    void emit(Subject subject, Emitter to);

    /** A rule from its parts. */
    record Of(
            String name,
            java.util.function.Predicate<Subject> when,
            java.util.function.BiConsumer<Subject, Emitter> how)
            implements Rule {
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

package ringside.engine;

import ringside.isa.Insn;

/** Operations written out for the forms that dominate real programs; everything else runs through its row's body. */
final class HotForms {
    private HotForms() {}

    /** An operation for {@code insn} at offset {@code start} of its block, or null where the body must do. */
    static Op of(Insn insn, int start) {
        return null;
    }
}

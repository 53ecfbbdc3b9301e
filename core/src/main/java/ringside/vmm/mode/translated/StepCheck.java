package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import ringside.arch.Eflags;
import ringside.arch.Reg;
import ringside.error.RingsideException;
import ringside.isa.Attribute;
import ringside.isa.Condition;
import ringside.isa.Decoder;
import ringside.isa.Disassembler;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Prefix;
import ringside.isa.Row;
import ringside.isa.Sensitivity;
import ringside.vmm.spi.rule.Step;
import ringside.vmm.spi.rule.TranslationRule;

/**
 * Whether the steps of a rule may stand for a guest instruction.
 *
 * <p>They are followed forward from the first, with what differs from the guest's registers at each. Where the VMM may have
 * to take over (at a callout, at an access of the guest's memory) nothing may differ; at the end only what the guest's
 * instruction itself changes, by its row and body.
 */
final class StepCheck {
    private static final int ALL_REGISTERS = 0xff;
    private static final Set<String> IMPLICIT_MEMORY = Set.of("xlatb", "enter", "leave", "popa", "pusha");
    private static final Set<String> MAY_FAULT = Set.of("div", "idiv", "aam", "bound", "into");

    /** Made when the first rule is checked: most machines have none. */
    private Effects.Laboratory laboratory;

    private TranslationRule rule;
    private Insn guest;
    private Effects guestEffects;

    /** What differs from the guest's, and what is kept; null where nothing gets to. */
    private record Path(int changed, int flags, int kept, boolean flagsKept, boolean done) {
        static final Path START = new Path(0, 0, 0, false, false);

        Path join(Path other) {
            return other == null
                    ? this
                    : new Path(
                            changed | other.changed,
                            flags | other.flags,
                            kept & other.kept,
                            flagsKept && other.flagsKept,
                            done || other.done);
        }

        boolean clean() {
            return changed == 0 && flags == 0 && !done;
        }
    }

    /** @throws RingsideException at the step's line where they may not */
    void check(TranslationRule checked, List<Step> steps, Insn insn) {
        if (laboratory == null) {
            laboratory = new Effects.Laboratory();
        }
        rule = checked;
        guest = insn;
        guestEffects = laboratory.of(insn);
        Map<String, Path> jumps = new HashMap<>();
        Map<String, String> open = new LinkedHashMap<>();
        Path path = Path.START;
        for (Step step : steps) {
            path = step(step, path, jumps, open);
        }
        open.forEach((label, where) -> {
            throw refuse(
                    where, "jumps to '" + label + "', which is no label behind it", "define the label further down");
        });
        if (path != null) {
            end(path);
        }
    }

    private Path step(Step step, Path path, Map<String, Path> jumps, Map<String, String> open) {
        if (step instanceof Step.Label(String where, String name)) {
            open.remove(name);
            Path jumped = jumps.put(name, null);
            return jumped == null ? path : jumped.join(path);
        }
        if (path == null) {
            throw refuse(step.where(), "goes on where nothing gets to", "put a label there, or take it out");
        }
        return switch (step) {
            case Step.Code(String where, byte[] bytes) -> code(where, bytes, path);
            case Step.Ident(String where) -> ident(where, path);
            case Step.Callout(String where) -> {
                requireClean(where, "calls out", path);
                yield null;
            }
            case Step.Save(String where, int register) -> save(where, register, path);
            case Step.Restore(String where, int register) -> restore(where, register, path);
            case Step.Jump(String where, String mnemonic, String label) -> {
                jump(where, mnemonic, label, jumps);
                open.putIfAbsent(label, where);
                jumps.merge(label, path, Path::join);
                yield mnemonic.equals("jmp") ? null : path;
            }
            case Step.Label label -> throw new IllegalStateException("handled above");
        };
    }

    private void jump(String where, String mnemonic, String label, Map<String, Path> jumps) {
        boolean known = mnemonic.equals("jmp")
                || mnemonic.equals("jecxz")
                || mnemonic.startsWith("j") && Condition.NAMES.contains(mnemonic.substring(1));
        if (!known) {
            throw refuse(
                    where,
                    "emits " + mnemonic.toUpperCase(Locale.ROOT) + ", which is no jump within a rule",
                    "use a conditional jump, jmp or jecxz");
        }
        if (jumps.containsKey(label) && jumps.get(label) == null) {
            throw refuse(
                    where, "jumps back to '" + label + "'", "no loop may stand in the cache: leave it to a callout");
        }
    }

    // ---- save and restore

    private Path save(String where, int register, Path path) {
        if (register == Step.FLAGS) {
            if (path.flags != 0) {
                throw refuse(where, "saves EFLAGS after it changed them", "save them first");
            }
            return new Path(path.changed, path.flags, path.kept, true, path.done);
        }
        if ((path.changed & 1 << register) != 0) {
            throw refuse(where, "saves " + name(register) + " after it changed it", "save it first");
        }
        return new Path(path.changed, path.flags, path.kept | 1 << register, path.flagsKept, path.done);
    }

    private Path restore(String where, int register, Path path) {
        boolean kept = register == Step.FLAGS ? path.flagsKept : (path.kept & 1 << register) != 0;
        if (!kept) {
            String what = register == Step.FLAGS ? "EFLAGS" : name(register);
            throw refuse(where, "restores " + what + ", which it did not save", "save it on every way that leads here");
        }
        return register == Step.FLAGS
                ? new Path(path.changed, path.flags & ~Eflags.ARITHMETIC, path.kept, true, path.done)
                : new Path(path.changed & ~(1 << register), path.flags, path.kept, path.flagsKept, path.done);
    }

    // ---- instructions

    private Path ident(String where, Path path) {
        if (!Rules.innocuous(guest) || Rules.reserved(guest)) {
            throw refuse(
                    where,
                    "copies '" + text(guest) + "' into the cache, which is "
                            + (Rules.innocuous(guest) ? "to run with the guest's own CS or GS" : "sensitive"),
                    "call it out, or match less");
        }
        requireClean(where, "runs the guest's instruction", path);
        Path after = changes(path, guest, guestEffects);
        return new Path(after.changed, after.flags, after.kept, after.flagsKept, true);
    }

    private Path code(String where, byte[] bytes, Path path) {
        Insn insn = Decoder.decode(bytes, 0, 32);
        if (!insn.isValid() || insn.length != bytes.length) {
            throw refuse(where, "emits bytes that are not one instruction", "emit instructions one by one");
        }
        requireSafe(where, insn);
        Effects effects = laboratory.of(insn);
        requireStack(where, insn, effects);
        boolean guestMemory = touchesGuestMemory(insn, effects);
        if (guestMemory || MAY_FAULT.contains(insn.row.mnemonic())) {
            requireClean(where, "may fault at '" + text(insn) + "'", path);
        }
        Path after = changes(path, insn, effects);
        boolean done = path.done || guestMemory && effects.writesMemory();
        return new Path(after.changed, after.flags, after.kept, after.flagsKept, done);
    }

    private static Path changes(Path path, Insn insn, Effects effects) {
        int flags = insn.row.flags().written() | insn.row.flags().undefined();
        return new Path(path.changed | effects.written(), path.flags | flags, path.kept, path.flagsKept, path.done);
    }

    private void requireSafe(String where, Insn insn) {
        Row row = insn.row;
        if (insn.operands.stream().anyMatch(Operand.Seg.class::isInstance)) {
            throw refuse(where, "emits '" + text(insn) + "', which reads or loads a segment register", "call it out");
        }
        if (row.kind() != Sensitivity.INNOCUOUS) {
            String kind = row.kind() == Sensitivity.PRIVILEGED ? "privileged" : "sensitive";
            throw refuse(where, "emits '" + text(insn) + "', which is " + kind, "call it out");
        }
        if (row.flow() != Flow.NEXT) {
            throw refuse(
                    where,
                    "emits '" + text(insn) + "', which leads out of the cache",
                    "jump to labels of the rule alone, or call it out");
        }
        if (row.is(Attribute.FLOATING)) {
            throw refuse(where, "emits '" + text(insn) + "', which tells where it runs", "call it out");
        }
        requireSegment(where, insn);
    }

    private void requireSegment(String where, Insn insn) {
        int override = Prefix.segment(insn.prefixes);
        if (override == Reg.CS) {
            throw refuse(where, "emits '" + text(insn) + "', which reads the cache", "use another segment");
        }
        if (override != Reg.GS) {
            return;
        }
        Operand.Mem mem = insn.operands.stream()
                .filter(Operand.Mem.class::isInstance)
                .map(Operand.Mem.class::cast)
                .findFirst()
                .orElse(null);
        boolean plain = mem != null && mem.base() < 0 && mem.index() < 0;
        VcpuField field = plain ? VcpuField.at(mem.disp(), mem.bits()).orElse(null) : null;
        if (field == null) {
            List<String> words = new ArrayList<>();
            VcpuField.ALL.forEach(known -> words.add(Disassembler.sizeWord(known.bits()) + " " + known.name()));
            throw refuse(
                    where,
                    "emits '" + text(insn) + "': GS is the VMM's, and that is no field of it",
                    "fields are " + String.join(", ", words.subList(0, 7)) + ", dword scratch0 to scratch15");
        }
        if (!field.writable() && laboratory.of(insn).writesMemory()) {
            throw refuse(where, "writes vcpu." + field.name() + ", which is the VMM's alone", "read it only");
        }
    }

    private void requireStack(String where, Insn insn, Effects effects) {
        boolean below = insn.operands.stream()
                .anyMatch(operand -> operand instanceof Operand.Mem mem
                        && mem.base() == Reg.ESP
                        && mem.index() < 0
                        && mem.disp() < 0
                        && mem.bits() > 0);
        if (below || effects.pushes() && !guestEffects.pushes()) {
            throw refuse(
                    where,
                    "emits '" + text(insn) + "', which reaches below the guest's ESP",
                    "keep values with save, or in gs:vcpu.scratch0 to scratch15");
        }
    }

    private static boolean touchesGuestMemory(Insn insn, Effects effects) {
        if (Prefix.segment(insn.prefixes) == Reg.GS) {
            return false;
        }
        boolean named =
                insn.operands.stream().anyMatch(operand -> operand instanceof Operand.Mem mem && mem.bits() > 0);
        String word = insn.row.mnemonic();
        return named
                || effects.writesMemory()
                || insn.row.is(Attribute.REP)
                || insn.row.is(Attribute.REPZ)
                || word.startsWith("pop")
                || word.startsWith("push")
                || IMPLICIT_MEMORY.contains(word);
    }

    // ---- what has to hold

    private void requireClean(String where, String what, Path path) {
        if (!path.clean()) {
            String differs = path.done ? "the guest's instruction was begun" : names(path.changed, path.flags);
            String remedy = path.done ? "do what can fault first" : "restore it before";
            throw refuse(where, what + " while " + differs + (path.done ? "" : " is not the guest's"), remedy);
        }
    }

    private void end(Path path) {
        int flags =
                path.flags & ~(guest.row.flags().written() | guest.row.flags().undefined());
        int registers = path.changed & ~guestEffects.written();
        if (registers != 0 || flags != 0) {
            throw refuse(
                    rule.where(),
                    "clobbers " + names(registers, flags) + ", which '" + text(guest) + "' leaves alone",
                    "save and restore it, or use instructions that leave it alone (mov, lea)");
        }
        boolean goesOn = guest.row.flow() == Flow.NEXT || guest.row.flow() == Flow.SERIALIZE;
        if (!goesOn) {
            throw refuse(
                    rule.where(),
                    "goes on behind '" + text(guest) + "', which does not",
                    "end with a callout: only the VMM or the mode's own rules lead elsewhere");
        }
    }

    private static String names(int registers, int flags) {
        List<String> names = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            if ((registers & ALL_REGISTERS & 1 << n) != 0) {
                names.add(name(n));
            }
        }
        if (flags != 0) {
            names.add("EFLAGS");
        }
        return String.join(", ", names);
    }

    private static String name(int register) {
        return Reg.name(32, register).toUpperCase(Locale.ROOT);
    }

    private static String text(Insn insn) {
        return Disassembler.text(insn, 0);
    }

    private RingsideException refuse(String where, String what, String remedy) {
        return new RingsideException(
                "rule '" + rule.name() + "' " + what, where.isEmpty() ? rule.where() : where, remedy);
    }
}

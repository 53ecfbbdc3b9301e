package ringside.vmm.mode.translated;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.isa.Condition;
import ringside.isa.Insn;
import ringside.isa.Mnemonic;
import ringside.isa.Sensitivity;
import ringside.isa.table.InstructionTable;
import ringside.vmm.spi.rule.Site;
import ringside.vmm.spi.rule.Step;
import ringside.vmm.spi.rule.TranslationRule;

/** A rule of a client: its steps, checked, as code for the cache. */
final class ScriptedRule implements Rule {
    private static final int MOST_BYTES = 120;
    private static final Set<String> KNOWN = known();

    private final TranslationRule rule;
    private final Set<String> mnemonics;
    private final StepCheck check = new StepCheck();

    ScriptedRule(TranslationRule rule) {
        this.rule = rule;
        this.mnemonics = new HashSet<>(rule.mnemonics());
        for (String mnemonic : rule.mnemonics()) {
            if (!KNOWN.contains(mnemonic)) {
                throw new RingsideException(
                        "rule '" + rule.name() + "' can never match: there is no instruction '" + mnemonic + "'",
                        rule.where(),
                        NearMiss.hint(mnemonic, KNOWN, "write mnemonics as the disassembler does"));
            }
        }
    }

    private static Set<String> known() {
        Set<String> names = new TreeSet<>();
        InstructionTable.ROWS.forEach(row -> names.addAll(new Mnemonic(row.mnemonic()).names()));
        return names;
    }

    TranslationRule described() {
        return rule;
    }

    @Override
    public String name() {
        return rule.name();
    }

    @Override
    public boolean emulates() {
        return true;
    }

    /** Whether it is for instructions of this name, whatever the rest. */
    boolean isFor(Insn insn) {
        if (mnemonics.contains(insn.mnemonic())) {
            return true;
        }
        String other = new Mnemonic(insn.row.mnemonic()).defaultName();
        return other != null && mnemonics.contains(other);
    }

    @Override
    public boolean matches(Subject subject) {
        return isFor(subject.insn()) && rule.when().test(subject.site());
    }

    /** The steps for an instruction, checked. */
    List<Step> steps(Site site) {
        List<Step> steps = rule.emission().at(site);
        check.check(rule, steps, site.insn());
        return steps;
    }

    @Override
    public void emit(Subject subject, Emitter to) {
        List<Step> steps = steps(subject.site());
        int start = to.here();
        if (subject.insn().row.kind() == Sensitivity.INNOCUOUS) {
            to.emulates(false);
        }
        new Writer(subject, to).write(steps);
        if (to.here() - start > MOST_BYTES) {
            throw new RingsideException(
                    "rule '" + rule.name() + "' emits " + (to.here() - start) + " bytes for one instruction",
                    rule.where(),
                    "at most " + MOST_BYTES + " fit: leave rare cases to a callout");
        }
    }

    /** The steps as instructions; the last one completes the guest's. */
    private static final class Writer {
        private static final int NOP = 0x90, JECXZ = 0xe3, JMP = 0xe9, JCC = 0x80, PREFIX = 0x0f;

        private final Subject subject;
        private final Emitter to;
        private final Map<String, List<Runnable>> open = new HashMap<>();

        Writer(Subject subject, Emitter to) {
            this.subject = subject;
            this.to = to;
        }

        void write(List<Step> steps) {
            for (int i = 0; i < steps.size(); i++) {
                step(steps.get(i), i == steps.size() - 1);
            }
            if (steps.isEmpty() || steps.getLast() instanceof Step.Label) {
                to.last(NOP);
            }
        }

        private void step(Step step, boolean last) {
            switch (step) {
                case Step.Code(String where, byte[] bytes) -> put(bytes, last);
                case Step.Ident(String where) -> put(subject.bytes(), last);
                case Step.Callout callout -> to.callout();
                case Step.Save(String where, int register) -> {
                    if (register == Step.FLAGS) {
                        to.saveFlags(last);
                    } else {
                        to.keep(register, last);
                    }
                }
                case Step.Restore(String where, int register) -> {
                    if (register == Step.FLAGS) {
                        to.restoreFlags(last);
                    } else {
                        to.giveBack(register, last);
                    }
                }
                case Step.Jump(String where, String mnemonic, String label) ->
                    open.computeIfAbsent(label, l -> new ArrayList<>()).add(jump(mnemonic));
                case Step.Label(String where, String name) ->
                    open.getOrDefault(name, List.of()).forEach(Runnable::run);
            }
        }

        private Runnable jump(String mnemonic) {
            if (mnemonic.equals("jecxz")) {
                int jump = to.jump8(JECXZ);
                return () -> to.land(jump);
            }
            int jump = mnemonic.equals("jmp")
                    ? to.jump32(JMP)
                    : to.jump32(PREFIX, JCC + Condition.NAMES.indexOf(mnemonic.substring(1)));
            return () -> to.land32(jump);
        }

        private void put(byte[] bytes, boolean last) {
            if (last) {
                to.last(bytes);
            } else {
                to.step(bytes);
            }
        }
    }
}

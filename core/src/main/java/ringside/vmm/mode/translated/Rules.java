package ringside.vmm.mode.translated;

import java.util.List;
import java.util.Set;
import ringside.arch.Reg;
import ringside.isa.Attribute;
import ringside.isa.Condition;
import ringside.isa.Decoder;
import ringside.isa.Disassembler;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.isa.Prefix;
import ringside.isa.Sensitivity;
import ringside.vmm.mode.translated.Rule.Subject;

/** The mode's own rules in order: the first that matches translates the instruction. */
final class Rules {
    /** The one that stands before all rules of scripts, and the one that takes what is left. */
    static final String RESERVED = "callout: reserved", DEFAULT = "callout";

    /** What copies the guest's bytes. */
    static final Rule IDENT = new Rule.Of("ident", Rules::copyable, (s, to) -> to.last(s.bytes()));

    /** What may use a port of a device that is the guest's own: where it is not, it faults, and often enough is called out. */
    static final Rule PORT = new Rule.Of("port", Rules::usesGivenPort, (s, to) -> to.last(s.bytes()));

    static final List<Rule> ALL = List.of(
            new Rule.Of(RESERVED, Rules::reserved, (s, to) -> to.callout()),
            new Rule.Of("callout: traps often", s -> s.traps() && innocuous(s), (s, to) -> to.callout()),
            PORT,
            new Rule.Of("trap", Rules::traps, (s, to) -> to.step(s.bytes())),
            new Rule.Of("cli in the cache", true, s -> inCache(s, "cli"), FlagRules::cli),
            new Rule.Of("sti in the cache", true, s -> inCache(s, "sti") && !s.last(), FlagRules::sti),
            new Rule.Of(
                    "pushfd in the cache",
                    true,
                    s -> inCache(s, "pushfd") && s.context().bigStack(),
                    FlagRules::pushf),
            new Rule.Of(
                    "popfd in the cache",
                    true,
                    s -> inCache(s, "popfd") && s.context().bigStack(),
                    FlagRules::popf),
            new Rule.Of("mov r, cr in the cache", true, Rules::readsControl, Rules::controlRead),
            new Rule.Of("jump", s -> direct(s, Flow.JUMP), (s, to) -> to.exit(target(s))),
            new Rule.Of("call", s -> direct(s, Flow.CALL), Rules::call),
            new Rule.Of("branch", s -> direct(s, Flow.BRANCH), Rules::branch),
            new Rule.Of("return", Rules::plainReturn, Rules::doReturn),
            new Rule.Of("indirect jump", s -> indirect(s, Flow.INDIRECT_JUMP), (s, to) -> indirectBranch(s, to, false)),
            new Rule.Of("indirect call", s -> indirect(s, Flow.INDIRECT_CALL), (s, to) -> indirectBranch(s, to, true)),
            IDENT,
            new Rule.Of(DEFAULT, s -> true, (s, to) -> to.callout()));

    static final Set<Integer> PREFIX_BYTES = Set.of(0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3);

    private Rules() {}

    /** What must run with the guest's own CS or GS, or tells where it runs. */
    private static boolean reserved(Subject s) {
        return reserved(s.insn()) || s.bytes().length > Decoder.MAX_LENGTH;
    }

    static boolean reserved(Insn insn) {
        int override = Prefix.segment(insn.prefixes);
        return override == Reg.CS
                || override == Reg.GS
                || insn.row.is(Attribute.FLOATING)
                || insn.op0 instanceof Operand.Seg
                || insn.op1 instanceof Operand.Seg;
    }

    private static boolean inCache(Subject s, String mnemonic) {
        return s.settings().emulation() == Settings.Emulation.CACHE
                && s.context().cpl() == 0
                && s.insn().prefixes == 0
                && s.insn().mnemonic().equals(mnemonic);
    }

    private static boolean innocuous(Subject s) {
        return innocuous(s.insn());
    }

    static boolean innocuous(Insn insn) {
        return insn.row.kind() == Sensitivity.INNOCUOUS && insn.row.flow() == Flow.NEXT;
    }

    private static boolean usesGivenPort(Subject s) {
        return mayBeGiven(s) && !s.traps() && !reserved(s);
    }

    private static boolean mayBeGiven(Subject s) {
        String word = s.insn().row.mnemonic();
        boolean port =
                s.insn().row.kind() == Sensitivity.IOPL_SENSITIVE && (word.startsWith("in") || word.startsWith("out"));
        return port && s.given();
    }

    static boolean copyable(Subject s) {
        return innocuous(s) && !reserved(s);
    }

    /** What faults in any outer ring, where that is how it shall reach the VMM. */
    private static boolean traps(Subject s) {
        Sensitivity kind = s.insn().row.kind();
        return s.settings().emulation() == Settings.Emulation.TRAP
                && (kind == Sensitivity.PRIVILEGED || kind == Sensitivity.IOPL_SENSITIVE)
                && !mayBeGiven(s)
                && !reserved(s);
    }

    // ---- control registers

    private static boolean readsControl(Subject s) {
        return inCache(s, "mov")
                && s.insn().op1 instanceof Operand.Cr cr
                && (cr.index() == 0 || cr.index() == 2 || cr.index() == 3);
    }

    private static void controlRead(Subject s, Emitter to) {
        int register = ((Operand.Gpr) s.insn().op0).index();
        to.lastLoad(register, Store.CR + 4 * ((Operand.Cr) s.insn().op1).index());
    }

    // ---- direct branches

    private static boolean direct(Subject s, Flow flow) {
        Insn insn = s.insn();
        return insn.row.flow() == flow
                && (insn.opSize == 32 || flow != Flow.CALL)
                && insn.op0 instanceof Operand.Rel
                && s.context().allows(target(s))
                && !reserved(s);
    }

    private static int target(Subject s) {
        return Disassembler.target(s.insn(), (Operand.Rel) s.insn().op0, s.eip());
    }

    private static void call(Subject s, Emitter to) {
        to.step32(s.next(), 0x68);
        to.exit(target(s));
    }

    private static void branch(Subject s, Emitter to) {
        String name = s.insn().mnemonic();
        int condition = name.startsWith("j") ? Condition.NAMES.indexOf(name.substring(1)) : -1;
        to.note(Emitter.BRANCH);
        if (condition >= 0) {
            to.last32(ExitSite.SIZE, 0x0f, 0x80 + condition);
            int displacement = to.here() - 4;
            to.exitOfBranch(s.next(), -1);
            to.exitOfBranch(target(s), displacement);
        } else {
            byte[] loop = s.bytes().clone();
            loop[loop.length - 1] = ExitSite.SIZE;
            to.last(loop);
            to.exitOfBranch(s.next(), -1);
            to.exitOfBranch(target(s), -1);
        }
    }

    // ---- indirect branches

    private static boolean indirect(Subject s, Flow flow) {
        return s.insn().row.flow() == flow
                && s.insn().opSize == 32
                && s.context().unlimited()
                && !reserved(s);
    }

    private static boolean plainReturn(Subject s) {
        return indirect(s, Flow.RETURN) && (s.insn().op0 == null || s.context().bigStack());
    }

    private static void doReturn(Subject s, Emitter to) {
        to.step32(Store.TARGET, 0x65, 0x8f, 0x05); // pop dword gs:[target]
        if (s.insn().op0 instanceof Operand.Imm released) {
            to.step32(released.value() & 0xffff, 0x8d, 0xa4, 0x24); // lea esp, [esp + imm]
        }
        to.lookUp();
    }

    private static void indirectBranch(Subject s, Emitter to, boolean call) {
        if (s.insn().op0 instanceof Operand.Gpr register) {
            to.save(Store.TARGET, register.index());
        } else {
            to.save(Store.ECX, Emitter.ECX);
            to.step(loadingEcx(s.bytes()));
            to.save(Store.TARGET, Emitter.ECX);
            if (!call) {
                to.dispatch();
                return;
            }
            to.load(Emitter.ECX, Store.ECX);
        }
        if (call) {
            to.step32(s.next(), 0x68);
        }
        to.lookUp();
    }

    /** FF /2 or /4 with the same memory operand made MOV ECX, r/m32. */
    private static int[] loadingEcx(byte[] branch) {
        int[] mov = new int[branch.length];
        for (int i = 0; i < mov.length; i++) {
            mov[i] = branch[i] & 0xff;
        }
        int opcode = 0;
        while (PREFIX_BYTES.contains(mov[opcode])) {
            opcode++;
        }
        mov[opcode] = 0x8b;
        mov[opcode + 1] = mov[opcode + 1] & 0xc7 | Emitter.ECX << 3;
        return mov;
    }
}

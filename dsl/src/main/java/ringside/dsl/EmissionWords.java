package ringside.dsl;

import groovy.lang.GroovyObjectSupport;
import java.util.List;
import java.util.Set;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.isa.Disassembler;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.vmm.mode.translated.VcpuField;
import ringside.vmm.spi.rule.Site;

/** The names that mean something in the {@code emit} block of a rule alone: the instruction's operands, the VMM's fields. */
final class EmissionWords {
    /** Statements that are no instructions. */
    static final Set<String> ORDERS = Set.of("callout", "ident", "save", "restore");

    private final Site site;

    EmissionWords(Site site) {
        this.site = site;
    }

    /** What a name means, or null. */
    Object word(String name) {
        Insn insn = site.insn();
        return switch (name) {
            case "op0", "op1", "op2" -> operand(insn, name.charAt(2) - '0');
            case "vcpu" -> new Fields();
            case "vcpl" -> site.vcpl();
            case "viopl" -> site.viopl();
            case "eip" -> site.eip();
            case "nextEip" -> site.eip() + insn.length;
            default -> null;
        };
    }

    private Object operand(Insn insn, int index) {
        if (index >= insn.operands.size()) {
            throw new RingsideException(
                    "'" + Disassembler.text(insn, site.eip()) + "' has no operand op" + index,
                    "",
                    "operands are counted from op0; narrow the match with when: { ... }");
        }
        return switch (insn.operands.get(index)) {
            case Operand.Imm imm -> new Expr.Const(imm.value());
            case Operand.Rel rel -> new Expr.Const(Disassembler.target(insn, rel, site.eip()) & 0xffff_ffffL);
            case Operand.Far far ->
                new Arg.Far(far.bits(), new Expr.Const(far.selector()), new Expr.Const(far.offset() & 0xffff_ffffL));
            case Operand.Mem mem ->
                new Arg.Mem(
                        mem.bits(),
                        mem.seg(),
                        mem.base(),
                        mem.index(),
                        mem.scale(),
                        new Expr.Const(mem.disp()),
                        mem.addressBits(),
                        false);
            case Operand register -> new Expr.Register(register);
        };
    }

    /** {@code vcpu}: its properties are the offsets of fields in the VMM's segment. */
    static final class Fields extends GroovyObjectSupport {
        @Override
        public Object getProperty(String name) {
            List<String> names = VcpuField.ALL.stream().map(VcpuField::name).toList();
            int index = names.indexOf(name);
            if (index < 0) {
                throw new RingsideException(
                        "vcpu has no field '" + name + "'",
                        "",
                        NearMiss.hint(name, names, "known: " + String.join(", ", names.subList(0, 8)) + "..."));
            }
            return new Expr.Const(VcpuField.ALL.get(index).offset());
        }
    }
}

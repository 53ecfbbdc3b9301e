package ringside.dsl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Item;
import ringside.dsl.assembly.Layout;
import ringside.dsl.assembly.Place;
import ringside.dsl.assembly.Section;
import ringside.error.RingsideException;
import ringside.isa.Assembler;
import ringside.isa.Decoder;
import ringside.isa.Operand;
import ringside.vmm.spi.rule.Step;

/** Turns what the {@code emit} block of a rule collected into the steps that a translator takes. */
final class RuleSteps {
    private final String rule;

    RuleSteps(String rule) {
        this.rule = rule;
    }

    List<Step> of(Section section) {
        List<Step> steps = new ArrayList<>();
        for (Item item : section.items()) {
            steps.add(step(item));
        }
        return steps;
    }

    private Step step(Item item) {
        String where = Place.of(item.at());
        return switch (item) {
            case Item.Label label -> new Step.Label(where, label.name());
            case Item.Order order -> order(order, where);
            case Item.Instruction insn
            when label(insn) != null -> new Step.Jump(where, canonical(insn.mnemonic()), label(insn));
            case Item.Instruction insn -> new Step.Code(where, bytes(insn));
            default ->
                throw new RingsideException(
                        "rule '" + rule + "' emits something that is no instruction",
                        where,
                        "instructions, labels, callout, ident, save and restore can stand there");
        };
    }

    /** The label of its own rule that a branch leads to, or null. */
    private static String label(Item.Instruction insn) {
        return Assembler.isBranch(insn.mnemonic())
                        && insn.args().size() == 1
                        && insn.args().getFirst() instanceof Arg.Value value
                        && value.expr() instanceof Expr.Symbol symbol
                ? symbol.name()
                : null;
    }

    /** JE is JZ. */
    private static String canonical(String branch) {
        byte[] code = Assembler.assembleBranch(branch, 0, 0, 0, 32, Assembler.Reach.SHORTEST);
        return Decoder.decode(code, 0, 32).mnemonic();
    }

    private static byte[] bytes(Item.Instruction insn) {
        Section alone = new Section("emit", 0, 32, new HashMap<>());
        alone.add(insn);
        return Layout.of(List.of(alone), new HashMap<>()).segments().getFirst().bytes();
    }

    private Step order(Item.Order order, String where) {
        return switch (order.word()) {
            case "callout" -> new Step.Callout(plain(order, where));
            case "ident" -> new Step.Ident(plain(order, where));
            case "save" -> new Step.Save(where, register(order, where));
            default -> new Step.Restore(where, register(order, where));
        };
    }

    private String plain(Item.Order order, String where) {
        if (!order.args().isEmpty()) {
            throw new RingsideException("'" + order.word() + "' stands alone", where, "write " + order.word());
        }
        return where;
    }

    private int register(Item.Order order, String where) {
        if (order.args().size() == 1) {
            switch (order.args().getFirst()) {
                case Arg.Reg(Operand.Gpr(int bits, int index))
                when bits == 32 -> {
                    return index;
                }
                case Arg.Value(int bits, Expr.Symbol(String word, String prefix), String distance)
                when word.equals("eflags") -> {
                    return Step.FLAGS;
                }
                default -> {}
            }
        }
        throw new RingsideException(
                "'" + order.word() + "' takes a 32-bit register or eflags",
                where,
                "write " + order.word() + " ecx, or " + order.word() + " eflags");
    }
}

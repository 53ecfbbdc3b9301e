package ringside.dsl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import ringside.arch.Reg;
import ringside.dsl.assembly.Arg;
import ringside.dsl.assembly.Expr;
import ringside.dsl.assembly.Item;
import ringside.dsl.assembly.Operands;
import ringside.dsl.assembly.Section;
import ringside.dsl.source.Grammar;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.guest.SourceLine;
import ringside.isa.Assembler;
import ringside.isa.Prefix;

/** Instructions and directives as they run: each adds its item to the current section. */
final class Statements {
    private final ScriptContext context;
    private final SourceLine at;
    private final String word;
    private final Object[] operands;

    private Statements(ScriptContext context, SourceLine at, String word, Object[] operands) {
        this.context = context;
        this.at = at;
        this.word = word;
        this.operands = operands;
    }

    /** Adds what {@code words} (prefixes, then a mnemonic, a directive or a macro of the script) asks for. */
    static Object emit(ScriptContext context, SourceLine at, String words, Object... operands) {
        List<String> list = new ArrayList<>(Arrays.asList(words.split(" ")));
        String last = list.removeLast();
        Statements statement = new Statements(context, at, last, operands);
        if (Grammar.DIRECTIVES.contains(last)) {
            statement.directive();
            return null;
        }
        if (Assembler.knows(last)) {
            statement.instruction(list);
            return null;
        }
        if (Grammar.PREFIXES.contains(last)) {
            throw new RingsideException(
                    "prefix '" + last + "' stands alone", "", "write it before an instruction: " + example(last));
        }
        return statement.macro();
    }

    private static String example(String prefix) {
        return prefix.startsWith("rep")
                ? prefix + (prefix.equals("rep") ? " movsb" : " scasb")
                : prefix.equals("lock")
                        ? "lock inc dword[ebx]"
                        : prefix.length() == 2 ? prefix + " lodsb" : prefix + " nop";
    }

    // ---- instructions

    private void instruction(List<String> prefixes) {
        Section section = context.section(word);
        int bits = 0;
        for (String prefix : prefixes) {
            bits |= prefix(prefix, section.codeBits());
        }
        List<Arg> args = new ArrayList<>();
        for (Object operand : operands) {
            args.add(Operands.of(operand));
        }
        section.add(new Item.Instruction(at, word, bits, List.copyOf(args), section.codeBits()));
    }

    private static int prefix(String word, int codeBits) {
        return switch (word) {
            case "lock" -> Prefix.LOCK;
            case "rep", "repe", "repz" -> Prefix.REP;
            case "repne", "repnz" -> Prefix.REPNE;
            case "o16" -> codeBits == 16 ? 0 : Prefix.OPERAND_SIZE;
            case "o32" -> codeBits == 32 ? 0 : Prefix.OPERAND_SIZE;
            case "a16" -> codeBits == 16 ? 0 : Prefix.ADDRESS_SIZE;
            case "a32" -> codeBits == 32 ? 0 : Prefix.ADDRESS_SIZE;
            default -> Prefix.ofSegment(Arrays.asList(Reg.SEGMENTS).indexOf(word));
        };
    }

    // ---- directives

    private void directive() {
        Section section = context.section(word);
        switch (word) {
            case "db" -> data(section, 8);
            case "dw" -> data(section, 16);
            case "dd" -> data(section, 32);
            case "dq" -> data(section, 64);
            case "resb" -> reserve(section, 8);
            case "resw" -> reserve(section, 16);
            case "resd" -> reserve(section, 32);
            case "org" -> section.add(new Item.Org(at, Expr.of(only("an address: org 0x7c00"))));
            case "align" -> align(section);
            case "bits" -> bits(section);
            case "marker" -> marker(section);
            default -> checkpoint(section);
        }
    }

    private void data(Section section, int bits) {
        if (operands.length == 0) {
            throw new RingsideException("'" + word + "' needs at least one value", "", "write " + word + " 0");
        }
        section.add(new Item.Data(at, bits, Emitter.data(bits, operands)));
    }

    private void reserve(Section section, int bits) {
        section.add(new Item.Reserve(at, bits, Expr.of(only("a count: " + word + " 64"))));
    }

    private void align(Section section) {
        if (operands.length < 1 || operands.length > 2) {
            throw new RingsideException(
                    "'align' takes a boundary and perhaps a byte to fill with", "", "write align 16");
        }
        long boundary = constant(operands[0]);
        if (boundary < 1 || boundary > 1 << 20 || Long.bitCount(boundary) != 1) {
            throw new RingsideException(
                    "align " + boundary + " is not possible", "", "give a power of two up to 1 MiB");
        }
        int fill = operands.length == 2 ? (int) constant(operands[1]) : 0x90;
        section.add(new Item.Align(at, (int) boundary, fill));
    }

    private void bits(Section section) {
        long bits = constant(only("16 or 32"));
        if (bits != 16 && bits != 32) {
            throw new RingsideException("bits " + bits + " is not possible", "", "write bits 16 or bits 32");
        }
        section.codeBits((int) bits);
    }

    private void marker(Section section) {
        long line = constant(only("an interrupt line: marker 5"));
        if (line < 0 || line > 15 || line == 2) {
            throw new RingsideException(
                    "there is no interrupt line " + line, "", "lines are 0 to 15; 2 joins the controllers");
        }
        section.add(new Item.Pin(at, (int) line));
    }

    private void checkpoint(Section section) {
        if (operands.length == 0 || !(operands[0] instanceof CharSequence name)) {
            throw new RingsideException("a checkpoint begins with its name", "", "write checkpoint 'flags', eax");
        }
        List<Item.Shown> values = new ArrayList<>();
        for (Object operand : Arrays.asList(operands).subList(1, operands.length)) {
            Item.Shown shown =
                    operand instanceof Item.Shown s ? s : new Item.Shown(operand.toString(), Operands.of(operand));
            if (!(shown.arg() instanceof Arg.Reg) && !(shown.arg() instanceof Arg.Mem)) {
                throw new RingsideException(
                        "a checkpoint cannot show '" + shown.text() + "'",
                        "",
                        "it shows registers and memory: eax, [label]");
            }
            values.add(shown);
        }
        section.add(new Item.Note(at, name.toString(), List.copyOf(values)));
    }

    private Object only(String what) {
        if (operands.length != 1) {
            throw new RingsideException("'" + word + "' takes one operand", "", "it is " + what);
        }
        return operands[0];
    }

    private long constant(Object operand) {
        if (Expr.of(operand) instanceof Expr.Const number) {
            return number.value();
        }
        throw new RingsideException(
                "'" + word + "' needs a number that is known here",
                "",
                "a label's address is known only after all is laid out");
    }

    // ---- macros

    private Object macro() {
        if (context.emission() != null && EmissionWords.ORDERS.contains(word)) {
            context.section(word)
                    .add(new Item.Order(
                            at, word, Arrays.stream(operands).map(Operands::of).toList()));
            return null;
        }
        Optional<Operation> operation = Operations.named(word);
        if (operation.isPresent() || word.equals(HypercallStatement.WORD)) {
            if (operation.isPresent()) {
                operation.get().emit(context, at, operands);
            } else {
                HypercallStatement.emit(context, at, operands);
            }
            return null;
        }
        if (context.script.hasMacro(word)) {
            return context.script.callMacro(word, operands);
        }
        throw unknown(context, word);
    }

    /** The refusal of a word that is no instruction. */
    static RingsideException unknown(ScriptContext context, String word) {
        Set<String> known = new TreeSet<>(Assembler.mnemonics());
        known.addAll(Grammar.DIRECTIVES);
        known.addAll(Operations.names());
        known.add(HypercallStatement.WORD);
        known.addAll(context.script.macroNames());
        if (SymbolWords.of(word) != null) {
            return new RingsideException(
                    "'" + word + "' is not an instruction", "", "an operand stands behind a mnemonic: push " + word);
        }
        if (Assembler.knows(word)) {
            return new RingsideException(
                    "instruction '" + word + "' is not understood here", "", "begin a line with it: " + word + " ...");
        }
        return new RingsideException(
                "unknown instruction '" + word + "'", "", NearMiss.hint(word, known, "a comment starts with //"));
    }
}

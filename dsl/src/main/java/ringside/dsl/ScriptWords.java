package ringside.dsl;

import java.util.SortedSet;
import java.util.TreeSet;
import ringside.dsl.source.Grammar;
import ringside.host.Schedulers;
import ringside.lab.Experiment;
import ringside.lab.HostSpec;

/** The words of the scripts' language, for completion; mnemonics and registers are the instruction table's. */
public final class ScriptWords {
    private ScriptWords() {}

    /** Every word of the top level, of experiments and of the assembler that is not an instruction. */
    public static SortedSet<String> all() {
        SortedSet<String> words = new TreeSet<>(RingsideScript.WORDS);
        words.addAll(ExperimentBlock.SETTINGS);
        words.addAll(MatrixBlock.SETTINGS);
        words.addAll(MeasureBlock.SETTINGS);
        words.addAll(ModelsBlock.SETTINGS);
        words.addAll(DriverBlock.SETTINGS);
        words.addAll(HostBlock.SETTINGS);
        words.addAll(NetworkBlock.SETTINGS);
        words.addAll(HostSpec.columnNames());
        words.addAll(Schedulers.names());
        words.addAll(new ServerBlock().settings());
        words.addAll(RuleBlock.WORDS);
        words.addAll(EmissionWords.ORDERS);
        words.addAll(ModeWords.names());
        words.addAll(Experiment.rowNames());
        words.addAll(Grammar.BLOCKS);
        words.addAll(Grammar.DIRECTIVES);
        words.addAll(Grammar.PREFIXES);
        words.addAll(Operations.names());
        words.add(HypercallStatement.WORD);
        return words;
    }

    /** The privileged operations as text: how each is written, what it does. */
    public static String operations() {
        StringBuilder text =
                new StringBuilder("Privileged operations: instructions in ring 0, hypercalls or stores to a"
                        + " shared page in a ported kernel\n\n");
        for (Operation operation : Operations.ALL) {
            text.append("  ")
                    .append(operation.usage())
                    .append("\n        ")
                    .append(operation.doc())
                    .append('\n');
        }
        return text.toString();
    }
}

package ringside.dsl;

import groovy.lang.Binding;
import groovy.lang.GroovyClassLoader;
import groovy.lang.GroovyCodeSource;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.runtime.InvokerHelper;
import ringside.dsl.assembly.Place;
import ringside.dsl.source.AssemblerTransformation;
import ringside.dsl.source.SourceRewriter;
import ringside.dsl.source.Vocabulary;
import ringside.isa.Assembler;

/** Compiles scripts: rewriting, Groovy with the assembler's transformation. */
final class ScriptCompiler {
    /** What the instruction table says of words. */
    static final Vocabulary VOCABULARY = new Vocabulary() {
        @Override
        public boolean isMnemonic(String word) {
            return Assembler.knows(word);
        }

        @Override
        public boolean isRegister(String word) {
            return SymbolWords.isRegister(word);
        }
    };

    private ScriptCompiler() {}

    /** The script, ready to run with {@code binding}. */
    static RingsideScript compile(String file, String text, Binding binding) {
        SourceRewriter.Rewritten source = SourceRewriter.rewrite(file, text, VOCABULARY);
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setScriptBaseClass(RingsideScript.class.getName());
        configuration.getOptimizationOptions().put(CompilerConfiguration.INVOKEDYNAMIC, true);
        configuration.addCompilationCustomizers(
                new AssemblerTransformation(Emitter.class, file, source.declared(), VOCABULARY));
        try {
            GroovyClassLoader loader =
                    new GroovyClassLoader(ScriptCompiler.class.getClassLoader(), configuration, false);
            GroovyCodeSource code = new GroovyCodeSource(source.text(), Place.plain(file), "/groovy/shell");
            code.setCachable(false);
            Class<?> type = loader.parseClass(code);
            return (RingsideScript) InvokerHelper.createScript(type, binding);
        } catch (MultipleCompilationErrorsException e) {
            throw ScriptErrors.of(e, file);
        }
    }
}

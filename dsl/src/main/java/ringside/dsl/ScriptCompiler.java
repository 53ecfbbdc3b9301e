package ringside.dsl;

import groovy.lang.Binding;
import groovy.lang.GroovyClassLoader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.codehaus.groovy.control.CompilationUnit;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.codehaus.groovy.control.Phases;
import org.codehaus.groovy.tools.GroovyClass;
import ringside.dsl.assembly.Place;
import ringside.dsl.source.AssemblerTransformation;
import ringside.dsl.source.SourceRewriter;
import ringside.dsl.source.Vocabulary;
import ringside.isa.Assembler;

/** Compiles scripts: rewriting, Groovy with the assembler's transformation. */
final class ScriptCompiler {
    /** What the instruction table says of words; privileged operations stand where instructions do. */
    static final Vocabulary VOCABULARY = new Vocabulary() {
        @Override
        public boolean isMnemonic(String word) {
            return Assembler.knows(word) || Operations.isStatement(word);
        }

        @Override
        public boolean isRegister(String word) {
            return SymbolWords.isRegister(word);
        }
    };

    private ScriptCompiler() {}

    /** The script, ready to run with {@code binding}. */
    static RingsideScript compile(String file, String text, Binding binding) {
        try {
            ClassLoader parent = ScriptCompiler.class.getClassLoader();
            CompiledScripts.Classes classes = CompiledScripts.find(file, text).orElse(null);
            if (classes == null) {
                classes = compile(file, text);
                CompiledScripts.keep(file, text, classes);
            }
            RingsideScript script = (RingsideScript)
                    classes.load(parent).getDeclaredConstructor().newInstance();
            script.setBinding(binding);
            return script;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a script's class has no constructor", e);
        }
    }

    private static CompiledScripts.Classes compile(String file, String text) {
        SourceRewriter.Rewritten source = SourceRewriter.rewrite(file, text, VOCABULARY);
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setScriptBaseClass(RingsideScript.class.getName());
        configuration.getOptimizationOptions().put(CompilerConfiguration.INVOKEDYNAMIC, true);
        configuration.addCompilationCustomizers(
                new AssemblerTransformation(Emitter.class, file, source.declared(), VOCABULARY));
        GroovyClassLoader loader = new GroovyClassLoader(ScriptCompiler.class.getClassLoader(), configuration, false);
        CompilationUnit unit = new CompilationUnit(configuration, null, loader);
        unit.addSource(Place.plain(file), source.text());
        try {
            unit.compile(Phases.CLASS_GENERATION);
        } catch (MultipleCompilationErrorsException e) {
            throw ScriptErrors.compilation(e, file, text, source.text());
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        String main = unit.getAST().getModules().getFirst().getMainClassName();
        List<GroovyClass> made = unit.getClasses();
        made.stream().filter(c -> c.getName().equals(main)).forEach(c -> classes.put(main, c.getBytes()));
        made.forEach(c -> classes.putIfAbsent(c.getName(), c.getBytes()));
        return new CompiledScripts.Classes(classes);
    }
}

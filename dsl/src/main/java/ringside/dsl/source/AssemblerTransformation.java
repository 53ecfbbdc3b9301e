package ringside.dsl.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.SourceVersion;
import org.codehaus.groovy.ast.ClassCodeExpressionTransformer;
import org.codehaus.groovy.ast.ClassHelper;
import org.codehaus.groovy.ast.ClassNode;
import org.codehaus.groovy.ast.expr.ArgumentListExpression;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.BitwiseNegationExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.DeclarationExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.ast.expr.StaticMethodCallExpression;
import org.codehaus.groovy.ast.expr.TernaryExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.expr.UnaryMinusExpression;
import org.codehaus.groovy.ast.expr.UnaryPlusExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.classgen.GeneratorContext;
import org.codehaus.groovy.control.CompilePhase;
import org.codehaus.groovy.control.SourceUnit;
import org.codehaus.groovy.control.customizers.CompilationCustomizer;
import ringside.dsl.assembly.Place;
import ringside.error.RingsideException;

/**
 * Binds the calls that {@link SourceRewriter} wrote to the assembler, at CONVERSION, for one script.
 *
 * <p>{@code insn$('mov', ...)} becomes a static call that knows its line. In operands, names that the script does not
 * declare become symbols (registers, constants, labels), and arithmetic is bound to the assembler's, so that
 * {@code 4*ecx} needs no extension of Integer. {@code 16.MiB} becomes a number of bytes, {@code 10.ms} one of ticks, {@code 10.Mbps} one of
 * bits in a second.
 */
public final class AssemblerTransformation extends CompilationCustomizer {
    private static final Set<String> STATEMENTS = Set.of("insn$", "label$", "times$");
    private static final Set<String> OPERANDS = Set.of("mem$", "sized$", "distance$", "far$", "local$", "shown$");
    private static final Set<String> OPERATORS = Set.of("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>");
    private static final Map<String, Integer> UNITS = Map.of(
            "KiB", 1 << 10,
            "MiB", 1 << 20,
            "GiB", 1 << 30,
            "us", 100,
            "ms", 100_000,
            "s", 100_000_000,
            "kbps", 1_000,
            "Mbps", 1_000_000,
            "Gbps", 1_000_000_000);

    private final ClassNode emitter;
    private final String file;
    private final Set<String> declared;
    private final Vocabulary vocabulary;

    /**
     * @param emitter the class whose static methods carry out the calls
     * @param declared names that the script declares itself
     */
    public AssemblerTransformation(Class<?> emitter, String file, Set<String> declared, Vocabulary vocabulary) {
        super(CompilePhase.CONVERSION);
        this.emitter = ClassHelper.make(emitter);
        this.file = file;
        this.declared = declared;
        this.vocabulary = vocabulary;
    }

    @Override
    public void call(SourceUnit source, GeneratorContext context, ClassNode classNode) {
        if (SourceVersion.isKeyword(classNode.getName())) {
            // a script called int.groovy; the Java Virtual Machine has no class 'int'
            classNode.setName("script_" + classNode.getName());
        }
        new Transformer(source).visitClass(classNode);
    }

    private final class Transformer extends ClassCodeExpressionTransformer {
        private final SourceUnit source;

        Transformer(SourceUnit source) {
            this.source = source;
        }

        @Override
        protected SourceUnit getSourceUnit() {
            return source;
        }

        @Override
        public Expression transform(Expression expression) {
            return switch (expression) {
                case null -> null;
                case ClosureExpression closure -> {
                    closure.getCode().visit(this);
                    yield closure;
                }
                case MethodCallExpression call when isWritten(call, STATEMENTS) -> statement(call);
                case MethodCallExpression call when isWritten(call, OPERANDS) -> operandCall(call);
                case DeclarationExpression declaration -> {
                    refuseRegisterNames(declaration);
                    yield super.transform(declaration);
                }
                case PropertyExpression property when isUnit(property) -> unit(property);
                default -> super.transform(expression);
            };
        }

        private boolean isWritten(MethodCallExpression call, Set<String> names) {
            return call.isImplicitThis() && names.contains(call.getMethodAsString());
        }

        private Expression statement(MethodCallExpression call) {
            List<Expression> arguments = new ArrayList<>();
            arguments.add(new ConstantExpression(call.getLineNumber(), true));
            ((TupleExpression) call.getArguments()).getExpressions().forEach(e -> arguments.add(operand(e)));
            return bound(call, call.getMethodAsString().replace("$", ""), arguments);
        }

        private Expression operandCall(MethodCallExpression call) {
            List<Expression> arguments = ((TupleExpression) call.getArguments())
                    .getExpressions().stream().map(this::operand).toList();
            return bound(call, call.getMethodAsString().replace("$", ""), arguments);
        }

        /** An operand: its arithmetic and its unknown names belong to the assembler, all else is Groovy. */
        private Expression operand(Expression expression) {
            return switch (expression) {
                case MethodCallExpression call when isWritten(call, OPERANDS) -> operandCall(call);
                case BinaryExpression binary
                when OPERATORS.contains(binary.getOperation().getText()) ->
                    bound(
                            binary,
                            "binary",
                            List.of(
                                    new ConstantExpression(binary.getOperation().getText()),
                                    operand(binary.getLeftExpression()),
                                    operand(binary.getRightExpression())));
                case BitwiseNegationExpression not -> bound(not, "complement", List.of(operand(not.getExpression())));
                case UnaryMinusExpression minus -> bound(minus, "negated", List.of(operand(minus.getExpression())));
                case UnaryPlusExpression plus -> operand(plus.getExpression());
                case TernaryExpression choice
                when choice.getClass() == TernaryExpression.class ->
                    new TernaryExpression(
                            (org.codehaus.groovy.ast.expr.BooleanExpression) transform(choice.getBooleanExpression()),
                            operand(choice.getTrueExpression()),
                            operand(choice.getFalseExpression()));
                case ListExpression list
                when list.getClass() == ListExpression.class -> {
                    ListExpression mapped = new ListExpression(
                            list.getExpressions().stream().map(this::operand).toList());
                    mapped.setSourcePosition(list);
                    yield mapped;
                }
                case VariableExpression variable
                when isSymbol(variable) ->
                    bound(variable, "symbol", List.of(new ConstantExpression(variable.getName())));
                case PropertyExpression property
                when !isUnit(property)
                        && property.getPropertyAsString() != null
                        && property.getObjectExpression() instanceof VariableExpression variable
                        && isSymbol(variable) ->
                    bound(
                            property,
                            "member",
                            List.of(
                                    new ConstantExpression(variable.getName()),
                                    new ConstantExpression(property.getPropertyAsString())));
                default -> transform(expression);
            };
        }

        private boolean isSymbol(VariableExpression variable) {
            return !variable.isThisExpression()
                    && !variable.isSuperExpression()
                    && !declared.contains(variable.getName());
        }

        private Expression bound(Expression origin, String method, List<Expression> arguments) {
            StaticMethodCallExpression call =
                    new StaticMethodCallExpression(emitter, method, new ArgumentListExpression(arguments));
            call.setSourcePosition(origin);
            return call;
        }

        private boolean isUnit(PropertyExpression property) {
            return property.getObjectExpression() instanceof ConstantExpression number
                    && number.getValue() instanceof Integer
                    && UNITS.containsKey(property.getPropertyAsString());
        }

        private Expression unit(PropertyExpression property) {
            int count = (Integer) ((ConstantExpression) property.getObjectExpression()).getValue();
            Expression number = new ConstantExpression((long) count * UNITS.get(property.getPropertyAsString()));
            number.setSourcePosition(property);
            return number;
        }

        private void refuseRegisterNames(DeclarationExpression declaration) {
            if (declaration.isMultipleAssignmentDeclaration()) {
                return;
            }
            String name = declaration.getVariableExpression().getName();
            if (vocabulary.isRegister(name)) {
                throw new RingsideException(
                        "'" + name + "' is a register and cannot be a variable",
                        Place.of(file, declaration.getLineNumber()),
                        "choose another name");
            }
        }
    }
}

package ringside.properties.mutants;

import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A change to the body of the methods of one name, or of several.
 *
 * @param type the class, with its package
 * @param method their names, separated by slashes
 */
record Edit(String type, String method, CodeChange change) {
    /** What becomes of a body. */
    sealed interface CodeChange {
        /** Nothing is done; a constant is returned. */
        record Answer(int value) implements CodeChange {}

        /** Instructions are replaced one by one. */
        record Each(CodeTransform transform) implements CodeChange {}
    }

    /** The method does nothing and returns 0, or false. */
    static Edit nothing(String type, String method) {
        return answer(type, method, 0);
    }

    /** The method returns {@code value}, and does nothing. */
    static Edit answer(String type, String method, int value) {
        return new Edit(type, method, new CodeChange.Answer(value));
    }

    /** Calls of {@code called} are left out; their result is 0, or false. */
    static Edit without(String type, String method, String called) {
        return each(type, method, (code, element) -> {
            if (!(element instanceof InvokeInstruction call) || !call.name().equalsString(called)) {
                code.with(element);
                return;
            }
            MethodTypeDesc signature = call.typeSymbol();
            for (ClassDesc parameter : signature.parameterList().reversed()) {
                drop(code, TypeKind.from(parameter));
            }
            if (call.opcode() != Opcode.INVOKESTATIC) {
                code.pop();
            }
            push(code, signature.returnType(), 0);
        });
    }

    /** The field is read as {@code value}, whatever it holds. */
    static Edit reads(String type, String method, String field, int value) {
        return each(type, method, (code, element) -> {
            if (field(element, Opcode.GETFIELD, field)) {
                code.pop().loadConstant(value);
            } else {
                code.with(element);
            }
        });
    }

    /** The field is written as {@code value}, whatever should be. */
    static Edit writes(String type, String method, String field, int value) {
        return each(type, method, (code, element) -> {
            if (field(element, Opcode.PUTFIELD, field)) {
                code.pop().loadConstant(value);
            }
            code.with(element);
        });
    }

    /** Two records of this type are equal whatever the component is. */
    static Edit ignores(String type, String component) {
        return each(type, "equals/hashCode", (code, element) -> {
            if (element instanceof InvokeDynamicInstruction call) {
                code.invokedynamic(without(call, component));
            } else {
                code.with(element);
            }
        });
    }

    /** The call site that compares or hashes a record, of all components but one. */
    private static DynamicCallSiteDesc without(InvokeDynamicInstruction call, String component) {
        List<ConstantDesc> arguments = call.bootstrapArgs();
        List<String> names = new ArrayList<>(List.of(((String) arguments.get(1)).split(";")));
        List<ConstantDesc> left = new ArrayList<>(arguments);
        left.remove(2 + names.indexOf(component));
        names.remove(component);
        left.set(1, String.join(";", names));
        return DynamicCallSiteDesc.of(
                call.bootstrapMethod(),
                call.name().stringValue(),
                call.typeSymbol(),
                left.toArray(ConstantDesc[]::new));
    }

    /** One constant in place of another. */
    static Edit constant(String type, String method, int from, int to) {
        return each(type, method, (code, element) -> {
            if (element instanceof ConstantInstruction constant
                    && constant.constantValue().equals(from)) {
                code.loadConstant(to);
            } else {
                code.with(element);
            }
        });
    }

    private static Edit each(String type, String method, CodeTransform transform) {
        return new Edit(type, method, new CodeChange.Each(transform));
    }

    private static boolean field(CodeElement element, Opcode opcode, String name) {
        return element instanceof FieldInstruction access
                && access.opcode() == opcode
                && access.name().equalsString(name);
    }

    private static void drop(CodeBuilder code, TypeKind kind) {
        if (kind.slotSize() == 2) {
            code.pop2();
        } else {
            code.pop();
        }
    }

    private static void push(CodeBuilder code, ClassDesc type, int value) {
        switch (TypeKind.from(type)) {
            case VOID -> {}
            case LONG -> code.loadConstant((long) value);
            case REFERENCE -> code.aconst_null();
            default -> code.loadConstant(value);
        }
    }

    // ---- carrying it out

    /** The class file as it is with the edit; {@code seen} is told of each method that it changed. */
    ClassTransform transform(Consumer<String> seen) {
        List<String> names = List.of(method.split("/"));
        return (type, element) -> {
            if (!(element instanceof MethodModel body)
                    || !names.contains(body.methodName().stringValue())
                    || body.code().isEmpty()) {
                type.with(element);
                return;
            }
            seen.accept(method);
            switch (change) {
                case CodeChange.Answer(int value) ->
                    type.withMethodBody(
                            body.methodName(), body.methodType(), body.flags().flagsMask(), code -> {
                                ClassDesc result = body.methodTypeSymbol().returnType();
                                push(code, result, value);
                                code.return_(TypeKind.from(result).asLoadable());
                            });
                case CodeChange.Each(CodeTransform transform) ->
                    type.transformMethod(body, java.lang.classfile.MethodTransform.transformingCode(transform));
            }
        };
    }

    /** Names of what can be edited in one class, for messages. */
    List<String> place() {
        return List.of(type, method);
    }
}

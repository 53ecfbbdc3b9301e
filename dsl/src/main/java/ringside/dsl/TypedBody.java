package ringside.dsl;

import groovy.lang.Closure;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.codehaus.groovy.runtime.MethodClosure;

/**
 * A read block of two parameters, called without asking a meta class: a method reference as {@code this.&answer}, whose
 * {@code int}s are not even boxed, or a closure.
 *
 * <p>The call goes through a class made for it, for which the block is a constant: HotSpot inlines that, and not a method
 * handle that it finds in a field.
 */
abstract class TypedBody {
    private static final MethodType SHAPE = MethodType.methodType(Object.class, int.class, int.class);
    private static final MethodType NUMBER = MethodType.methodType(int.class, int.class, int.class);
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();

    /** The block's handle, as the class that calls it finds it. */
    private static final DynamicConstantDesc<MethodHandle> BLOCK = DynamicConstantDesc.ofNamed(
            ConstantDescs.ofConstantBootstrap(
                    MethodHandles.class.describeConstable().orElseThrow(), "classData", ConstantDescs.CD_Object),
            ConstantDescs.DEFAULT_NAME,
            ConstantDescs.CD_MethodHandle);

    private boolean givesNumber;

    /** A direct way into {@code block}, bound as it is to be called, or null where it does not take two values. */
    static TypedBody of(Closure<?> block) {
        Object owner = block instanceof MethodClosure reference ? reference.getOwner() : block;
        String name = block instanceof MethodClosure reference ? reference.getMethod() : "doCall";
        List<Method> bodies = Arrays.stream(owner.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && takesTwo(method.getParameterTypes()))
                .toList();
        if (bodies.size() != 1) {
            return null;
        }
        try {
            Method target = bodies.getFirst();
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(target.getDeclaringClass(), HERE);
            return caller(lookup.unreflect(target).bindTo(owner), target.getReturnType() == int.class);
        } catch (ReflectiveOperationException closed) {
            return null; // the usual way is as good, only slower
        }
    }

    private static TypedBody caller(MethodHandle block, boolean number) throws ReflectiveOperationException {
        MethodType shape = number ? NUMBER : SHAPE;
        ClassDesc body = TypedBody.class.describeConstable().orElseThrow();
        MethodTypeDesc type = shape.describeConstable().orElseThrow();
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of(TypedBody.class.getPackageName(), "BlockCaller"),
                        made -> made.withFlags(AccessFlag.FINAL, AccessFlag.SUPER)
                                .withSuperclass(body)
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        0,
                                        code -> code.aload(0)
                                                .invokespecial(body, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                                .return_())
                                .withMethodBody(number ? "number" : "call", type, 0, code -> {
                                    code.ldc(BLOCK)
                                            .iload(1)
                                            .iload(2)
                                            .invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", type);
                                    if (number) {
                                        code.ireturn();
                                    } else {
                                        code.areturn();
                                    }
                                }));
        MethodHandles.Lookup made = HERE.defineHiddenClassWithClassData(bytes, block.asType(shape), true);
        TypedBody caller =
                (TypedBody) made.lookupClass().getDeclaredConstructor().newInstance();
        caller.givesNumber = number;
        return caller;
    }

    private static boolean takesTwo(Class<?>[] types) {
        return types.length == 2
                && Arrays.stream(types).allMatch(t -> t == int.class || t == Integer.class || t == Object.class);
    }

    boolean givesNumber() {
        return givesNumber;
    }

    /** What the block gives, where that is an object. */
    Object call(int place, int width) {
        return number(place, width);
    }

    /** The same where it {@linkplain #givesNumber gives a number}. */
    int number(int place, int width) {
        return (int) call(place, width);
    }
}

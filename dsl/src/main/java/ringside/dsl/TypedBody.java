package ringside.dsl;

import groovy.lang.Closure;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.codehaus.groovy.runtime.MethodClosure;

/**
 * A read block of two parameters, called without asking a meta class: a method reference as {@code this.&answer}, whose
 * {@code int}s are not even boxed, or a closure.
 */
final class TypedBody {
    private static final MethodType SHAPE = MethodType.methodType(Object.class, int.class, int.class);
    private static final MethodType NUMBER = MethodType.methodType(int.class, int.class, int.class);

    private final MethodHandle body;
    /** Whether the body gives an {@code int}, not an object. */
    private final boolean number;

    private TypedBody(MethodHandle body) {
        number = body.type().returnType() == int.class;
        this.body = body.asType(number ? NUMBER : SHAPE);
    }

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
            MethodHandles.Lookup lookup =
                    MethodHandles.privateLookupIn(target.getDeclaringClass(), MethodHandles.lookup());
            return new TypedBody(lookup.unreflect(target).bindTo(owner));
        } catch (IllegalAccessException closed) {
            return null; // the usual way is as good, only slower
        }
    }

    private static boolean takesTwo(Class<?>[] types) {
        return types.length == 2
                && Arrays.stream(types).allMatch(t -> t == int.class || t == Integer.class || t == Object.class);
    }

    boolean givesNumber() {
        return number;
    }

    /** What the block gives, where that is an object. */
    Object call(int place, int width) throws Throwable {
        return body.invokeExact(place, width);
    }

    /** The same where it {@linkplain #givesNumber gives a number}. */
    int number(int place, int width) throws Throwable {
        return (int) body.invokeExact(place, width);
    }
}

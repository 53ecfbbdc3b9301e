package ringside.properties.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.util.HashSet;
import java.util.Set;

/** Loads every class of Ringside anew, one of them with an edit. */
final class MutantLoader extends ClassLoader {
    private final Edit edit;
    private final Set<String> changed = new HashSet<>();

    MutantLoader(Edit edit) {
        super(MutantLoader.class.getClassLoader());
        this.edit = edit;
    }

    /** Whether the edit found something to change. */
    boolean applied() {
        return !changed.isEmpty();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("ringside.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = name.equals(edit.type()) ? edited(in.readAllBytes()) : in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private byte[] edited(byte[] original) {
        ClassFile file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(getParent()).cached()));
        return file.transformClass(file.parse(original), edit.transform(changed::add));
    }
}

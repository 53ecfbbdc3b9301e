package ringside.dsl;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Scripts as compiled before: an unchanged script does not meet Groovy's parser again, which is most of a short run.
 *
 * <p>The folder is named by the property {@code ringside.scripts}; without it nothing is kept. Whoever names it empties it
 * when Ringside itself changes. A kept script is found by a hash and used only if its whole text is the same; a file that
 * cannot be read or written is as good as none.
 */
final class CompiledScripts {
    private static final String FOLDER = System.getProperty("ringside.scripts", "");

    private CompiledScripts() {}

    /** Classes by name, the script's own first. */
    record Classes(Map<String, byte[]> bytes) {
        /** Defines the classes in a loader of their own; the script's class. */
        Class<?> load(ClassLoader parent) throws ClassNotFoundException {
            ClassLoader loader = new ClassLoader(parent) {
                @Override
                protected Class<?> findClass(String name) throws ClassNotFoundException {
                    byte[] code = bytes.get(name);
                    if (code == null) {
                        throw new ClassNotFoundException(name);
                    }
                    return defineClass(name, code, 0, code.length);
                }
            };
            return loader.loadClass(bytes.keySet().iterator().next());
        }
    }

    private static Path file(String name, String text) {
        long hash = 1125899906842597L;
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return Path.of(FOLDER, String.format("%016x-%08x", hash, name.hashCode()));
    }

    /** What {@code text} was compiled to when it was called {@code name}. */
    static Optional<Classes> find(String name, String text) {
        if (FOLDER.isEmpty()) {
            return Optional.empty();
        }
        Path file = file(name, text);
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(Files.readAllBytes(file)))) {
            if (!name.equals(text(in)) || !text.equals(text(in))) {
                return Optional.empty();
            }
            Map<String, byte[]> classes = new LinkedHashMap<>();
            for (int count = in.readInt(); count > 0; count--) {
                classes.put(text(in), in.readNBytes(in.readInt()));
            }
            return classes.isEmpty() ? Optional.empty() : Optional.of(new Classes(classes));
        } catch (IOException | RuntimeException damaged) {
            return Optional.empty();
        }
    }

    /** Keeps what {@code text} was compiled to. */
    static void keep(String name, String text, Classes classes) {
        if (FOLDER.isEmpty()) {
            return;
        }
        try {
            Path file = file(name, text);
            Files.createDirectories(file.getParent());
            Path part = Files.createTempFile(file.getParent(), "part", "");
            try (DataOutputStream out =
                    new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(part)))) {
                put(out, name);
                put(out, text);
                out.writeInt(classes.bytes.size());
                for (Map.Entry<String, byte[]> one : classes.bytes.entrySet()) {
                    put(out, one.getKey());
                    out.writeInt(one.getValue().length);
                    out.write(one.getValue());
                }
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException readOnly) {
            // a place that cannot be written only costs time
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void put(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}

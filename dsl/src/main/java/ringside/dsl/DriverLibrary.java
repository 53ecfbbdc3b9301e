package ringside.dsl;

import groovy.lang.Binding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import ringside.error.NearMiss;
import ringside.error.RingsideException;

/** The drivers that come with Ringside: scripts beside the classes, one line here for each driver. */
final class DriverLibrary {
    /** The script of each, in the order in which they are listed. */
    private static final Map<String, String> FILES = files();

    private DriverLibrary() {}

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("ide-pio", "ide.groovy");
        files.put("ide-multiple", "ide.groovy");
        files.put("ide-dma", "ide.groovy");
        files.put("virtio-blk", "virtio.groovy");
        files.put("virtio-net", "virtio.groovy");
        files.put("virtio-console", "virtio.groovy");
        files.put("rtl8139", "rtl8139.groovy");
        files.put("service-desk", "service.groovy");
        return files;
    }

    static List<String> names() {
        return List.copyOf(FILES.keySet());
    }

    /** The driver of this name; an unknown one is refused with what there is, the script's own drivers among it. */
    static DriverSpec named(String name, List<DriverSpec> own) {
        String file = FILES.get(name);
        if (file == null) {
            List<String> known =
                    new java.util.ArrayList<>(own.stream().map(DriverSpec::name).toList());
            known.addAll(names());
            throw new RingsideException(
                    "unknown driver '" + name + "'",
                    "",
                    NearMiss.hint(name, known, "there are " + String.join(", ", known)));
        }
        return drivers(file).get(name);
    }

    private static Map<String, DriverSpec> drivers(String file) {
        RingsideScript script = ScriptCompiler.compile(file, text(file), new Binding());
        ScriptContext context = new ScriptContext(file, script, OptionalLong.empty());
        script.context(context);
        ScriptContext.with(context, script::run);
        return context.drivers.stream().collect(Collectors.toMap(DriverSpec::name, driver -> driver));
    }

    private static String text(String file) {
        try (InputStream in = DriverLibrary.class.getResourceAsStream("drivers/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the drivers that belong to the program cannot be read", e);
        }
    }
}

package ringside.oracle.processor;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The host's processor, reached through a helper process that gcc builds from {@code native/processor.c}. */
final class NativeProcessor implements AutoCloseable {
    /** Cases in flight at most; as in the helper. */
    static final int BATCH = 8192;

    private static final List<String> GCC = List.of(
            "gcc",
            "-m32",
            "-O2",
            "-static",
            "-no-pie",
            "-fno-pic",
            "-fno-stack-protector",
            "-fcf-protection=none",
            "-Wl,-Ttext-segment=0x60000000",
            "-o");

    private final Process process;
    private final OutputStream to;
    private final DataInputStream from;
    private final Path folder;

    private NativeProcessor(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
        this.to = process.getOutputStream();
        this.from = new DataInputStream(process.getInputStream());
    }

    /** Why there is no native processor here, or empty. */
    static Optional<String> missing() {
        String machine = System.getProperty("os.arch");
        if (!List.of("amd64", "x86_64", "i386").contains(machine)
                || !System.getProperty("os.name").equals("Linux")) {
            return Optional.of("the host is no x86 Linux machine (" + machine + ")");
        }
        try {
            Path folder = Files.createTempDirectory("ringside-native");
            String complaint = compile(folder);
            delete(folder);
            return complaint.isEmpty()
                    ? Optional.empty()
                    : Optional.of("gcc -m32 -static does not work here: " + complaint);
        } catch (IOException e) {
            return Optional.of("gcc cannot be started: " + e.getMessage());
        }
    }

    /** Builds and starts the helper with its memory at {@code base}. */
    static NativeProcessor start(int base) throws IOException {
        Path folder = Files.createTempDirectory("ringside-native");
        String complaint = compile(folder);
        if (!complaint.isEmpty()) {
            throw new IOException(complaint);
        }
        Process process = new ProcessBuilder(folder.resolve("processor").toString(), Integer.toUnsignedString(base))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new NativeProcessor(process, folder);
    }

    /** The lowest base the host's kernel lets a process use, above the 16-bit range only where it must be. */
    static int lowestBase() throws IOException {
        Path limit = Path.of("/proc/sys/vm/mmap_min_addr");
        long lowest =
                Files.exists(limit) ? Long.parseLong(Files.readString(limit).strip()) : 0x10000;
        return lowest <= 0x8000 ? 0x8000 : 0x1000_8000;
    }

    private static String compile(Path folder) throws IOException {
        Path source = folder.resolve("processor.c");
        try (InputStream in = NativeProcessor.class.getResourceAsStream("/native/processor.c")) {
            Files.copy(in, source);
        }
        List<String> command = new ArrayList<>(GCC);
        command.add(folder.resolve("processor").toString());
        command.add(source.toString());
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(gcc.getInputStream().readAllBytes());
        try {
            return gcc.waitFor() == 0 ? "" : output.lines().findFirst().orElse("gcc failed");
        } catch (InterruptedException e) {
            throw new IOException("interrupted while compiling", e);
        }
    }

    /** Hands over a batch; it is executed while the caller does something else. */
    void send(List<ProcessorCase> cases) throws IOException {
        ByteBuffer buffer =
                ByteBuffer.allocate(4 + cases.size() * ProcessorCase.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(cases.size());
        cases.forEach(c -> c.write(buffer));
        to.write(buffer.array());
        to.flush();
    }

    /** The results of a batch of {@code count} cases. */
    List<ProcessorResult> receive(int count) throws IOException {
        byte[] bytes = new byte[count * ProcessorResult.SIZE];
        from.readFully(bytes);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<ProcessorResult> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(ProcessorResult.read(buffer));
        }
        return results;
    }

    @Override
    public void close() throws IOException {
        to.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}

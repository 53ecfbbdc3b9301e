package ringside.properties.ported;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import ringside.dsl.ScriptRunner;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.properties.SlottedGuest;

/** Programs for the kernel of {@code table-steps.groovy}, which carries out one step after the other in both its forms. */
public final class TableSteps {
    /** What the kernel can do, in the order of its table. */
    public enum Op {
        END,
        READ,
        WRITE,
        ADD,
        CALL,
        COPY,
        FLAGS,
        SET,
        SET_ONE,
        MAP,
        BATCH,
        LOAD,
        STORE,
        STORE_WORD,
        STORE_BYTE,
        AND,
        NESTED,
        USER,
        SEAL,
        PIN,
        UNPIN
    }

    /** Where the kernel finds its steps; pages that windows show, with a RET at {@link #RET} of each. */
    static final int STEPS = 0x300000, FRAMES = 0x400000, COUNT = 16, RET = 0x10;

    private static final GuestImage KERNEL = compiled();

    private final List<int[]> steps = new ArrayList<>();
    private final List<LoadSegment> data = new ArrayList<>();

    TableSteps() {
        for (int page = 0; page < COUNT; page++) {
            data.add(new LoadSegment("page " + page, FRAMES + page * 0x1000 + RET, new byte[] {(byte) 0xc3}));
        }
    }

    private static GuestImage compiled() {
        try (InputStream in = TableSteps.class.getResourceAsStream("table-steps.groovy")) {
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
            return ScriptRunner.run(script, "table-steps.groovy", nowhere)
                    .experiments()
                    .getFirst()
                    .guest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TableSteps add(Op op, int a, int b, int c) {
        steps.add(new int[] {op.ordinal(), a, b, c});
        return this;
    }

    TableSteps with(String name, int pa, byte[] bytes) {
        data.add(new LoadSegment(name, pa, bytes));
        return this;
    }

    /** Step number {@code index} as it was added. */
    public String text(int index) {
        int[] step = steps.get(index);
        return String.format("%s %08x %08x %08x", Op.values()[step[0]], step[1], step[2], step[3]);
    }

    /** How many there are. */
    public int size() {
        return steps.size();
    }

    /** The kernel with these steps, in both forms. */
    public GuestImage image() {
        List<LoadSegment> all = new ArrayList<>(data);
        ByteBuffer bytes = SlottedGuest.buffer((steps.size() + 1) * 16);
        steps.forEach(step -> {
            for (int word : step) {
                bytes.putInt(word);
            }
        });
        all.add(new LoadSegment("steps", STEPS, bytes.array()));
        return KERNEL.with(all).ported(KERNEL.ported().orElseThrow().with(all));
    }
}

package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import ringside.error.RingsideException;
import ringside.machine.devices.net.Switch;

/** What the {@code frame} block of a network can say about the frame that came in; where it says nothing, it passes. */
final class FrameWords extends Block implements Switch.Behaviour {
    private static final Set<String> ACTIONS = Set.of("drop", "duplicate", "corrupt", "delay", "answer");
    /** Addresses and type. */
    private static final int HEADER = 14;

    private final String network;
    private final Closure<?> body;
    private final SplittableRandom random;
    private Switch.Passing passing;
    private int copies;
    private long held;
    private List<Switch.Passing> answers = List.of();

    /** @param seed of what the block calls random */
    FrameWords(String network, Closure<?> body, long seed) {
        this.network = network;
        this.random = new SplittableRandom(seed);
        this.body = (Closure<?>) body.clone();
        this.body.setDelegate(this);
        this.body.setResolveStrategy(Closure.DELEGATE_ONLY);
    }

    @Override
    public List<Switch.Passing> pass(Switch.Passing arrived) {
        passing = arrived;
        copies = 1;
        held = 0;
        answers = new ArrayList<>();
        Object[] values = {arrived.port(), arrived.frame()};
        try {
            body.call(Arrays.copyOf(values, Math.min(values.length, body.getMaximumNumberOfParameters())));
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw script().placed(e);
        }
        List<Switch.Passing> onward = new ArrayList<>();
        for (int i = 0; i < copies; i++) {
            onward.add(new Switch.Passing(arrived.port(), arrived.tick(), held, false, arrived.frame()));
        }
        onward.addAll(answers);
        return onward;
    }

    @Override
    RingsideScript script() {
        return (RingsideScript) body.getThisObject();
    }

    @Override
    String blockName() {
        return "frame of network '" + network + "'";
    }

    @Override
    Set<String> settings() {
        return ACTIONS;
    }

    @Override
    Set<String> words() {
        return Set.of("random", "now");
    }

    @Override
    Object word(String name) {
        return switch (name) {
            case "random" -> random;
            case "now" -> passing.tick();
            default -> null;
        };
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "corrupt" -> "corrupt(), or corrupt(20)";
            case "delay" -> "delay 50.us";
            case "answer" -> "answer bytes";
            default -> setting + "()";
        };
    }

    // ---- what becomes of the frame

    /** It is lost. */
    public void drop() {
        copies = 0;
    }

    /** It arrives once more. */
    public void duplicate() {
        copies++;
    }

    /** One bit of it, behind the header, turns. */
    public void corrupt() {
        corrupt(HEADER + random.nextInt(passing.frame().length - HEADER));
    }

    /** The lowest bit of this byte turns. */
    public void corrupt(int offset) {
        if (offset < 0 || offset >= passing.frame().length) {
            throw new RingsideException(
                    "a frame of " + passing.frame().length + " bytes has no byte " + offset,
                    "",
                    "give one from 0 to " + (passing.frame().length - 1));
        }
        passing.frame()[offset] ^= 1;
    }

    /** It is held up; others overtake it. */
    public void delay(long ticks) {
        if (ticks < 0) {
            throw new RingsideException("a delay of " + ticks + " ticks", "", "write " + usage("delay"));
        }
        held = ticks;
    }

    /** The network itself sends a frame back to where this one came from. */
    public void answer(byte[] frame) {
        answers.add(new Switch.Passing(passing.port(), passing.tick(), 0, true, frame));
    }

    /** The same, its bytes as numbers. */
    public void answer(List<?> bytes) {
        byte[] frame = new byte[bytes.size()];
        for (int i = 0; i < frame.length; i++) {
            if (!(bytes.get(i) instanceof Number number)) {
                throw new RingsideException(
                        "byte " + i + " of the answer is " + kinds(new Object[] {bytes.get(i)}), "", "give numbers");
            }
            frame[i] = number.byteValue();
        }
        answer(frame);
    }
}

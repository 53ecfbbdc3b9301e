package ringside.lab.generate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.lab.ExperimentSpec;
import ringside.lab.Pin;
import ringside.lab.ServerSpec;
import ringside.lab.Setting;

/**
 * A random guest: a kernel and user code made of independent pieces, with handlers, system calls, timer interrupts.
 *
 * @param paging whether it runs with paging on
 * @param pins counts of instructions at which an interrupt comes
 * @param seed of its data and registers
 * @param pieces in the order in which they run
 */
public record RandomProgram(boolean paging, List<Long> pins, long seed, List<Piece> pieces) {
    /** The most pieces that one program has room for. */
    public static final int MOST = 100;

    /** What every such program runs on: a server that can run all modes. */
    public static final ServerSpec SERVER = new ServerSpec(2008, CpuModel.ofYear(2008), 2, 1);

    /** More than a program of {@link #MOST} pieces needs. */
    public static final long BUDGET = 20_000;

    private static final int USERS_OF_TEN = 4, MOST_PINS = 6, FIRST_PIN = 30;

    public RandomProgram {
        if (pieces.size() > MOST) {
            throw new IllegalArgumentException(pieces.size() + " pieces, there is room for " + MOST);
        }
        pieces = List.copyOf(pieces);
        pins = List.copyOf(pins);
    }

    /** A program of {@code count} pieces, all that follows from {@code seed}. */
    public static RandomProgram of(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean paging = random.nextInt(3) > 0;
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean user = random.nextInt(10) < USERS_OF_TEN;
            pieces.add(new Piece(Shape.draw(random, user), user, random.nextLong()));
        }
        List<Long> pins = new ArrayList<>();
        for (int i = random.nextInt(MOST_PINS); i > 0; i--) {
            pins.add(random.nextLong(FIRST_PIN, FIRST_PIN + 12L * count));
        }
        return new RandomProgram(paging, pins, random.nextLong(), pieces);
    }

    /** The same program with other pieces. */
    public RandomProgram with(List<Piece> others) {
        return new RandomProgram(paging, pins, seed, others);
    }

    /** The same program, interrupted at other counts. */
    public RandomProgram pinned(List<Long> others) {
        return new RandomProgram(paging, others, seed, pieces);
    }

    /** The same program without paging. */
    public RandomProgram unpaged() {
        return new RandomProgram(false, pins, seed, pieces);
    }

    /** Addresses of the instructions that were drawn; the others only prepare them. */
    public Set<Integer> drawn() {
        Set<Integer> drawn = new HashSet<>();
        for (int i = 0; i < pieces.size(); i++) {
            drawn.addAll(slot(i).drawn());
        }
        return drawn;
    }

    /** The guest, ready to run. */
    public GuestImage image() {
        SplittableRandom random = new SplittableRandom(seed);
        List<LoadSegment> segments = new ArrayList<>(Scaffold.segments(paging, random));
        Code kernel = new Code(Places.SLOTS);
        Code users = new Code(Places.USER_SLOTS);
        for (int i = 0; i < pieces.size(); i++) {
            kernel.raw(padded(kernelSlot(i)));
            users.raw(padded(pieces.get(i).user() ? slot(i) : new Code(0)));
        }
        kernel.raw(0xfa, 0xf4);
        segments.add(new LoadSegment("kernel", Places.SLOTS, kernel.bytes()));
        segments.add(new LoadSegment("user", Places.USER_SLOTS, users.raw(0xf4).bytes()));
        List<Integer> registers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            registers.add(random.nextInt(3) == 0 ? random.nextInt() : Places.DATA + random.nextInt(Places.DATA_SIZE));
        }
        return new GuestImage("random program", segments, Scaffold.entry(registers));
    }

    /** The program as an experiment under {@code settings}. */
    public ExperimentSpec experiment(List<Setting> settings) {
        ServerSpec server = SERVER.with(
                pins.stream().map(at -> new Pin(Places.PIN_LINE, at)).toList());
        return new ExperimentSpec("random program", server, image(), settings, List.of(), List.of(), BUDGET);
    }

    private static byte[] padded(Code code) {
        byte[] bytes = code.bytes();
        if (bytes.length > Places.SLOT) {
            throw new IllegalStateException("a piece of " + bytes.length + " bytes");
        }
        return java.util.Arrays.copyOf(bytes, Places.SLOT);
    }

    /** The piece itself: in the kernel's slot after its preamble, or in the user's, followed by a system call. */
    private Code slot(int i) {
        Piece piece = pieces.get(i);
        int next = Places.SLOTS + (i + 1) * Places.SLOT;
        if (piece.user()) {
            return piece.at(Places.USER_SLOTS + i * Places.SLOT, paging).raw(0xcd, Places.CALL);
        }
        return piece.at(Places.SLOTS + i * Places.SLOT + preamble(i).bytes().length, paging)
                .jump(next);
    }

    private Code preamble(int i) {
        Code code = new Code(Places.SLOTS + i * Places.SLOT);
        return code.store(Places.RESUME, Places.SLOTS + (i + 1) * Places.SLOT).mov(ringside.arch.Reg.ESP, Places.STACK);
    }

    private Code kernelSlot(int i) {
        Code code = preamble(i);
        if (!pieces.get(i).user()) {
            return code.raw(slot(i).bytes());
        }
        int flags = new SplittableRandom(pieces.get(i).seed()).nextInt(5) == 0 ? 0x3202 : 0x202;
        return code.store(Places.USER_EIP, Places.USER_SLOTS + i * Places.SLOT)
                .store(Places.USER_FLAGS, flags)
                .jump(Places.ENTER);
    }
}

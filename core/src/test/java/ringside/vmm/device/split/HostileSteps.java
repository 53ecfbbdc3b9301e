package ringside.vmm.device.split;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import ringside.machine.board.Board;
import ringside.machine.devices.disk.MemoryBacking;
import ringside.machine.devices.net.Switch;
import ringside.vmm.spi.Peripheral;

/** What a front end that means ill, or is broken, does to a disk, a network adapter and a console: steps at random. */
final class HostileSteps {
    static final int CARDS = 3;
    private static final long ALL = 0;

    /** One step; what {@code a} and {@code b} mean depends on the kind. */
    record Step(Kind kind, int card, int a, int b) {}

    enum Kind {
        START,
        REQUEST,
        SPOIL,
        REGISTER,
        READ,
        POKE,
        DESCRIPTOR,
        OFFER,
        JUMP,
        NOTIFY,
        PASS,
        TYPE
    }

    /** Values that mean something to a device, and some that do not. */
    private static final List<Integer> VALUES = List.of(
            0,
            1,
            2,
            3,
            4,
            5,
            7,
            8,
            11,
            15,
            16,
            17,
            64,
            127,
            128,
            255,
            512,
            4096,
            0xffff,
            0x1_0000,
            0x4_0000,
            0x4_1000,
            FrontEnd.RAM - 8,
            FrontEnd.RAM,
            0xfe00_0000,
            Integer.MAX_VALUE,
            -1,
            -4096);

    private HostileSteps() {}

    static Arbitrary<List<Step>> steps(int most) {
        Arbitrary<Kind> kind = Arbitraries.frequency(
                Tuple.of(6, Kind.START),
                Tuple.of(20, Kind.REQUEST),
                Tuple.of(2, Kind.SPOIL),
                Tuple.of(1, Kind.REGISTER),
                Tuple.of(2, Kind.READ),
                Tuple.of(1, Kind.POKE),
                Tuple.of(2, Kind.DESCRIPTOR),
                Tuple.of(2, Kind.OFFER),
                Tuple.of(1, Kind.JUMP),
                Tuple.of(12, Kind.NOTIFY),
                Tuple.of(12, Kind.PASS),
                Tuple.of(2, Kind.TYPE));
        Arbitrary<Integer> number = Arbitraries.oneOf(
                Arbitraries.of(VALUES), Arbitraries.integers().between(0, 40), Arbitraries.integers());
        return Combinators.combine(kind, Arbitraries.integers().between(0, CARDS - 1), number, number)
                .as(Step::new)
                .list()
                .ofMinSize(most / 3)
                .ofMaxSize(most);
    }

    /** A board's three cards, each with its driver. */
    static FrontEnd[] drivers(Board board) {
        FrontEnd first = new FrontEnd(
                board,
                0,
                new Peripheral.Block("data", 0, new MemoryBacking(new byte[64 * 512])),
                new Peripheral.Network("lan", 0x0200_0000_0001L, new Switch("lan")),
                new Peripheral.Stream("tty"));
        return new FrontEnd[] {first, new FrontEnd(first, 1), new FrontEnd(first, 2)};
    }

    /** Does a step; what the guest could see of it. */
    static int take(FrontEnd[] drivers, Step step) {
        FrontEnd driver = drivers[step.card];
        int queue = step.a & 1;
        switch (step.kind) {
            case START -> driver.start((step.b & 1) == 0 ? ALL : Features.EVENT_IDX);
            case REQUEST -> request(driver, step, queue);
            case SPOIL -> driver.board.bus().write(8, driver.descriptors(queue) + (step.a >>> 1 & 0xff), step.b);
            case REGISTER -> driver.board.bus().write((step.a & 3) == 0 ? 16 : 32, driver.pa(step.a & 0x1fc), step.b);
            case READ -> {
                return driver.board.bus().read((step.b & 7) == 0 ? 8 : 32, driver.pa(step.a & 0x1fc));
            }
            case POKE -> driver.board.bus().write(8, driver.descriptors(queue) + (step.a >>> 1 & 0x2fff), step.b);
            case DESCRIPTOR ->
                driver.descriptor(
                        driver.descriptors(queue) + 16 * (step.a >>> 1 & 15),
                        FrontEnd.BUFFERS + (step.b & 0x3fff),
                        step.b >>> 14 & 0x3ff,
                        step.b >>> 24 & 7,
                        step.b >>> 27 & 15);
            case OFFER -> driver.offer(queue, step.b & 31);
            case JUMP -> driver.put16(driver.available(queue) + 2, step.b);
            case NOTIFY -> driver.notifyQueue(step.b < 16 ? queue : step.b);
            case PASS -> driver.pass((step.b & 3) == 0 ? Math.abs(step.a % 1_000) : 2_000);
            case TYPE -> driver.board.platform().console("tty").type("typed");
        }
        return driver.read(Register.STATUS) << 8 | driver.read(Register.INTERRUPT_STATUS);
    }

    /** A request as it should be, or nearly. */
    private static void request(FrontEnd driver, Step step, int queue) {
        int head = 4 * (step.a >>> 1 & 3);
        if (step.card == 0) {
            driver.chain(0, head, driver.block(head / 4, step.b & 9, step.b >>> 4 & 0x7f, 512 * (step.b >>> 1 & 3)));
        } else {
            int pa = FrontEnd.BUFFERS + 0x8000 + 0x800 * head;
            driver.chain(queue, head, List.of(new FrontEnd.Buffer(pa, 80 + (step.b & 0x7ff), queue == 0 ? 2 : 0)));
        }
        driver.offer(step.card == 0 ? 0 : queue, head);
        driver.notifyQueue(step.card == 0 ? 0 : queue);
    }
}

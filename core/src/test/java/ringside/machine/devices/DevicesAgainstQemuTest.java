package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.QemuPorts.Access;
import ringside.machine.devices.QemuPorts.Script;

/**
 * The same port accesses on our devices and on QEMU's.
 *
 * <p>Left out, because QEMU does not do what the data sheets say: an edge that drops before it is acknowledged (it
 * stays in QEMU's IRR), the gates and the null-count bit of the 8254, ICW1 with level triggering or without ICW4,
 * plain EOI in special mask mode (it ends masked levels there), changes of modem lines in loopback. Port 92h there
 * does not show what the keyboard controller did to A20. IRQ 0 runs on wall-clock time, so it is masked and its bit
 * of IRR not compared.
 */
class DevicesAgainstQemuTest {
    private static final int COM1 = 0x3f8;
    private static final int COM2 = 0x2f8;

    private static void compare(Script script) throws Exception {
        byte[] theirs = QemuPorts.run(script.accesses);
        TestMachine machine = new TestMachine();
        int reads = 0;
        List<Access> accesses = script.accesses;
        for (int i = 0; i < accesses.size(); i++) {
            Access access = accesses.get(i);
            if (access.write()) {
                machine.out(access.port(), access.value());
            } else {
                int ours = machine.in(access.port()) & access.seen();
                assertThat(String.format("%02x", ours))
                        .as("access %d, after %s", i, accesses.subList(Math.max(0, i - 40), i + 1))
                        .isEqualTo(String.format("%02x", theirs[reads++] & access.seen()));
            }
        }
        System.out.println("devices against QEMU: " + accesses.size() + " accesses, " + reads + " values compared");
    }

    @Test
    void interrupt_controllers_agree_under_random_commands() throws Exception {
        Random random = new Random(8259);
        Script script = new Script();
        for (int round = 0; round < 20; round++) {
            quiet(script);
            script.out(0x20, 0x11).out(0x21, 0x20, 0x04, 0x01 | random.nextInt(2) << 1 | random.nextInt(2) << 4);
            script.out(0xa0, 0x11).out(0xa1, 0x28, 0x02, 0x01).out(0x21, 0x01).out(0xa1, 0x00);
            for (int step = 0; step < 40; step++) {
                step(script, random);
            }
        }
        compare(script);
    }

    /** Takes all requests of the serial ports and the keyboard back. */
    private static void quiet(Script script) {
        for (int base : List.of(COM1, COM2)) {
            script.out(base + 4, 0x08).out(base + 1, 0).in(base + 2, 0);
        }
        script.in(0x60, 0);
    }

    private static void step(Script script, Random random) {
        int line = random.nextInt(8);
        switch (random.nextInt(14)) {
            case 0 -> script.out(COM1 + 1, 2); // raises line 4
            case 1 -> script.out(COM2 + 1, 2); // raises line 3
            case 2 -> script.out(0x64, 0xd2).out(0x60, 0x55); // raises line 1
            case 3 -> script.out(0x21, random.nextInt(256) | 1).in(0x21);
            case 4 -> script.out(0x20, 0x20); // EOI
            case 5 -> script.out(0x20, 0x60 | line); // specific EOI
            case 6 -> script.out(0x20, 0xa0); // rotate on EOI
            case 7 -> script.out(0x20, 0xe0 | line); // rotate on specific EOI
            case 8 -> script.out(0x20, 0xc0 | line); // set priority
            case 9 -> script.out(0x20, random.nextBoolean() ? 0x80 : 0x00); // rotate in automatic EOI
            case 10 -> script.out(0x20, 0x68, 0x0c).in(0x20).out(0x20, 0x48); // poll in special mask mode
            default -> script.out(0x20, 0x0c).in(0x20); // poll
        }
        script.out(0x20, 0x0a).in(0x20, 0xfe).out(0x20, 0x0b).in(0x20);
        script.out(0xa0, 0x0a).in(0xa0).out(0xa0, 0x0b).in(0xa0).in(0xa1);
    }

    @Test
    void serial_ports_agree_under_random_use_in_loopback() throws Exception {
        Random random = new Random(16550);
        Script script = new Script();
        script.out(COM1 + 4, 0x10)
                .out(COM1 + 1, 0)
                .out(COM1 + 2, 0)
                .in(COM1, 0)
                .in(COM1 + 5, 0)
                .in(COM1 + 6, 0);
        for (int step = 0; step < 1500; step++) {
            switch (random.nextInt(8)) {
                case 0 -> script.out(COM1 + 3, random.nextInt(64)).in(COM1 + 3);
                case 1 -> script.out(COM1 + 4, 0x10 | random.nextInt(16)).in(COM1 + 4);
                case 2 ->
                    script.out(COM1 + 3, 0x83)
                            .out(COM1, random.nextInt(256))
                            .out(COM1 + 1, random.nextInt(256))
                            .in(COM1)
                            .in(COM1 + 1)
                            .out(COM1 + 3, 0x03);
                case 3 -> script.out(COM1 + 7, random.nextInt(256)).in(COM1 + 7);
                case 4 -> script.in(COM1 + 6, 0xf0);
                case 5 ->
                    script.out(COM1, random.nextInt(256)).in(COM1 + 5).in(COM1).in(COM1 + 5);
                case 6 -> script.out(COM1 + 1, random.nextInt(8)).in(COM1 + 1);
                default -> script.in(COM1 + 2);
            }
        }
        compare(script);
    }

    @Test
    void cmos_cells_and_a_stopped_clock_agree() throws Exception {
        Random random = new Random(146818);
        Script script = new Script();
        script.out(0x70, 11).in(0x71).out(0x70, 13).in(0x71).out(0x70, 10).in(0x71, 0x7f);
        script.out(0x70, 11).out(0x71, 0x82);
        for (int cell : List.of(9, 8, 7, 6, 4, 2, 0x32)) {
            script.out(0x70, cell).in(0x71);
        }
        for (int step = 0; step < 1000; step++) {
            int cell = 0x40 + random.nextInt(0x40);
            script.out(0x70, cell).out(0x71, random.nextInt(256)).in(0x71);
            script.out(0x70, 0x40 + random.nextInt(0x40));
        }
        compare(script);
    }

    @Test
    void the_keyboard_controller_answers_alike() throws Exception {
        Script script = new Script();
        script.in(0x60, 0).out(0x64, 0xaa).in(0x64, 1).in(0x60).in(0x64, 1);
        script.out(0x64, 0xab).in(0x60);
        for (int commandByte : List.of(0x00, 0x41, 0x61, 0x75, 0x65)) {
            script.out(0x64, 0x60)
                    .out(0x60, commandByte)
                    .out(0x64, 0x20)
                    .in(0x64, 1)
                    .in(0x60);
        }
        for (int a20 : List.of(0xdf, 0xcd, 0xdf)) {
            script.out(0x64, 0xd1).out(0x60, a20).out(0x64, 0xd0).in(0x60, 3);
        }
        script.out(0x92, 0x00).in(0x92, 2).out(0x92, 0x02).in(0x92, 2);
        script.out(0x64, 0xdd)
                .out(0x64, 0xd0)
                .in(0x60, 3)
                .out(0x64, 0xdf)
                .out(0x64, 0xd0)
                .in(0x60, 3);
        compare(script);
    }
}

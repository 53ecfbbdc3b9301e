package ringside.machine.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import ringside.error.RingsideException;
import ringside.machine.state.StateVisitor;
import ringside.machine.state.Stateful;

class SnapshotTest {
    private static final Map<String, String> SERVER = Map.of("ram", "16 MiB");

    /** One value of each kind. */
    private static final class Part implements Stateful {
        private int number = 1;
        private long big = 2;
        private boolean flag = true;
        private final byte[] bytes = {1, 2, 3};
        private final int[] ints = {4, 5};
        private long[] queue = {6};

        @Override
        public String stateName() {
            return "part";
        }

        @Override
        public void visit(StateVisitor v) {
            number = v.int32("number", number);
            big = v.int64("big", big);
            flag = v.flag("flag", flag);
            v.bytes("bytes", bytes);
            v.ints("ints", ints);
            queue = v.longs("queue", queue);
        }
    }

    private final Part part = new Part();

    private Snapshot taken() {
        return Snapshot.of(SERVER, List.of(part));
    }

    private void spoil() {
        part.number = 9;
        part.big = 9;
        part.flag = false;
        part.bytes[1] = 9;
        part.ints[0] = 9;
        part.queue = new long[] {9, 9};
    }

    @Test
    void loading_brings_every_value_back() {
        Snapshot before = taken();
        spoil();
        assertThat(taken().firstDifference(before)).isPresent();
        before.load(SERVER, List.of(part));
        assertThat(taken().firstDifference(before)).isEmpty();
    }

    @Test
    void a_file_holds_the_same() {
        Snapshot before = taken();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        before.write(file);
        Snapshot read = Snapshot.read(new ByteArrayInputStream(file.toByteArray()));
        assertThat(read.lines()).isEqualTo(before.lines());
        assertThat(read.firstDifference(before)).isEmpty();
        assertThat(read.configuration()).isEqualTo(SERVER);
    }

    @Test
    void damaged_and_foreign_files_are_refused() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        taken().write(file);
        byte[] half = Arrays.copyOf(file.toByteArray(), file.size() / 2);
        for (byte[] bad : List.of(new byte[0], new byte[] {1, 2, 3}, half)) {
            assertThatThrownBy(() -> Snapshot.read(new ByteArrayInputStream(bad)))
                    .isInstanceOf(RingsideException.class)
                    .hasMessageStartingWith("this is no snapshot, or a damaged one");
        }
    }

    @Test
    void another_configuration_is_refused_by_name() {
        assertThatThrownBy(() -> taken().load(Map.of("ram", "32 MiB"), List.of(part)))
                .isInstanceOf(RingsideException.class)
                .hasMessage("the snapshot does not fit this machine: ram was 16 MiB, here it is 32 MiB; "
                        + "load it into a machine configured alike");
        assertThatThrownBy(() -> taken().load(Map.of("ram", "16 MiB", "cpu", "386"), List.of(part)))
                .hasMessageContaining("cpu was (absent), here it is 386");
    }

    @Test
    void a_machine_with_other_parts_is_refused() {
        Snapshot empty = Snapshot.of(SERVER, List.of());
        assertThatThrownBy(() -> empty.load(SERVER, List.of(part)))
                .hasMessageStartingWith("the snapshot holds nothing of 'part'");
    }

    @Test
    void the_first_difference_names_part_value_and_entry() {
        Snapshot before = taken();
        part.bytes[2] = 0x7f;
        part.queue = new long[0];
        assertThat(before.firstDifference(taken())).hasToString("Optional[part.bytes[2]: 03 / 7f]");
        part.bytes[2] = 3;
        assertThat(before.firstDifference(taken())).hasToString("Optional[part.queue: [0000000000000006] / []]");
        assertThat(before.firstDifference(Snapshot.of(SERVER, List.of())))
                .hasToString("Optional[part.number: 00000001 / (absent)]");
    }

    @Test
    void it_prints_a_line_a_value() {
        assertThat(taken().lines())
                .containsExactly(
                        "configuration.ram = 16 MiB",
                        "part.number = 00000001",
                        "part.big = 0000000000000002",
                        "part.flag = 00000001",
                        "part.bytes = [01 02 03]",
                        "part.ints = [00000004 00000005]",
                        "part.queue = [0000000000000006]");
    }

    @Test
    void two_parts_of_one_name_are_a_defect() {
        assertThatThrownBy(() -> Snapshot.of(SERVER, List.of(part, new Part())))
                .hasMessage("two parts of the machine are called 'part'");
    }
}

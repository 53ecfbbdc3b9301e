package ringside.machine.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import ringside.machine.devices.net.NetworkPort;
import ringside.machine.devices.net.Switch;
import ringside.machine.devices.net.Switch.Passing;
import ringside.machine.time.VirtualClock;

/** A switch that loses, doubles, holds up and answers frames, as it is told. */
class SwitchBehaviourTest {
    private static final int WAY = 1_000 + (60 + 24) * 8;

    private final Switch network = new Switch("lan", 1_000, Switch.FAST_ETHERNET);
    private final Station a = new Station();
    private final Station b = new Station();

    private final class Station {
        final VirtualClock clock = new VirtualClock();
        final List<String> received = new ArrayList<>();
        final NetworkPort port = new NetworkPort("station", clock, this::receive);

        Station() {
            network.connect(port);
        }

        /** Notes the frame and scribbles over it. */
        private void receive(byte[] frame) {
            received.add(clock.now() + ":" + frame[14] + (char) ('a' + frame[15]));
            frame[14] = 99;
        }

        void send(int mark) {
            byte[] frame = new byte[60];
            Arrays.fill(frame, 0, 6, (byte) -1);
            frame[14] = (byte) mark;
            port.send(frame);
        }

        void at(long tick) {
            clock.advance(tick - clock.now());
            clock.fire();
        }
    }

    /** Lets both come by every tick at which something might arrive. */
    private void pass(long until) {
        for (long tick = 0; tick <= until; tick++) {
            a.at(tick);
            b.at(tick);
        }
    }

    private static Passing held(Passing frame, long ticks) {
        return new Passing(frame.port(), frame.tick(), ticks, false, frame.frame());
    }

    @Test
    void a_frame_that_is_dropped_arrives_nowhere_and_is_counted() {
        network.behave(passing -> passing.frame()[14] == 2 ? List.of() : List.of(passing));
        a.send(1);
        a.send(2);
        a.send(3);
        pass(10_000);
        assertThat(b.received).extracting(seen -> seen.split(":")[1]).containsExactly("1a", "3a");
        assertThat(network.frames()).isEqualTo(3);
        assertThat(network.lost()).isEqualTo(1);
    }

    @Test
    void a_frame_that_is_duplicated_arrives_twice_one_behind_the_other() {
        network.behave(passing -> List.of(passing, passing));
        a.send(7);
        pass(10_000);
        assertThat(b.received).containsExactly(WAY + ":7a", (WAY + 84 * 8) + ":7a");
    }

    @Test
    void a_frame_that_is_held_up_is_overtaken() {
        network.behave(passing -> List.of(passing.frame()[14] == 1 ? held(passing, 3_000) : passing));
        a.send(1);
        a.send(2);
        pass(10_000);
        assertThat(b.received).containsExactly(WAY + ":2a", (WAY + 3_000) + ":1a");
    }

    @Test
    void an_answer_goes_back_to_the_sender_alone() {
        network.behave(passing -> {
            byte[] answer = passing.frame().clone();
            answer[15] = 3;
            return List.of(new Passing(passing.port(), passing.tick(), 0, true, answer));
        });
        a.send(5);
        pass(10_000);
        assertThat(a.received).containsExactly(WAY + ":5d");
        assertThat(b.received).isEmpty();
    }

    @Test
    void a_receiver_that_changes_its_frame_changes_nobody_elses() {
        Station c = new Station();
        a.send(4);
        c.at(20_000);
        b.at(20_000);
        assertThat(b.received).containsExactly("20000:4a");
        assertThat(c.received).containsExactly("20000:4a");
    }
}

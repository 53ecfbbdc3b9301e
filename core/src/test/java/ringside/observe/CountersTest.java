package ringside.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountersTest {
    private record Tick(String kind) implements Event {}

    @Test
    void counts_stand_in_the_order_of_declaration_then_of_first_use() {
        Counters counters = Counters.of("STI", "HLT");
        counters.add("IN", 3);
        counters.add("HLT");
        assertThat(counters.asMap().toString()).isEqualTo("{STI=0, HLT=1, IN=3}");
        assertThat(counters).hasToString("HLT 1, IN 3");
        assertThat(counters.total()).isEqualTo(4);
        assertThat(counters.get("OUT")).isZero();
    }

    @Test
    void merging_adds_and_clearing_keeps_the_names() {
        Counters counters = Counters.of("a");
        Counters other = Counters.of("b", "a");
        other.add("a", 2);
        counters.merge(other);
        assertThat(counters.asMap().toString()).isEqualTo("{a=2, b=0}");
        counters.clear();
        assertThat(counters.asMap().toString()).isEqualTo("{a=0, b=0}");
    }

    @Test
    void as_a_sink_they_count_events_by_kind() {
        Counters left = new Counters();
        Counters right = new Counters();
        Sink both = left.and(right).and(Sink.NONE);
        both.accept(new Tick("tick"));
        assertThat(left.get("tick") + right.get("tick")).isEqualTo(2);
    }
}

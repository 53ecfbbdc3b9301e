package ringside.lab.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.vmm.spi.CostEvent;

class CostModelTest {
    @ParameterizedTest
    @ValueSource(ints = {1985, 2004, 2005, 2006, 2019})
    void every_event_has_a_price_with_a_source_on_every_server(int year) {
        CostModel model = CostModel.of(CpuModel.ofYear(year));
        for (CostEvent event : CostEvent.values()) {
            assertThat(model.of(event)).as(event.word()).isNotNull();
            assertThat(model.of(event).cycles()).as(event.word()).isPositive();
            assertThat(model.of(event).source()).as(event.word()).isNotBlank();
        }
    }

    @Test
    void servers_of_2005_and_2006_have_prices_of_their_own() {
        CostModel older = CostModel.of(CpuModel.ofYear(2005));
        CostModel newer = CostModel.of(CpuModel.ofYear(2006));
        assertThat(older.generation()).contains("Pentium 4");
        assertThat(newer.generation()).contains("Core 2");
        assertThat(older.of(CostEvent.VM_ENTRY).cycles()).isEqualTo(2409);
        assertThat(newer.of(CostEvent.VM_ENTRY).cycles()).isEqualTo(937);
    }

    @Test
    void a_bill_is_the_sum_of_counts_times_prices_and_holds_only_what_happened() {
        Bill bill = CostModel.of(CpuModel.ofYear(2005))
                .with("trap", 1000)
                .with("instruction", 2)
                .price(Map.of("trap", 3, "instruction", 10, "callout", 0));
        assertThat(bill.cycles()).isEqualTo(3020);
        assertThat(bill).hasToString("10 instruction x 2 + 3 trap x 1000");
    }

    @ParameterizedTest
    @EnumSource(CostEvent.class)
    void a_price_that_is_varied_changes_the_share_of_its_own_event_alone(CostEvent event) {
        CostModel model = CostModel.of(CpuModel.ofYear(2005));
        CostModel varied = model.scaled(event, 1.3);
        for (CostEvent other : CostEvent.values()) {
            double factor = other == event ? 1.3 : 1;
            assertThat(varied.of(other).cycles()).isCloseTo(model.of(other).cycles() * factor, within(1e-9));
        }
    }

    @Test
    void a_price_of_a_script_replaces_the_model_s_and_says_so() {
        Cost cost = CostModel.of(CpuModel.ofYear(2005)).with("vmExit", 500).of(CostEvent.VM_EXIT);
        assertThat(cost.cycles()).isEqualTo(500);
        assertThat(cost.basis()).isEqualTo(Cost.Basis.SCRIPT);
    }

    @Test
    void no_word_of_a_price_is_an_instruction_which_a_script_would_take_it_for() {
        List<String> words = CostModel.words();
        assertThat(words).doesNotHaveDuplicates().noneMatch(ringside.isa.Assembler::knows);
    }

    @Test
    void an_unknown_event_and_a_price_below_zero_are_refused() {
        CostModel model = CostModel.of(CpuModel.ofYear(2005));
        assertThatThrownBy(() -> model.with("vmExti", 1))
                .isInstanceOf(RingsideException.class)
                .hasMessageContaining("vmExit");
        assertThatThrownBy(() -> model.with("trap", -1)).isInstanceOf(RingsideException.class);
        assertThatThrownBy(() -> model.with("trap", Double.NaN)).isInstanceOf(RingsideException.class);
    }
}

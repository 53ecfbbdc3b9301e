package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import ringside.arch.CpuModel;
import ringside.error.RingsideException;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.guest.SourceLine;
import ringside.lab.Setting;

class SessionTest {
    /** mov eax, 5 / again: dec eax / jnz again / hlt, at 7c00 in real mode. */
    private static final byte[] COUNTDOWN = {0x66, (byte) 0xb8, 5, 0, 0, 0, 0x66, 0x48, 0x75, (byte) 0xfc, (byte) 0xf4};

    private final Session session = new Session(CpuModel.ofYear(2004), 1 << 20);

    private void load() {
        TreeMap<String, Integer> symbols = new TreeMap<>();
        symbols.put("again", 0x7c06);
        TreeMap<Integer, SourceLine> lines = new TreeMap<>();
        lines.put(0x7c06, new SourceLine("count.groovy", 3));
        session.load(new GuestImage(
                "countdown",
                List.of(new LoadSegment("code", 0x7c00, COUNTDOWN)),
                new EntryState.Real(0, 0x7c00, 0, 0x7c00, 0, List.of(0, 0, 0, 0, 0x7c00, 0, 0, 0)),
                symbols,
                lines,
                List.of()));
    }

    @Test
    void stepping_shows_the_next_instruction_with_its_label_and_script_line() {
        load();
        assertThat(session.here()).startsWith("00007c00  66b805000000");
        assertThat(session.step(1))
                .startsWith("again:\n00007c06  6648")
                .contains("dec eax")
                .endsWith("count.groovy:3\n");
        assertThat(session.registers()).startsWith("eax 00000005");
    }

    @Test
    void run_says_why_and_after_how_many_instructions_it_stopped() {
        load();
        assertThat(session.run(1000)).startsWith("stopped: halt, and nothing could wake the processor, after 12 instr");
        assertThat(session.registers()).contains("halted; 12 instructions retired");
    }

    @Test
    void a_budget_that_ends_a_run_is_named() {
        load();
        assertThat(session.run(4)).startsWith("stopped: the budget of 4 instructions is used up, after 4 instr");
    }

    @Test
    void a_breakpoint_stops_each_arrival_until_it_is_taken_away() {
        load();
        assertThat(session.toggleBreakpoint(session.address("again"))).isEqualTo("breakpoint at 00007c06\n");
        assertThat(session.run(1000)).startsWith("stopped: breakpoint at 00007c06, after 1 instructions");
        assertThat(session.run(1000)).startsWith("stopped: breakpoint at 00007c06, after 2 instructions");
        assertThat(session.breakpoints()).isEqualTo("00007c06  again\n");
        session.toggleBreakpoint(0x7c06);
        assertThat(session.run(1000)).startsWith("stopped: halt");
        assertThat(session.breakpoints()).isEqualTo("no breakpoints\n");
    }

    @Test
    void reset_starts_again_and_keeps_breakpoints() {
        load();
        session.toggleBreakpoint(0x7c0a);
        session.run(1000);
        session.reset();
        assertThat(session.registers()).contains("0 instructions retired");
        assertThat(session.run(1000)).startsWith("stopped: breakpoint at 00007c0a");
    }

    @Test
    void addresses_are_hex_labels_registers_and_sums() {
        load();
        assertThat(session.address("7c00")).isEqualTo(0x7c00);
        assertThat(session.address("0xfffff000")).isEqualTo(0xfffff000);
        assertThat(session.address("again+4")).isEqualTo(0x7c0a);
        assertThat(session.address("esp-10+eip")).isEqualTo(0x7c00 + 0x7c00 - 0x10);
        assertThatThrownBy(() -> session.address("nowhere"))
                .isInstanceOf(RingsideException.class)
                .hasMessageStartingWith("'nowhere' is no address; write hex digits");
    }

    @Test
    void memory_is_shown_sixteen_bytes_a_line() {
        load();
        assertThat(session.memory(0x7c00, 18))
                .isEqualTo("00007c00  66 b8 05 00 00 00 66 48  75 fc f4 00 00 00 00 00  f.....fHu.......\n"
                        + "00007c10  00 00                                             ..\n");
    }

    @Test
    void an_address_is_explained_where_the_guest_stands_and_under_any_mode() {
        load();
        session.step(3);
        assertThat(session.explain("again", new Setting("bare")))
                .startsWith("countdown, read la:00007c06 under bare, after 3 guest instructions")
                .contains("none: a linear address", "paging is off", "reaches MA 00007c06");
        assertThat(session.explain("ds:0", Settings.of(List.of("deprivileged", "policy=cached"))))
                .contains("under deprivileged policy cached, after 3", "real      CR3", "by paragraphs");
        assertThat(session.heat(Settings.of(List.of("deprivileged")))).contains("exits 0, hidden faults ");
        assertThatThrownBy(() -> session.heat(new Setting("bare"))).hasMessageContaining("no heat map");
        assertThatThrownBy(() -> Settings.of(List.of("hardware", "nested", "formt=npt")))
                .hasMessageContaining("did you mean 'format'");
        assertThatThrownBy(() -> Settings.of(List.of("hardware", "nested", "npt")))
                .hasMessageContaining("one word too many");
    }

    @Test
    void without_a_guest_everything_says_what_to_do() {
        assertThatThrownBy(session::registers).hasMessage("no guest is loaded; load one: load scripts/popf.groovy");
        assertThatThrownBy(session::reset).hasMessage("no guest is loaded; load one: load scripts/popf.groovy");
    }
}

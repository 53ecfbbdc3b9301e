package ringside.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainCommandTest {
    @TempDir
    Path folder;

    private String script;

    @BeforeEach
    void a_guest_that_maps_a_page_and_uses_it() throws Exception {
        Path file = folder.resolve("maps.groovy");
        Files.writeString(file, """
                guest('maps') {
                    paging true
                    kernel {
                        mov dword[0x5c04], 0x302000 + 3
                        mov eax, [0x301004]
                        checkpoint 'used', eax
                        mov dword[0x5c04], 0
                        hlt
                    }
                }
                """);
        script = file.toString();
    }

    private String explain(String... more) {
        String[] args = new String[more.length + 3];
        System.arraycopy(new String[] {"explain", script, "ds:301004"}, 0, args, 0, 3);
        System.arraycopy(more, 0, args, 3, more.length);
        Invocation run = Invocation.of(args);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return run.out();
    }

    @Test
    void the_road_goes_from_the_segment_to_the_machine_frame() {
        assertThat(explain("--at", "used"))
                .containsPattern("segment +ds 0010: base 00000000, limit ffffffff, data, writable, DPL 0 +LA 00301004")
                .containsPattern("1 PDE 000 +PA 00004000 .* table 00005000 P RW US A")
                .containsPattern("2 PTE 301 +PA 00005c04 .* 00302023 +page 00302000 +P RW S A")
                .contains("PA 00302004", "the supervisor's read reaches MA 00302004")
                .contains("loaded with the image")
                .containsPattern("written by guest code 00100000 .*maps.groovy:4")
                .containsPattern("A or D set by the processor for 0010000a .*maps.groovy:5");
    }

    @Test
    void under_a_vmm_the_real_entries_follow() {
        String text = explain("--at", "used", "--mode", "deprivileged");
        assertThat(text)
                .containsPattern("real +CR3 [0-9a-f]{8}, PAE; supervisor r-x, user ---")
                .containsPattern("1 PDE 001 +MA")
                .containsPattern("2 PTE 101 +MA")
                .contains("written by guest code 00100000", "written by the VMM for 0010000a");
        assertThat(text).contains("exits 3, hidden faults 5", "by page of the code (LA): 8", "by page touched (PA): 5");
    }

    @Test
    void nested_tables_stand_between_the_guests_own_and_every_reference_is_counted() {
        String text = explain("--at", "used", "--mode", "hardware", "--memory", "nested");
        assertThat(text)
                .containsPattern("4 EPT PTE 004 +MA [0-9a-f]{8} +[0-9a-f]{16} +page [0-9a-f]{8} +RWX WB")
                .containsPattern("5 PDE 000 +PA 00004000")
                .containsPattern("10 PTE 301 +PA 00005c04")
                .containsPattern("14 EPT PTE 102")
                .contains("a TLB miss costs 14 references");
        assertThat(explain("--at", "used", "--mode", "hardware", "--memory", "nested", "--set", "format=npt"))
                .contains("a TLB miss costs 8 references");
    }

    @Test
    void a_traced_table_was_written_by_the_vmm() {
        assertThat(explain("--at", "used", "--mode", "deprivileged", "--set", "policy=cached"))
                .contains("written by the VMM for 00100000");
    }

    @Test
    void what_the_guest_does_not_map_is_a_true_fault() {
        assertThat(explain())
                .containsPattern("PTE 301 .* 00000000 +not present")
                .contains("written by guest code", "a true fault, #PF 0000 (not present, read, supervisor): PTE 301");
        assertThat(explain("--access", "write")).contains("#PF 0002 (not present, write, supervisor)");
    }

    @Test
    void before_the_first_instruction_there_is_no_paging() {
        assertThat(explain("--after", "0"))
                .contains("after 0 guest instructions", "paging is off", "reaches MA 00301004");
    }

    @Test
    void what_the_real_tables_do_not_map_is_hidden_from_the_guest() {
        assertThat(explain("--at", "used", "--mode", "hardware", "--memory", "perReference"))
                .contains("is hidden from the guest: the VMM's #PF 0000", "the VMM maps it");
        assertThat(explain("--after", "9", "--access", "write", "--mode", "hardware", "--memory", "shadow"))
                .contains("the VMM's #PF 0003 (protection, write, supervisor)", "the VMM sets the dirty bit");
    }

    @Test
    void road_and_heat_map_are_drawn_the_same_each_time() throws Exception {
        List<String> drawn = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Path road = folder.resolve("road" + i + ".svg");
            Path heat = folder.resolve("heat" + i + ".svg");
            explain("--mode", "hardware", "--memory", "nested", "--at", "used", "--picture=" + road, "--heat=" + heat);
            drawn.add(Files.readString(road) + Files.readString(heat));
        }
        assertThat(drawn.get(0))
                .isEqualTo(drawn.get(1))
                .startsWith("<svg")
                .contains(">14  EPT PTE 102<", "10  PTE 301<", ">MA ", "hidden page 2");
        var parser = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder();
        assertThat(parser.parse(folder.resolve("road0.svg").toFile())
                        .getDocumentElement()
                        .getTagName())
                .isEqualTo("svg");
    }

    @Test
    void a_compressed_guests_segment_is_loaded_from_the_shadow_which_ends_before_the_vmm() {
        assertThat(explain("--at", "used", "--mode", "deprivileged"))
                .containsPattern(
                        "loaded from the shadow at MA [0-9a-f]{8}: base 00000000, limit ffbfffff, data, writable, DPL 1");
        Invocation high = Invocation.of("explain", script, "fffff000", "--at", "used", "--mode", "translated");
        assertThat(high.out().replaceAll("\\s+", " "))
                .contains("meets the VMM's region", "the guest's own #PF 0000", "PDE 3ff is not present");
    }

    @Test
    void json_has_the_same_as_data() {
        Object data = new groovy.json.JsonSlurper()
                .parseText(explain("--at", "used", "--mode", "hardware", "--memory", "nested", "--json"));
        Map<?, ?> road = (Map<?, ?>) ((Map<?, ?>) data).get("road");
        assertThat((List<?>) road.get("entries")).hasSize(14);
        assertThat(road.get("verdict").toString()).contains("14 references");
        Map<?, ?> heat = (Map<?, ?>) ((Map<?, ?>) data).get("heat");
        assertThat(heat.get("hiddenFaults")).hasToString("{page=7}");
    }

    @Test
    void a_linear_address_passes_no_segment() {
        Invocation run = Invocation.of("explain", script, "la:301004", "--at", "used");
        assertThat(run.out()).contains("none: a linear address", "reaches MA 00302004");
    }

    @Test
    void without_an_address_the_heat_alone_is_shown() {
        Invocation run = Invocation.of("explain", script, "--mode", "deprivileged");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("maps under deprivileged, after").contains("exits 4, hidden faults 5");
        assertThat(Invocation.of("explain", script).err()).contains("the bare machine has no heat map");
    }

    @ParameterizedTest
    @CsvSource({
        "dx:1, no segment register",
        "12345678900, is no address of 32 bits",
        "nowhere, is no address",
        "ds:, is no address"
    })
    void nonsense_addresses_are_told_and_end_with_status_2(String address, String message) {
        Invocation run = Invocation.of("explain", script, address);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @ParameterizedTest
    @CsvSource({
        "--at=usd, did you mean 'used'",
        "--after=some, write a positive number",
        "--access=jump, 'read, write or fetch'",
        "--mode=hardwear, did you mean 'hardware'",
        "--memory=nested, has no memory strategy to choose",
        "--set=ring=3, unknown option 'ring' of bare",
        "--guest=other, no guest is called 'other'",
        "--picture=/nowhere/x.svg, cannot write"
    })
    void mistakes_are_told_and_end_with_status_2(String option, String message) {
        Invocation run = Invocation.of("explain", script, "ds:301004", option);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }
}

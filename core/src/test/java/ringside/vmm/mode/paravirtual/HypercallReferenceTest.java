package ringside.vmm.mode.paravirtual;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import ringside.vmm.spi.Argument;

/** What is made from the table of hypercalls has all of it. */
class HypercallReferenceTest {
    @Test
    void numbers_follow_each_other_and_names_are_unlike() {
        assertThat(Hypercalls.ALL.stream().map(Hypercall::number))
                .containsExactlyElementsOf(
                        IntStream.range(0, Hypercalls.ALL.size()).boxed().toList());
        assertThat(Hypercalls.ALL.stream().map(Hypercall::name)).doesNotHaveDuplicates();
        assertThat(Hypercalls.ALL.size()).isLessThanOrEqualTo(Interface.FIRST_ADDED);
        assertThat(Hypercalls.ALL.get(Hypercalls.IRET).name()).isEqualTo("iret");
    }

    @Test
    void the_reference_names_every_call_kind_and_error() {
        String text = HypercallReference.text();
        Hypercalls.ALL.forEach(call -> assertThat(text).contains(" " + call.signature() + "\n"));
        for (Argument.Kind kind : Argument.Kind.values()) {
            assertThat(text).contains("  " + kind + " ").contains(kind.checked());
        }
        for (Errno errno : Errno.values()) {
            assertThat(text).contains("  " + errno + " ").contains(errno.doc());
        }
        assertThat(text.lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void the_header_has_a_number_for_every_call_and_a_stub_but_for_iret() {
        String header = StubHeader.text();
        for (Hypercall call : Hypercalls.ALL) {
            String stub = "static inline int hypercall_" + call.name() + "(";
            assertThat(header.contains(stub))
                    .as(call.name())
                    .isEqualTo(!call.name().equals("iret"));
            assertThat(header)
                    .contains("#define HYPERCALL_" + call.name().toUpperCase(java.util.Locale.ROOT) + " "
                            + call.number() + "\n");
        }
    }
}

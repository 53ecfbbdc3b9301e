package ringside.machine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static ringside.machine.cpu.Rings.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.Reg;

/** Segment loads and the questions LAR, LSL, VERR and VERW. */
class SegmentLoadTest {
    private static final int ABSENT = 0x38, EXECUTE_ONLY = 0x40, CONFORMING = 0x48, READ_ONLY = 0x50;

    private static Rings machine(int ring) {
        Rings m = new Rings(ring);
        m.descriptor(ABSENT, 0, 0xfffff, 0x12, 0xc);
        m.descriptor(EXECUTE_ONLY, 0, 0xfffff, 0x98, 0xc);
        m.descriptor(CONFORMING, 0x100, 0x234, 0x9e, 0x4);
        m.descriptor(READ_ONLY, 0, 0x1234, 0xf0, 0);
        return m;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0x10, none",
        "0, 0x13, #GP(0010)",
        "3, 0x10, #GP(0010)",
        "3, 0x48, none",
        "3, 0x23, none",
        "0, 0x00, none",
        "0, 0x03, none",
        "0, 0x38, #NP(0038)",
        "0, 0x40, #GP(0040)",
        "0, 0x28, #GP(0028)",
        "0, 0x80, #GP(0080)",
        "0, 0x14, #GP(0014)",
    })
    void data_segments(int ring, String selector, String fault) {
        Rings m = machine(ring);
        assertThat(m.faultOf(cpu -> cpu.loadSegment(Reg.DS, Integer.decode(selector))))
                .isEqualTo(fault);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0x10, none",
        "0, 0x00, #GP(0000)",
        "3, 0x03, #GP(0000)",
        "0, 0x11, #GP(0010)",
        "0, 0x38, #SS(0038)",
        "0, 0x08, #GP(0008)",
        "3, 0x53, #GP(0050)",
        "3, 0x23, none",
        "3, 0x20, #GP(0020)",
    })
    void stack_segments(int ring, String selector, String fault) {
        Rings m = machine(ring);
        assertThat(m.faultOf(cpu -> cpu.loadSegment(Reg.SS, Integer.decode(selector))))
                .isEqualTo(fault);
        assertThat(m.cpu.cpl).as("a failed load leaves CPL").isEqualTo(ring);
    }

    @Test
    void a_load_sets_the_accessed_bit_once_and_fills_the_hidden_part() {
        Rings m = machine(3);
        m.cpu.loadSegment(Reg.FS, CONFORMING);
        assertThat(m.memory.get8(GDT + CONFORMING + 5)).isEqualTo(0x9f);
        assertThat(m.cpu.segments[Reg.FS].base).isEqualTo(0x100);
        assertThat(m.cpu.segments[Reg.FS].limit).isEqualTo(0x234);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0x08, 0xc09b00, 0xffffffff, true, false",
        "0, 0x50, 0xf000, 0x1234, true, false",
        "3, 0x08, -1, -1, false, false",
        "3, 0x48, 0x409e00, 0x234, true, false",
        "3, 0x23, 0xc0f300, 0xffffffff, true, true",
        "0, 0x28, 0x8b00, 0x67, false, false",
        "0, 0x00, -1, -1, false, false",
        "0, 0x78, -1, -1, false, false",
        "0, 0x80, -1, -1, false, false",
        "0, 0x40, 0xc09800, 0xffffffff, false, false",
    })
    void questions_about_a_selector(
            int ring, String selector, String rights, String limit, boolean read, boolean write) {
        Rings m = machine(ring);
        int asked = Integer.decode(selector);
        assertThat(m.cpu.accessRights(asked)).isEqualTo(Integer.decode(rights));
        assertThat(m.cpu.segmentLimit(asked)).isEqualTo(Long.decode(limit));
        assertThat(m.cpu.verify(asked, false)).isEqualTo(read);
        assertThat(m.cpu.verify(asked, true)).isEqualTo(write);
    }

    @ParameterizedTest
    @CsvSource({"0x28, #GP(0028)", "0x30, none", "0, #GP(0000)", "0x10, #GP(0010)", "0x34, #GP(0034)"})
    void ltr_wants_an_available_tss(String selector, String fault) {
        Rings m = machine(0);
        assertThat(m.faultOf(cpu -> cpu.loadTask(Integer.decode(selector)))).isEqualTo(fault);
        assertThat(m.memory.get8(GDT + OTHER + 5)).isEqualTo(fault.equals("none") ? 0x8b : 0x89);
    }

    @Test
    void an_ldt_selector_is_looked_up_in_the_ldt() {
        Rings m = machine(0);
        m.descriptor(0x58, 0x6000, 0xf, 0x82, 0);
        m.memory.put32(0x6008, 0x0000ffff);
        m.memory.put32(0x600c, 0x00cf9200);
        m.cpu.loadLdt(0x58);
        assertThat(m.faultOf(cpu -> cpu.loadSegment(Reg.ES, 0xc))).isEqualTo("none");
        assertThat(m.faultOf(cpu -> cpu.loadSegment(Reg.ES, 0x14))).isEqualTo("#GP(0014)");
        m.cpu.loadLdt(0);
        assertThat(m.faultOf(cpu -> cpu.loadSegment(Reg.ES, 0xc))).isEqualTo("#GP(000c)");
    }
}

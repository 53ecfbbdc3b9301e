package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;

/** The image a guest block makes: entry state and tables. */
class GuestBlockTest {
    private static ByteBuffer table(GuestImage image, String name) {
        return ByteBuffer.wrap(Scripts.section(image, name)).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void a_kernel_is_entered_at_1_mib_in_flat_protected_mode_with_a_gdt() {
        GuestImage image = Scripts.guest("guest('g') { kernel { hlt } }");
        assertThat(image.entry())
                .isEqualTo(
                        new EntryState.Flat(8, 0x100000, 16, 0x90000, 0x1000, 39, 0, -1, EntryState.cleared(0x90000)));
        ByteBuffer gdt = table(image, "gdt");
        assertThat(gdt.getLong(0)).isZero();
        assertThat(gdt.getLong(0x08)).isEqualTo(0x00cf9b000000ffffL);
        assertThat(gdt.getLong(0x10)).isEqualTo(0x00cf93000000ffffL);
        assertThat(gdt.getLong(0x18)).isEqualTo(0x00cffb000000ffffL);
        assertThat(gdt.getLong(0x20)).isEqualTo(0x00cff3000000ffffL);
    }

    @Test
    void at_and_org_move_a_kernel_and_stack_moves_its_stack() {
        assertThat(Scripts.guest("guest('g') { kernel(at: 0x8000) { hlt }\nstack 0x7000 }")
                        .entry()
                        .eip())
                .isEqualTo(0x8000);
        GuestImage image = Scripts.guest("guest('g') {\nkernel {\norg 0x20000\nhlt\n}\nstack 0x7000\n}");
        assertThat(image.entry().eip()).isEqualTo(0x20000);
        assertThat(image.entry().esp()).isEqualTo(0x7000);
        assertThat(image.segments().getFirst().pa()).isEqualTo(0x20000);
    }

    @Test
    void a_real_block_is_entered_at_7c00_in_real_mode() {
        GuestImage image = Scripts.guest("guest('g') { real { mov ax, 1 } }");
        assertThat(image.entry()).isEqualTo(new EntryState.Real(0, 0x7c00, 0, 0x7c00, 0, EntryState.cleared(0x7c00)));
        assertThat(HexFormat.of().formatHex(Scripts.section(image, "real"))).isEqualTo("b80100");
    }

    @Test
    void interrupt_blocks_and_idt_make_gates() {
        GuestImage image = Scripts.guest("""
                guest('g') {
                    kernel {
                        hlt
                        fault: hlt
                    }
                    interrupt(0x20) { iretd }
                    interrupt 0x80, dpl: 3, trap: true, { iretd }
                    idt { on 13, 'fault' }
                }
                """);
        EntryState.Flat entry = (EntryState.Flat) image.entry();
        assertThat(entry.idtBase()).isEqualTo(0x2000);
        assertThat(entry.idtLimit()).isEqualTo(0x81 * 8 - 1);
        ByteBuffer idt = table(image, "idt");
        assertThat(idt.getLong(13 * 8)).isEqualTo(0x00108e0000080001L);
        assertThat(idt.getLong(0x20 * 8)).isEqualTo(0x00148e0000080000L);
        assertThat(idt.getLong(0x80 * 8)).isEqualTo(0x0014ef0000080001L);
        assertThat(idt.getLong(0)).isZero();
    }

    @Test
    void paging_maps_16_mib_onto_themselves_and_the_user_block_for_the_user() {
        GuestImage image = Scripts.guest("""
                guest('g') {
                    paging true
                    map 0x400000, to: 0x200000, user: true, writable: false
                    unmap 0x401000
                    kernel { enterUser }
                    user { hlt }
                }
                """);
        ByteBuffer tables = table(image, "page tables");
        assertThat(tables.getInt(0)).isEqualTo(0x5007);
        assertThat(entryOf(tables, 0x100000)).isEqualTo(0x100003);
        assertThat(entryOf(tables, 0x200000)).isEqualTo(0x200007);
        assertThat(entryOf(tables, 0x27f000)).isEqualTo(0x27f007);
        assertThat(entryOf(tables, 0x400000)).isEqualTo(0x200005);
        assertThat(entryOf(tables, 0x401000)).isZero();
        assertThat(entryOf(tables, 0xfff000)).isEqualTo(0xfff003);
    }

    private static int entryOf(ByteBuffer tables, int la) {
        return tables.getInt(0x1000 + la / 0x1000 * 4);
    }

    @Test
    void a_task_and_paging_are_switched_on_by_a_prologue_of_guest_instructions() {
        GuestImage image = Scripts.guest("guest('g') { paging true\ntss esp0: 0x8f000\nkernel { hlt } }");
        assertThat(image.entry().eip()).isEqualTo(0x9000);
        assertThat(HexFormat.of().formatHex(Scripts.section(image, "prologue")))
                .isEqualTo("66b82800" + "0f00d8" + "b800400000" + "0f22d8" + "0f20c0" + "0d00000080" + "0f22c0" + "31c0"
                        + "ea000010000800");
        ByteBuffer tss = table(image, "tss");
        assertThat(tss.getInt(4)).isEqualTo(0x8f000);
        assertThat(tss.getInt(8)).isEqualTo(0x10);
        assertThat(table(image, "gdt").getLong(0x28)).isEqualTo(0x0000890030000067L);
    }
}

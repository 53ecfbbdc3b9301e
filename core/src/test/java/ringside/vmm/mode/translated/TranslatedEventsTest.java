package ringside.vmm.mode.translated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Interrupts at instructions that the cache emulates arrive where the bare machine has them; code pages cost little. */
class TranslatedEventsTest {
    private static final int CODE = 0x100000, HANDLER = 0x110000, GDT = 0x1000, IDT = 0x2000, STACK = 0x90000;
    private static final int TIMER = 0x20, NOTES = 0x200000;

    /** PIC: ICW1 to ICW4 with vectors from 20h, all lines but 0 masked. PIT: channel 0, mode 2, a short period. */
    private static final String DEVICES = "B011E620 B020E621 B004E621 B001E621 B0FEE621 B034E643 B003E640 B000E640";

    /** Counts in EBP, notes the interrupted EIP and the flags at ESI, ends the interrupt, returns. */
    private static final String COUNTING = "45 8B0424 8906 8B442408 894604 83C608 B020E620 CF";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static GuestImage image(String code) {
        byte[] gdt = ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0)
                .putLong(0x00cf9b000000ffffL)
                .putLong(0x00cf93000000ffffL)
                .array();
        ByteBuffer idt = ByteBuffer.allocate((TIMER + 1) * 8).order(ByteOrder.LITTLE_ENDIAN);
        idt.putInt(TIMER * 8, 8 << 16 | HANDLER & 0xffff).putInt(TIMER * 8 + 4, HANDLER & 0xffff0000 | 0x8e00);
        List<LoadSegment> segments = List.of(
                new LoadSegment("code", CODE, bytes(code)),
                new LoadSegment("handler", HANDLER, bytes(COUNTING)),
                new LoadSegment("gdt", GDT, gdt),
                new LoadSegment("idt", IDT, idt.array()));
        return new GuestImage(
                "events",
                segments,
                new EntryState.Flat(8, CODE, 16, STACK, GDT, 23, IDT, idt.capacity() - 1, EntryState.cleared(STACK)));
    }

    private static VirtualMachine machine(String mode, GuestImage image) {
        Map<String, String> options = mode.equals("bare") ? Map.of() : Map.of("user", "translated");
        return Modes.create(
                mode,
                new VmSpec(
                        CpuModel.ofYear(2004),
                        DeviceSettings.of(4 << 20),
                        List.of(),
                        image,
                        "interpreter",
                        "",
                        options));
    }

    private static List<String> run(VirtualMachine vm) {
        List<String> seen = new ArrayList<>();
        Stop stop = new Stop.Budget();
        int interrupts = 0;
        while (stop instanceof Stop.Budget && vm.retired() < 20_000) {
            stop = vm.run(1);
            if (vm.state().r[Reg.EBP] != interrupts) {
                interrupts = vm.state().r[Reg.EBP];
                seen.add("interrupt " + interrupts + " counted at " + vm.retired());
            }
        }
        seen.add(stop + " at " + vm.retired());
        seen.add("registers " + Arrays.toString(vm.state().r));
        for (int at = NOTES; at < NOTES + 0x100; at += 4) {
            seen.add("%08x: %08x".formatted(at, vm.board().bus().read(32, at)));
        }
        return seen;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // interrupts off for a while, then STI; INC EAX; NOP; CLI: the interrupt waits for the shadow's end
                "B940000000 49 75FD FB 40 90 90 FA 4B 75F0 F4",
                // STI; CLI: the window that is none
                "B940000000 49 75FD FB FA 40 4B 75F2 FB 90 90 FA F4",
                // PUSHFD; OR [ESP], 200h; POPFD: no shadow
                "B940000000 49 75FD 9C 810C2400020000 9D 40 90 FA 4B 75E9 F4",
                // STI where it is on already: no shadow either
                "FB B940000000 49 75FD FB 40 4B 75F3 FA F4"
            })
    void an_interrupt_that_waits_arrives_behind_sti_and_popf_where_the_bare_machine_has_it(String code) {
        // MOV ESI, 200000h; MOV EBX, 40
        String program = DEVICES + "BE00002000 BB28000000" + code;
        GuestImage image = image(program.replace(" ", ""));

        List<String> bare = run(machine("bare", image));
        List<String> translated = run(machine("translated", image));

        assertThat(translated).isEqualTo(bare);
        assertThat(bare.getFirst()).startsWith("interrupt 1 ");
    }

    @Test
    void an_interrupt_that_waits_turns_one_sti_into_a_callout_and_the_others_stay_in_the_cache() {
        String program = DEVICES + "BE00002000 BB28000000 B940000000 49 75FD FB 40 90 90 FA 4B 75F0 F4";
        VirtualMachine vm = machine("translated", image(program.replace(" ", "")));

        vm.run(20_000);

        assertThat(vm.counters().get("callouts of sti")).isPositive();
        assertThat(vm.counters().get("inCache")).isGreaterThanOrEqualTo(40);
    }

    @Test
    void a_page_with_new_code_is_dropped_from_the_shadow_tables_and_they_are_not_emptied() {
        // 32 pages: each stores into the page of data, then jumps to the next
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (int page = 0; page < 32; page++) {
            byte[] one = new byte[0x1000];
            byte[] start = bytes("A300002000 E9F60F0000");
            System.arraycopy(start, 0, one, 0, start.length);
            code.writeBytes(one);
        }
        code.write(0xf4);
        String hex = HexFormat.of().formatHex(code.toByteArray());
        // the handler's page would lie in between
        GuestImage image = image(hex.substring(0, 2 * 15 * 0x1000) + "F4");
        VirtualMachine vm = machine("translated", image);

        assertThat(vm.run(1000)).isInstanceOf(Stop.Halted.class);

        assertThat(vm.counters().get("units")).isGreaterThanOrEqualTo(15);
        assertThat(vm.counters().get("shadowFlushes")).isLessThan(5);
        assertThat(vm.counters().get("shadowFills")).isLessThan(10);
    }
}

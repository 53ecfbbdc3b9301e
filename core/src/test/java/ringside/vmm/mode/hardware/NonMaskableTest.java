package ringside.vmm.mode.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ringside.arch.CpuModel;
import ringside.arch.Reg;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** NMIs of a guest under hardware assist come and are blocked as on the bare machine. */
class NonMaskableTest {
    private static final int CODE = 0x100000, GDT = 0x1000, IDT = 0x2000, STACK = 0x90000;

    /** INC ECX; JMP to it. The handler at 10h: INC EBX; NOP; NOP; IRET. */
    private static GuestImage guest() {
        byte[] code = new byte[0x20];
        System.arraycopy(HexFormat.of().parseHex("41EBFD"), 0, code, 0, 3);
        System.arraycopy(HexFormat.of().parseHex("439090CF"), 0, code, 0x10, 4);
        byte[] gdt = buffer(24)
                .putLong(8, 0x00cf9b000000ffffL)
                .putLong(16, 0x00cf93000000ffffL)
                .array();
        byte[] idt = buffer(0x100).putLong(2 * 8, 0x00108e0000080010L).array();
        return new GuestImage(
                "nmi",
                List.of(
                        new LoadSegment("code", CODE, code),
                        new LoadSegment("gdt", GDT, gdt),
                        new LoadSegment("idt", IDT, idt)),
                new EntryState.Flat(8, CODE, 16, STACK, GDT, 23, IDT, 0xff, EntryState.cleared(STACK)));
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static VirtualMachine machine(String mode, String memory) {
        return Modes.create(
                mode,
                new VmSpec(
                        CpuModel.named("westmere").orElseThrow(),
                        DeviceSettings.of(2 << 20),
                        List.of(),
                        guest(),
                        "interpreter",
                        memory,
                        Map.of()));
    }

    private static String seen(VirtualMachine vm) {
        return "%d: %08x ebx %d ecx %d"
                .formatted(vm.retired(), vm.state().eip, vm.state().r[Reg.EBX], vm.state().r[Reg.ECX]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shadow", "nested"})
    void an_nmi_enters_the_handler_and_another_waits_for_its_iret(String memory) {
        VirtualMachine bare = machine("bare", "");
        VirtualMachine assisted = machine("hardware", memory);
        for (int step : new int[] {10, 1, 1, 20, 7}) {
            for (VirtualMachine vm : List.of(bare, assisted)) {
                vm.run(step);
                vm.board().cpu().raiseNmi();
            }
            assertThat(seen(assisted)).isEqualTo(seen(bare));
        }
        bare.run(100);
        assisted.run(100);
        assertThat(seen(assisted)).isEqualTo(seen(bare));
        assertThat(bare.state().r[Reg.EBX]).isEqualTo(4);
        assertThat(assisted.exits().get("NMI window")).isPositive();
    }
}

package ringside.vmm.compression;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import ringside.arch.CpuModel;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Guests of a few bytes: flat kernel code at 00100000 with a GDT at 00001000 (rings 0 and 3), no IDT. */
public final class TinyGuest {
    public static final int CODE = 0x100000, GDT = 0x1000, STACK = 0x90000;

    private TinyGuest() {}

    /** @param hex the code, spaces allowed */
    public static GuestImage of(String hex) {
        byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] gdt = ByteBuffer.allocate(40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0)
                .putLong(0x00cf9b000000ffffL)
                .putLong(0x00cf93000000ffffL)
                .putLong(0x00cffb000000ffffL)
                .putLong(0x00cff3000000ffffL)
                .array();
        List<LoadSegment> segments = List.of(new LoadSegment("code", CODE, code), new LoadSegment("gdt", GDT, gdt));
        EntryState entry =
                new EntryState.Flat(8, CODE, 16, STACK, GDT, gdt.length - 1, 0, -1, EntryState.cleared(STACK));
        return new GuestImage("tiny", segments, entry);
    }

    /** The guest in a mode, about to start. */
    public static VirtualMachine in(String mode, String hex, Map<String, String> options) {
        return Modes.create(mode, spec(hex, options));
    }

    private static VmSpec spec(String hex, Map<String, String> options) {
        return new VmSpec(
                CpuModel.ofYear(2004), DeviceSettings.of(2 << 20), List.of(), of(hex), "interpreter", "", options);
    }

    /** The guest deprivileged, about to start. */
    static CompressedMachine deprivileged(String hex, Map<String, String> options) {
        return (CompressedMachine) in("deprivileged", hex, options);
    }

    static CompressedMachine deprivileged(String hex) {
        return deprivileged(hex, Map.of());
    }
}

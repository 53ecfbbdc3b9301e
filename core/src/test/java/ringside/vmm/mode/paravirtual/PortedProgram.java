package ringside.vmm.mode.paravirtual;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ringside.arch.CpuModel;
import ringside.guest.EntryState;
import ringside.guest.GuestImage;
import ringside.guest.LoadSegment;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.DeviceSettings;
import ringside.vmm.Modes;
import ringside.vmm.frames.Layout;
import ringside.vmm.spi.GuestCall;
import ringside.vmm.spi.ServerMemory;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** A ported guest in raw machine code: a list of hypercalls whose results it keeps, and bytes of its own. */
final class PortedProgram {
    static final int RAM = 8 << 20;
    static final int CODE = 0x100000, ENTRY = CODE + 16, RESULTS = 0x140000, STACK = 0x180000;
    /** A page for tables that calls are given, and one to share. */
    static final int DATA = 0x150000, SHARED = 0x160000;

    private static final int[] REGISTERS = {3, 1, 2, 6, 7};

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();
    private final List<LoadSegment> data = new ArrayList<>();
    private final List<GuestCall> added = new ArrayList<>();
    private String cpu = "core2";
    private String memory = "";
    private Layout frames = Layout.SCATTERED;
    private int results;

    /** Appends machine code. */
    PortedProgram bytes(int... bytes) {
        for (int b : bytes) {
            code.write(b);
        }
        return this;
    }

    /** A hypercall beside the built-in ones. */
    PortedProgram added(GuestCall call) {
        added.add(call);
        return this;
    }

    PortedProgram cpu(String model) {
        cpu = model;
        return this;
    }

    /** With this memory strategy, its memory in frames that lie so. */
    PortedProgram memory(String strategy, Layout layout) {
        memory = strategy;
        frames = layout;
        return this;
    }

    PortedProgram word(int value) {
        return bytes(value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff, value >>> 24);
    }

    /** MOV DWORD [la], value. */
    PortedProgram store(int la, int value) {
        return bytes(0xc7, 0x05).word(la).word(value);
    }

    /** Where the next byte will be. */
    int here() {
        return ENTRY + code.size();
    }

    PortedProgram call(String name, int... arguments) {
        return call(number(name), arguments);
    }

    static int number(String name) {
        return Hypercalls.ALL.stream()
                .filter(call -> call.name().equals(name))
                .findFirst()
                .orElseThrow()
                .number();
    }

    /** A hypercall; its result is kept. */
    PortedProgram call(int number, int... arguments) {
        bytes(0xb8).word(number);
        for (int i = 0; i < arguments.length; i++) {
            bytes(0xb8 + REGISTERS[i]).word(arguments[i]);
        }
        return bytes(0xcd, Hypercalls.VECTOR, 0xa3).word(RESULTS + 4 * results++);
    }

    /** Words that lie at {@code pa} from the start. */
    PortedProgram data(int pa, int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        data.add(new LoadSegment("data " + Integer.toHexString(pa), pa, bytes.array()));
        return this;
    }

    /** The machine, before its first instruction. */
    VirtualMachine machine() {
        return Modes.create("paravirtual", spec());
    }

    /** What the machine is made from. */
    VmSpec spec() {
        List<LoadSegment> segments = new ArrayList<>(data);
        ByteBuffer image = ByteBuffer.allocate(16 + code.size()).order(ByteOrder.LITTLE_ENDIAN);
        int version = Hypercalls.INTERFACE_VERSION;
        image.putInt(PortedImage.MAGIC)
                .putInt(version)
                .putInt(-(PortedImage.MAGIC + version))
                .putInt(0);
        image.put(code.toByteArray());
        segments.add(new LoadSegment("code", CODE, image.array()));
        EntryState entry = new EntryState.Flat(8, ENTRY, 16, STACK, 0, -1, 0, -1, EntryState.cleared(STACK));
        VmSpec spec = spec(cpu, memory, new GuestImage("ported", segments, entry), Map.of(), added);
        return spec.on(ServerMemory.DEFAULT.with(frames));
    }

    static VmSpec spec(GuestImage guest, Map<String, String> options) {
        return spec("core2", "", guest, options, List.of());
    }

    private static VmSpec spec(
            String cpu, String memory, GuestImage guest, Map<String, String> options, List<GuestCall> added) {
        return new VmSpec(
                        CpuModel.named(cpu).orElseThrow(),
                        DeviceSettings.of(RAM),
                        List.of(),
                        guest,
                        "interpreter",
                        memory,
                        options)
                .withHypercalls(added);
    }

    /** What a run came to. */
    record Run(VirtualMachine machine, Stop stop) {
        int result(int index) {
            return word(RESULTS + 4 * index);
        }

        int word(int pa) {
            return machine.board().bus().read(32, pa);
        }
    }

    /** Runs it, with a shutdown at its end. */
    Run run() {
        call("sched_op", 2, 7);
        VirtualMachine machine = machine();
        return new Run(machine, machine.run(100_000));
    }

    static final Stop SHUTDOWN = new Stop.Requested("shutdown", 7);
}

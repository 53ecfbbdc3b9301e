package ringside.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ringside.arch.CpuModel;
import ringside.guest.GuestImage;
import ringside.machine.cpu.Stop;
import ringside.machine.devices.Device;
import ringside.machine.devices.DeviceKind;
import ringside.machine.devices.DeviceSettings;
import ringside.machine.devices.Wiring;
import ringside.machine.devices.net.NetworkPort;
import ringside.machine.devices.net.Switch;
import ringside.machine.state.StateVisitor;
import ringside.vmm.Modes;
import ringside.vmm.spi.Attached;
import ringside.vmm.spi.Peripheral;
import ringside.vmm.spi.VirtualMachine;
import ringside.vmm.spi.VmSpec;

/** Drivers for network adapters and consoles, with somebody at the other end. */
class NetworkDriversTest {
    private static final long MAC = 0x5254_0000_0001L;
    private static final int FRAMES = 20, BUFFER = 0x300000, TAKEN = 0x340000, LENGTH = 100;

    /** Sends frames, each with its number behind the addresses, and takes what comes back. */
    private static String echoed(String driver) {
        return """
                guest('g') {
                    include driver('%s'), as: 'nic'
                    kernel {
                        call nic_probe
                        jc away
                        xor ebp, ebp
                        .frame:
                        mov edi, 0x300000
                        mov eax, -1                       // to everybody
                        stosd
                        stosw
                        mov esi, nic_mac
                        movsd
                        movsw
                        mov eax, ebp
                        stosd
                        mov esi, 0x300000
                        mov ecx, %d
                        call nic_send
                        .wait:
                        mov edi, ebp
                        shl edi, 8
                        add edi, 0x340000
                        call nic_receive
                        jnc .taken
                        waitForInterrupt
                        jmp .wait
                        .taken:
                        mov [edi + 252], eax
                        inc ebp
                        cmp ebp, %d
                        jb .frame
                        away:
                        halt
                    }
                }
                """.formatted(driver, LENGTH, FRAMES);
    }

    /** Sends every frame back to where it came from. */
    private static final class Echo implements Device {
        private final NetworkPort port;

        Echo(Wiring wiring, Switch network, List<byte[]> heard) {
            port = new NetworkPort("peer", wiring.clock(), frame -> {
                heard.add(frame);
                byte[] back = frame.clone();
                System.arraycopy(frame, 6, back, 0, 6);
                System.arraycopy(new byte[] {2, 0, 0, 0, 0, 9}, 0, back, 6, 6);
                send(back);
            });
            network.connect(port);
        }

        private void send(byte[] frame) {
            port.send(frame);
        }

        @Override
        public boolean mayInterrupt() {
            return port.expecting();
        }

        @Override
        public int in(int bits, int port) {
            return -1;
        }

        @Override
        public void out(int bits, int port, int value) {
            // it has no ports
        }

        @Override
        public String stateName() {
            return "peer";
        }

        @Override
        public void visit(StateVisitor v) {
            port.visit(v, "port.");
        }
    }

    private static VirtualMachine machine(
            String mode, GuestImage guest, String model, Peripheral peripheral, List<DeviceKind> extra) {
        VmSpec spec = new VmSpec(
                CpuModel.ofYear(2006), DeviceSettings.of(16 << 20), List.of(), guest, "interpreter", "", Map.of());
        return Modes.create(
                mode,
                spec.withExtra(extra)
                        .withAttached(Attached.NOTHING.with(List.of(peripheral)).through(model)));
    }

    @ParameterizedTest
    @CsvSource({
        "rtl8139, emulated, bare",
        "rtl8139, emulated, hardware",
        "rtl8139, emulated, translated",
        "rtl8139, emulated, paravirtual",
        "virtio-net, split, bare",
        "virtio-net, split, hardware",
        "virtio-net, split, translated",
        "virtio-net, split, paravirtual"
    })
    void frames_go_out_and_come_back_in_their_order(String driver, String model, String mode) {
        Switch network = new Switch("test");
        List<byte[]> heard = new ArrayList<>();
        DeviceKind peer = new DeviceKind(
                "peer", "echo", DeviceKind.ROUTED, settings -> List.of(), wiring -> new Echo(wiring, network, heard));
        VirtualMachine machine = machine(
                mode, Scripts.guest(echoed(driver)), model, new Peripheral.Network("lan", MAC, network), List.of(peer));
        assertThat(machine.run(5_000_000)).isInstanceOf(Stop.Halted.class);
        assertThat(heard).hasSize(FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            assertThat(heard.get(i)).hasSize(LENGTH);
            assertThat(heard.get(i)[12]).as("frame %d as it was heard", i).isEqualTo((byte) i);
            assertThat(machine.board().bus().read(32, TAKEN + 256 * i + 252)).isBetween(LENGTH, LENGTH + 4);
            assertThat(machine.board().bus().read(8, TAKEN + 256 * i + 12) & 0xff)
                    .as("frame %d as it came back", i)
                    .isEqualTo(i);
            assertThat(machine.board().bus().read(8, TAKEN + 256 * i + 11) & 0xff)
                    .as("its sender")
                    .isEqualTo(9);
        }
    }

    @ParameterizedTest
    @CsvSource({"bare", "hardware", "translated", "paravirtual", "deprivileged"})
    void a_console_takes_what_is_sent_and_gives_what_was_typed(String mode) {
        GuestImage guest = Scripts.guest("""
                guest('g') {
                    include driver('virtio-console'), as: 'tty'
                    kernel {
                        call tty_probe
                        jc away
                        mov esi, hello
                        mov ecx, end - hello
                        call tty_send
                        .wait:
                        mov edi, 0x300000
                        call tty_receive
                        jnc .got
                        waitForInterrupt
                        jmp .wait
                        .got:
                        mov esi, 0x300000
                        mov ecx, eax
                        call tty_send
                        away:
                        halt
                    }
                    data { hello: db 'hello '
                        end:
                    }
                }
                """);
        VirtualMachine machine = machine(mode, guest, "split", new Peripheral.Stream("tty"), List.of());
        machine.board().platform().console("tty").type("typed".getBytes(StandardCharsets.US_ASCII));
        assertThat(machine.run(1_000_000)).isInstanceOf(Stop.Halted.class);
        assertThat(machine.board().platform().console("tty").text()).isEqualTo("hello typed");
    }
}

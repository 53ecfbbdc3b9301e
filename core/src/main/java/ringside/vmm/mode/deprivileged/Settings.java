package ringside.vmm.mode.deprivileged;

import java.util.List;
import java.util.Map;
import ringside.vmm.compression.Compression;
import ringside.vmm.compression.Rings;
import ringside.vmm.spi.Mode;

/** The mode's options. */
final class Settings {
    static final Mode.Option RING = new Mode.Option("ring", List.of("1", "3"), true);
    static final Mode.Option ON_FAULT = new Mode.Option("onFault", List.of("recover", "reflect"));
    static final Mode.Option IOPL = new Mode.Option("iopl", List.of("0", "1", "2", "3"));
    static final Mode.Option UMIP = new Mode.Option("umip", List.of("off", "on"));
    static final List<Mode.Option> ALL = List.of(RING, ON_FAULT, IOPL, UMIP);

    private Settings() {}

    static Compression of(Map<String, String> options) {
        return new Compression(
                "deprivileged",
                new Rings(Integer.parseInt(RING.valueIn(options, "deprivileged"))),
                ON_FAULT.valueIn(options, "deprivileged").equals("reflect"),
                Integer.parseInt(IOPL.valueIn(options, "deprivileged")),
                UMIP.valueIn(options, "deprivileged").equals("on"));
    }
}

package ringside.lab;

import java.util.LinkedHashMap;
import java.util.Map;
import ringside.machine.devices.net.Switch;
import ringside.vmm.device.stack.Store;

/** What the attachments of one run share: networks and storage, each made when the first asks for it. */
final class Opened {
    private final Map<String, Switch> networks;
    private final Map<String, Store> stores = new LinkedHashMap<>();

    Opened() {
        this(new LinkedHashMap<>());
    }

    /** @param networks gets those that are made, by name */
    Opened(Map<String, Switch> networks) {
        this.networks = networks;
    }

    Switch network(NetworkSpec spec) {
        return networks.computeIfAbsent(spec.name(), name -> spec.open());
    }

    Store store(StoreSpec spec) {
        return stores.computeIfAbsent(spec.name(), name -> spec.open());
    }
}

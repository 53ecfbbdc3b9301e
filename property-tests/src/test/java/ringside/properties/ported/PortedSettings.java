package ringside.properties.ported;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import ringside.lab.Setting;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** Every memory strategy of paravirtual with every policy, system calls by their fast way or not. */
public final class PortedSettings {
    private PortedSettings() {}

    /** All of them. */
    public static List<Setting> all() {
        Mode mode = Modes.named("paravirtual");
        List<Setting> settings = new ArrayList<>();
        for (String memory : mode.memories()) {
            Setting plain = new Setting(mode.name(), memory, "interpreter", new TreeMap<>());
            for (String policy : memory.equals("shadow") ? values(mode, "policy") : List.of("")) {
                Setting setting = policy.isEmpty() ? plain : plain.with("policy", policy);
                values(mode, "systemCalls").forEach(how -> settings.add(setting.with("systemCalls", how)));
            }
        }
        return settings;
    }

    private static List<String> values(Mode mode, String option) {
        return mode.options().stream()
                .filter(one -> one.name().equals(option))
                .findFirst()
                .orElseThrow()
                .values();
    }

    /** Bare, and for each of the strategies one of its settings. */
    public static List<Setting> some(SplittableRandom random, List<String> memories) {
        List<Setting> chosen = new ArrayList<>(List.of(new Setting("bare")));
        for (String memory : memories) {
            List<Setting> of = all().stream()
                    .filter(setting -> setting.memory().equals(memory))
                    .toList();
            chosen.add(of.get(random.nextInt(of.size())));
        }
        return chosen;
    }
}

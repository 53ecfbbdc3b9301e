package ringside.properties.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import ringside.lab.Setting;
import ringside.vmm.Modes;
import ringside.vmm.spi.Mode;

/** Every legal pair of a mode for unchanged guests and a memory strategy, with every policy: what the registry knows. */
public final class MemorySettings {
    private MemorySettings() {}

    /** All of them; nested in both formats; translated with user code translated too, deprivileged in ring 1 and in ring 3. */
    public static List<Setting> all() {
        List<Setting> settings = new ArrayList<>();
        for (Mode mode : Modes.ALL) {
            if (!mode.name().equals("bare") && !mode.name().equals("paravirtual")) {
                for (String memory : mode.memories()) {
                    add(mode, new Setting(mode.name(), memory, "interpreter", new TreeMap<>()), settings);
                }
            }
        }
        return settings;
    }

    private static void add(Mode mode, Setting plain, List<Setting> settings) {
        if (plain.memory().equals("nested")) {
            settings.add(plain);
            settings.add(plain.with("dirty", "on").with("vpid", "off"));
            settings.add(plain.with("pages", "large"));
            settings.add(plain.with("format", "npt"));
            settings.add(plain.with("format", "npt").with("pages", "large").with("dirty", "on"));
            return;
        }
        List<String> policies = List.of("");
        for (Mode.Option option : mode.options()) {
            if (option.name().equals("policy") && plain.memory().equals("shadow")) {
                policies = option.values();
            }
        }
        for (String policy : policies) {
            Setting setting = policy.isEmpty() ? plain : plain.with("policy", policy);
            switch (mode.name()) {
                case "translated" -> settings.add(setting.with("user", "translated"));
                case "deprivileged" -> {
                    settings.add(setting);
                    settings.add(setting.with("ring", "3"));
                }
                default -> settings.add(setting);
            }
        }
    }

    /** Bare and {@code count} others, drawn by {@code random}. */
    public static List<Setting> some(SplittableRandom random, int count) {
        List<Setting> rest = all();
        List<Setting> chosen = new ArrayList<>(List.of(new Setting("bare")));
        for (int i = 0; i < count && !rest.isEmpty(); i++) {
            chosen.add(rest.remove(random.nextInt(rest.size())));
        }
        return chosen;
    }
}

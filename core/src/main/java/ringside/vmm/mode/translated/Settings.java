package ringside.vmm.mode.translated;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import ringside.vmm.spi.Mode;

/**
 * The mode's options.
 *
 * @param translatesUsers whether guest user code is translated too, instead of running directly
 * @param chaining whether a direct exit becomes a jump once its target is translated
 * @param emulation how sensitive instructions are carried out
 * @param cacheBytes how much code the cache holds before it is emptied
 * @param adaptive whether an instruction that traps often becomes a callout
 * @param rules whether the changes that scripts make to the rules count
 */
record Settings(
        boolean translatesUsers,
        boolean chaining,
        Emulation emulation,
        int cacheBytes,
        boolean adaptive,
        boolean rules) {
    /** In the cache where a rule can, else by callouts; by callouts alone; or by the fault, where there is one. */
    enum Emulation {
        CACHE,
        CALLOUT,
        TRAP
    }

    private static final Mode.Option USER = new Mode.Option("user", List.of("direct", "translated"), true);
    private static final Mode.Option CHAINING = new Mode.Option("chaining", List.of("on", "off"));
    private static final Mode.Option EMULATION = new Mode.Option("emulation", List.of("cache", "callout", "trap"));
    private static final Mode.Option CACHE = new Mode.Option("cache", List.of("1024K", "256K", "64K", "8K"));
    private static final Mode.Option ADAPTIVE = new Mode.Option("adaptive", List.of("on", "off"));
    private static final Mode.Option RULES = new Mode.Option("rules", List.of("on", "off"));
    static final List<Mode.Option> ALL = List.of(USER, CHAINING, EMULATION, CACHE, ADAPTIVE, RULES);

    static Settings of(Map<String, String> options) {
        String cache = CACHE.valueIn(options, "translated");
        return new Settings(
                USER.valueIn(options, "translated").equals("translated"),
                CHAINING.valueIn(options, "translated").equals("on"),
                Emulation.valueOf(EMULATION.valueIn(options, "translated").toUpperCase(Locale.ROOT)),
                Integer.parseInt(cache.substring(0, cache.length() - 1)) << 10,
                ADAPTIVE.valueIn(options, "translated").equals("on"),
                RULES.valueIn(options, "translated").equals("on"));
    }
}

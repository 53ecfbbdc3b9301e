package ringside.vmm.mode.translated;

import java.util.List;
import java.util.Map;
import ringside.vmm.spi.Mode;

/**
 * The mode's options.
 *
 * @param translatesUsers whether guest user code is translated too, instead of running directly
 * @param chaining whether a direct exit becomes a jump once its target is translated
 * @param emulatesInCache whether rules may emulate an instruction in the cache, without a callout
 * @param cacheBytes how much code the cache holds before it is emptied
 */
record Settings(boolean translatesUsers, boolean chaining, boolean emulatesInCache, int cacheBytes) {
    private static final Mode.Option USER = new Mode.Option("user", List.of("direct", "translated"), true);
    private static final Mode.Option CHAINING = new Mode.Option("chaining", List.of("on", "off"));
    private static final Mode.Option EMULATION = new Mode.Option("emulation", List.of("cache", "callout"));
    private static final Mode.Option CACHE = new Mode.Option("cache", List.of("1024K", "256K", "64K", "8K"));
    static final List<Mode.Option> ALL = List.of(USER, CHAINING, EMULATION, CACHE);

    static Settings of(Map<String, String> options) {
        String cache = CACHE.valueIn(options, "translated");
        return new Settings(
                USER.valueIn(options, "translated").equals("translated"),
                CHAINING.valueIn(options, "translated").equals("on"),
                EMULATION.valueIn(options, "translated").equals("cache"),
                Integer.parseInt(cache.substring(0, cache.length() - 1)) << 10);
    }
}

package ringside.dsl;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import ringside.error.NearMiss;
import ringside.error.RingsideException;
import ringside.lab.Attachment;
import ringside.lab.StoreSpec;
import ringside.machine.devices.disk.BlockRequest.Operation;
import ringside.vmm.device.stack.Injection;
import ringside.vmm.device.stack.Limit;

/** {@code storage}, {@code limit} and {@code trouble} of a disk. */
final class TermsWords {
    static final Set<String> NAMED = Set.of("storage", "limit", "trouble");

    private static final String LIMIT = "limit: [requests: 500, bytes: 2.MiB]";
    private static final String TROUBLE =
            "trouble: [on: 'write', sectors: 100..120], or trouble: [every: 50, delay: 2.ms,"
                    + " fails: false], or trouble: [probability: 0.01]; several as a list";
    private static final Set<String> LIMITS = new TreeSet<>(List.of("requests", "bytes"));
    private static final Set<String> TROUBLES =
            new TreeSet<>(List.of("on", "sectors", "every", "probability", "delay", "fails"));

    private TermsWords() {}

    /** What the disk is held to, where anything is said of that. */
    static Optional<Attachment.Terms> of(String disk, Map<String, ?> named, ScriptContext context) {
        if (named.keySet().stream().noneMatch(NAMED::contains)) {
            return Optional.empty();
        }
        return Optional.of(new Attachment.Terms(
                storage(disk, named.get("storage"), context.stores),
                limit(named.get("limit")),
                troubles(named.get("trouble")),
                context.seed.orElse(context.server.seed())));
    }

    private static Optional<StoreSpec> storage(String disk, Object wanted, List<StoreSpec> stores) {
        if (wanted == null) {
            return Optional.empty();
        }
        List<String> names = stores.stream().map(StoreSpec::name).toList();
        return Optional.of(stores.stream()
                .filter(store -> store.name().equals(wanted.toString()))
                .findFirst()
                .orElseThrow(() -> new RingsideException(
                        "disk '" + disk + "' is to lie on storage '" + wanted + "', which is not described",
                        "",
                        NearMiss.hint(
                                wanted.toString(), names, "describe it before: storage('spindle') { size 16.MiB }"))));
    }

    private static Limit limit(Object given) {
        if (given == null) {
            return Limit.NONE;
        }
        Map<?, ?> named = named("limit", given, LIMITS, LIMIT);
        return new Limit(whole(named, "requests", 0, LIMIT), whole(named, "bytes", 0, LIMIT));
    }

    private static List<Injection> troubles(Object given) {
        if (given == null) {
            return List.of();
        }
        List<Injection> all = new ArrayList<>();
        for (Object one : given instanceof List<?> several ? several : List.of(given)) {
            all.add(trouble(named("trouble", one, TROUBLES, TROUBLE)));
        }
        return all;
    }

    private static Injection trouble(Map<?, ?> named) {
        long first = 0;
        long last = Long.MAX_VALUE;
        Object sectors = named.get("sectors");
        if (sectors instanceof List<?> range && !range.isEmpty() && range.getFirst() instanceof Number) {
            first = ((Number) range.getFirst()).longValue();
            last = ((Number) range.getLast()).longValue();
        } else if (sectors instanceof Number one) {
            first = one.longValue();
            last = first;
        } else if (sectors != null) {
            throw wrong("sectors of trouble", sectors, TROUBLE);
        }
        boolean chance = named.containsKey("probability");
        return new Injection(
                operation(named.get("on")),
                first,
                last,
                chance ? 0 : whole(named, "every", 1, TROUBLE),
                chance ? perMillion(named.get("probability")) : 0,
                whole(named, "delay", 0, TROUBLE),
                named.containsKey("fails") ? Boolean.TRUE.equals(named.get("fails")) : true);
    }

    private static Optional<Operation> operation(Object word) {
        if (word == null) {
            return Optional.empty();
        }
        for (Operation operation : Operation.values()) {
            if (operation.name().toLowerCase(Locale.ROOT).equals(word.toString())) {
                return Optional.of(operation);
            }
        }
        throw new RingsideException("trouble on '" + word + "'", "", "on: 'read', 'write' or 'flush'");
    }

    private static int perMillion(Object value) {
        if (!(value instanceof Number number) || number.doubleValue() < 0 || number.doubleValue() > 1) {
            throw wrong("probability", value, TROUBLE);
        }
        return new BigDecimal(number.toString()).movePointRight(6).intValue();
    }

    private static long whole(Map<?, ?> named, String key, long otherwise, String usage) {
        Object value = named.get(key);
        if (value == null) {
            return otherwise;
        }
        if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
            return ((Number) value).longValue();
        }
        throw wrong("'" + key + "'", value, usage);
    }

    private static Map<?, ?> named(String what, Object given, Set<String> known, String usage) {
        if (!(given instanceof Map<?, ?> named)) {
            throw wrong(what, given, usage);
        }
        for (Object key : named.keySet()) {
            if (!known.contains(key.toString())) {
                throw new RingsideException(
                        "unknown setting '" + key + "' in " + what,
                        "",
                        NearMiss.hint(key.toString(), known, "known: " + String.join(", ", known)));
            }
        }
        return named;
    }

    private static RingsideException wrong(String what, Object value, String usage) {
        return new RingsideException(what + " is " + Block.kinds(new Object[] {value}), "", "write " + usage);
    }
}

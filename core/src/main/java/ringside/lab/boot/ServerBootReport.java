package ringside.lab.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ringside.observe.Json;

/**
 * How a boot of several virtual machines ended.
 *
 * @param vms in the order given
 * @param scheduler as it is shown
 * @param machineTime ticks until the last ended, or the budget was spent
 * @param unused ticks of processors that had nobody to run
 * @param seconds wall-clock time: the one figure that differs from run to run
 */
public record ServerBootReport(
        List<Vm> vms, String scheduler, int processors, long machineTime, long unused, double seconds) {
    private static final double TICKS_PER_MILLISECOND = 100_000;

    /** One virtual machine: how it ended, and the ticks in which it ran, waited for a processor and slept. */
    public record Vm(String name, BootReport report, long run, long steal, long idle, long turns) {}

    public ServerBootReport {
        vms = List.copyOf(vms);
    }

    /** Whether each of them ended by itself. */
    public boolean done() {
        return vms.stream().allMatch(vm -> vm.report().done());
    }

    /** Guest instructions of all. */
    public long instructions() {
        return vms.stream().mapToLong(vm -> vm.report().instructions()).sum();
    }

    private static String milliseconds(long ticks) {
        return String.format(Locale.ROOT, "%.3f ms", ticks / TICKS_PER_MILLISECOND);
    }

    /** What is printed after the guests' own output: the same bytes each time. */
    public String text() {
        StringBuilder text = new StringBuilder("server: ")
                .append(processors == 1 ? "1 processor" : processors + " processors")
                .append(", ")
                .append(scheduler)
                .append("; machine time ")
                .append(milliseconds(machineTime))
                .append(", processors unused for ")
                .append(milliseconds(unused))
                .append('\n');
        for (Vm vm : vms) {
            text.append('\n').append(vm.name()).append('\n');
            vm.report()
                    .text()
                    .lines()
                    .forEach(line -> text.append("  ").append(line).append('\n'));
            text.append("  time          run ")
                    .append(milliseconds(vm.run()))
                    .append(", steal ")
                    .append(milliseconds(vm.steal()))
                    .append(", idle ")
                    .append(milliseconds(vm.idle()))
                    .append(vm.turns() == 1 ? ", 1 turn\n" : ", " + vm.turns() + " turns\n");
        }
        return text.toString();
    }

    /** The report as JSON; {@code seconds} is the only value that differs from run to run. */
    public String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("processors", processors);
        map.put("scheduler", scheduler);
        map.put("machineTime", machineTime);
        map.put("unused", unused);
        map.put("seconds", seconds);
        map.put("vms", vms.stream().map(ServerBootReport::map).toList());
        return Json.write(map);
    }

    private static Map<String, Object> map(Vm vm) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("vm", vm.name());
        map.put("run", vm.run());
        map.put("steal", vm.steal());
        map.put("idle", vm.idle());
        map.put("turns", vm.turns());
        map.putAll(vm.report().map());
        return map;
    }
}

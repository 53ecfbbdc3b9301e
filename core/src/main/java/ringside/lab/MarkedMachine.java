package ringside.lab;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ringside.arch.Eflags;
import ringside.guest.Marker;
import ringside.machine.cpu.Cpu;
import ringside.machine.cpu.Stop;
import ringside.vmm.spi.VirtualMachine;

/**
 * A machine whose interrupt lines are raised where its guest says: at the markers of its image, whatever the number of
 * instructions by then. In everything else it is the machine behind it.
 */
final class MarkedMachine {
    private final VirtualMachine machine;
    private final List<Marker> markers;
    private final Set<Integer> probes = new HashSet<>();
    /** The registers with which the guest last came to a marker. */
    private final Map<Marker, List<Integer>> raised = new HashMap<>();

    private MarkedMachine(VirtualMachine machine, List<Marker> markers) {
        this.machine = machine;
        this.markers = markers;
        markers.forEach(marker -> machine.probe(marker.la()));
    }

    /** {@code machine} with its markers; itself where there are none. */
    static VirtualMachine marked(VirtualMachine machine, List<Marker> markers) {
        if (markers.isEmpty()) {
            return machine;
        }
        MarkedMachine marked = new MarkedMachine(machine, markers);
        return (VirtualMachine) Proxy.newProxyInstance(
                MarkedMachine.class.getClassLoader(),
                new Class<?>[] {VirtualMachine.class},
                (proxy, method, arguments) -> marked.invoke(method, arguments));
    }

    private Object invoke(Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "run" -> {
                return run((Long) arguments[0]);
            }
            case "probe" -> probes.add((Integer) arguments[0]);
            default -> {}
        }
        try {
            return method.invoke(machine, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Raises the lines of {@code la}, unless the guest only came back to it: from the interrupt, or from a fault. */
    private void raise(int la) {
        List<Integer> now = registers();
        for (Marker marker : markers) {
            if (marker.la() == la && !now.equals(raised.put(marker, now))) {
                machine.board().platform().irq(marker.line()).pulse();
            }
        }
    }

    /** What a handler puts back before it returns. */
    private List<Integer> registers() {
        Cpu state = machine.state();
        List<Integer> values = new ArrayList<>();
        for (int value : state.r) {
            values.add(value);
        }
        values.add(state.cpl == 3 ? 3 : 0);
        values.add(state.eflags() & (Eflags.ARITHMETIC | Eflags.DF));
        return values;
    }

    private Stop run(long instructions) {
        long start = machine.retired();
        long goal = instructions > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + instructions;
        while (true) {
            Stop stop = machine.run(goal - machine.retired());
            if (!(stop instanceof Stop.Probe(int la))) {
                return stop;
            }
            raise(la);
            if (probes.contains(la)) {
                return stop;
            }
        }
    }
}

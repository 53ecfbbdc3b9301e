package ringside.oracle;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ringside.arch.Eflags;
import ringside.arch.Vector;

/** What is common to all traces: reports of events, and the resume flag that QEMU 7.2 never pushes. */
final class Trace {
    /** Vector, then everything up to the flags, the flags, the rest. */
    private static final Pattern REPORT = Pattern.compile("(V(..)(?: E....)? ....:........ F)(........)(.*)");

    private Trace() {}

    /** The lines with RF cleared in each report: QEMU 7.2 pushes RF=0 where faults push 1 (SDM vol. 3, 17.3.1.1). */
    static List<String> withoutResume(List<String> lines) {
        return lines.stream().map(Trace::withoutResume).toList();
    }

    private static String withoutResume(String line) {
        Matcher report = REPORT.matcher(line);
        if (!report.matches()) {
            return line;
        }
        int flags = Integer.parseUnsignedInt(report.group(3), 16) & ~Eflags.RF;
        return report.group(1) + "%08X".formatted(flags) + report.group(4);
    }

    /**
     * The reports whose RF contradicts the rule: 1 for fault-class exceptions, 0 for traps, #DF and interrupts. Not
     * judged: #DB, which may be either, and vectors above #PF.
     */
    static List<String> withWrongResume(List<String> lines) {
        return lines.stream().filter(Trace::wrongResume).toList();
    }

    private static boolean wrongResume(String line) {
        Matcher report = REPORT.matcher(line);
        if (!report.matches()) {
            return false;
        }
        int vector = Integer.parseInt(report.group(2), 16);
        boolean resume = (Integer.parseUnsignedInt(report.group(3), 16) & Eflags.RF) != 0;
        boolean fault = vector != Vector.DF && (vector == Vector.DE || vector >= Vector.BR && vector <= Vector.PF);
        return vector != Vector.DB && vector <= Vector.PF && resume != fault;
    }
}

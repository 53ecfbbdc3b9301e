package ringside.lab;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import ringside.dsl.ScriptRunner;

/** Experiments from the text of scripts. */
final class Scripted {
    private Scripted() {}

    static ExperimentResult experiment(String script) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return Experiment.run(ScriptRunner.run(script, "scripts/test.groovy", new PrintStream(out))
                .experiments()
                .getFirst());
    }

    /** Kernel code after which 'end' is looked at, with handlers that end the guest, under {@code settings}. */
    static ExperimentResult kernel(String code, String settings) {
        return experiment(guest("", code) + run(settings));
    }

    /** User code, entered with IF = 1, that ends by INT 80h. */
    static ExperimentResult user(String code, String settings) {
        String user = "user {\n" + code + "\nint 0x80\n}\n";
        return experiment(guest(user, "sti\nenterUser user, IF") + run(settings));
    }

    private static String run(String settings) {
        return "experiment('test') {\nbudget 20000\nrun g, under: [" + settings + "]\n}\n";
    }

    private static String guest(String user, String kernel) {
        StringBuilder text = new StringBuilder("def g = guest('g') {\ntss esp0: 0x80000\ndata {\ndd 0, 0, 0, 0\n}\n");
        for (int vector : new int[] {10, 11, 12, 13}) {
            text.append("interrupt(")
                    .append(vector)
                    .append(") {\ncheckpoint 'fault', dword[esp], dword[esp + 4]\nhlt\n}\n");
        }
        for (int vector : new int[] {1, 3, 4, 0x40}) {
            text.append("interrupt(")
                    .append(vector)
                    .append(") {\nmov ebp, ")
                    .append(vector)
                    .append("\niretd\n}\n");
        }
        text.append("interrupt(0x80, dpl: 3) {\ncheckpoint 'call', eax, ebx, ecx, edx, dword[esp + 8]\nhlt\n}\n");
        return text.append(user)
                .append("kernel {\n")
                .append(kernel)
                .append("\ncheckpoint 'end', eax, ebx, ecx, edx, dword[0x180000], dword[0x180004]\nhlt\n}\n}\n")
                .toString();
    }
}

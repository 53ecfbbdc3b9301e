package ringside.dsl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ringside.error.RingsideException;
import ringside.guest.GuestImage;
import ringside.lab.Expectation;
import ringside.lab.MatrixSpec;

/** {@code matrix('title') { under bare, translated; row 'popf', guest, because: POPF }}: a line for each guest. */
public final class MatrixBlock extends StudyBlock {
    static final Set<String> SETTINGS = Set.of("under", "row", "heading", "expect", "budget", "server", "costs");
    private static final String ROW = "row 'popf', guest, because: POPF";

    private record Row(String name, GuestImage guest, String culprit, boolean open) {}

    private final List<Row> rows = new ArrayList<>();
    private String heading = "guest";

    MatrixBlock(String title, ScriptContext context) {
        super(title, context);
    }

    @Override
    String blockName() {
        return "matrix";
    }

    @Override
    Set<String> settings() {
        return SETTINGS;
    }

    @Override
    String usage(String setting) {
        return switch (setting) {
            case "row" -> ROW;
            case "heading" -> "heading 'instruction'";
            case "expect" -> "expect translated.equivalent";
            default -> super.usage(setting);
        };
    }

    /** What the rows are. */
    public void heading(String text) {
        heading = text;
    }

    public void row(String name, GuestImage guest) {
        row(Map.of(), name, guest);
    }

    /**
     * A line of the table; {@code because} is the instruction that alone may be to blame where it differs, {@code open:
     * true} says that the manual leaves open what the guest sees.
     */
    public void row(Map<String, ?> named, String name, GuestImage guest) {
        Object culprit = named.get("because");
        boolean known = culprit == null || culprit instanceof Mnemonic || culprit instanceof CharSequence;
        if (!known || !Set.of("because", "open").containsAll(named.keySet())) {
            throw new RingsideException(
                    "'row' in matrix does not take " + kinds(new Object[] {named}), "", "write " + ROW);
        }
        String mnemonic = culprit instanceof Mnemonic insn ? insn.name() : culprit == null ? "" : culprit.toString();
        rows.add(new Row(name, guest, mnemonic, Boolean.TRUE.equals(named.get("open"))));
    }

    @Override
    public void expect(Expectation expectation) {
        if (!(expectation instanceof Expectation.Equivalent)) {
            throw new RingsideException(
                    "a matrix cannot expect '" + expectation.text() + "'", "", "write " + usage("expect"));
        }
        super.expect(expectation);
    }

    MatrixSpec matrix() {
        requireContent(rows, ROW);
        requireExpectationsOfSettings();
        List<MatrixSpec.Row> specs = rows.stream()
                .map(row -> new MatrixSpec.Row(row.name, spec(row.name, row.guest, List.of()), row.culprit, row.open))
                .toList();
        List<String> equivalent =
                expectations.stream().map(Expectation::setting).toList();
        return new MatrixSpec(title, heading, specs, equivalent);
    }
}

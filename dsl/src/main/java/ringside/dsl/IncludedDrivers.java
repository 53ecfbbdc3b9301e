package ringside.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import ringside.dsl.assembly.Section;
import ringside.error.RingsideException;

/** The drivers that a guest includes, and the interrupt handlers that lead to them: one a line, whoever shares it. */
final class IncludedDrivers {
    private final GuestBlock guest;
    private final ScriptContext context;
    private final List<Inclusion> included = new ArrayList<>();

    IncludedDrivers(GuestBlock guest, ScriptContext context) {
        this.guest = guest;
        this.context = context;
    }

    /** Puts a driver's code and data into the guest. */
    void add(Inclusion inclusion) {
        if (included.stream().anyMatch(other -> other.prefix().equals(inclusion.prefix()))) {
            throw new RingsideException(
                    "the guest already includes a driver as '" + inclusion.prefix() + "'",
                    "",
                    "give this one another name: as: 'second'");
        }
        DriverSpec driver = inclusion.driver();
        Section code = guest.section("drivers", SystemTables.DRIVERS);
        Section data = guest.section("data of drivers", SystemTables.DRIVER_DATA);
        emit(inclusion, code, driver.code());
        driver.data().ifPresent(body -> emit(inclusion, data, body));
        driver.interrupt().ifPresent(body -> {
            inclusion.line();
            driver.home().emitDriver(inclusion, guest, code, () -> {
                code.label(driver.home().line(0), "interrupt");
                new SectionBlock("interrupt").configure(body);
                Statements.emit(driver.home(), driver.home().line(0), "ret");
            });
        });
        included.add(inclusion);
    }

    private void emit(Inclusion inclusion, Section section, Closure<?> body) {
        inclusion
                .driver()
                .home()
                .emitDriver(inclusion, guest, section, () -> new SectionBlock(section.name()).configure(body));
    }

    /** Makes the handler of each line by which an included driver's device interrupts. */
    void handle() {
        SortedMap<Integer, List<String>> lines = new TreeMap<>();
        included.stream()
                .filter(one -> one.gate() && one.driver().interrupt().isPresent())
                .forEach(one -> lines.computeIfAbsent(one.line(), line -> new ArrayList<>())
                        .add(one.prefix() + "_interrupt"));
        lines.forEach((line, routines) -> {
            String label = "interrupt_" + (GuestBlock.FIRST_LINE + line);
            guest.gate(java.util.Map.of(), GuestBlock.FIRST_LINE + line, label);
            Section handlers = guest.section("handlers", SystemTables.HANDLERS);
            Snippet code = new Snippet(context, context.line(0), handlers);
            code.lines(label + ":\npushad");
            routines.forEach(routine -> code.lines("call " + routine));
            code.lines("endOfInterrupt " + line + "\npopad\nreturnFromInterrupt");
        });
    }
}

package ringside.lab;

import java.util.List;

/** Something that a script describes and the laboratory carries out. */
public sealed interface Study permits ExperimentSpec, MatrixSpec, MeasurementSpec, SweepSpec, HostSpec, ModelsSpec {
    /** First line of its report. */
    String title();

    /** Each guest of it with the server, rules and budget that it is run with. */
    List<ExperimentSpec> experiments();

    /** Carries it out. */
    Report investigate();
}

package ringside.lab;

/** Something that a script describes and the laboratory carries out. */
public sealed interface Study permits ExperimentSpec, MatrixSpec, MeasurementSpec {
    /** First line of its report. */
    String title();

    /** Carries it out. */
    Report investigate();
}

/**
 * Claims about Ringside as a whole, each a class named for its claim and tried on random cases.
 *
 * <p>Each property names its seed, so that every run draws the same cases; change the seed to look further. Failing
 * samples are shrunk and remembered below {@code target/}. {@code ./ringside test} counts a {@code *Properties} class that
 * left no report as a failure: jqwik must never be dropped in silence.
 */
package ringside.properties;

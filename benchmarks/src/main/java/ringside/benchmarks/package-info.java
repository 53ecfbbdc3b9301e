/**
 * Measurements: how fast the engine executes, how fast instructions decode, what an exit to the VMM costs, how fast kernel
 * code is translated.
 *
 * <p>JMH benchmarks, started by {@code ./ringside bench} beside the whole-process figures of {@code
 * benchmarks/figures.sh} and those of memory strategies, which are no benchmarks of JMH since their runs alternate. A
 * figure is only comparable with others of the same run on the same machine; ratios are what the README quotes.
 * Nothing else depends on this package.
 */
package ringside.benchmarks;

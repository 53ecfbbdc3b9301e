/**
 * What a run would have cost: events that were counted, priced by a model.
 *
 * <p>Every count is exact; every price is a {@link ringside.lab.cost.Cost} with its source, and a script may replace any.
 * The product is <em>modelled</em>: no figure of this package is a measurement of anything that ran here, and every report
 * says which of its figures are counted and which are modelled.
 *
 * <p>The prices of a generation of processors come from the literature and from no table that the project reproduces:
 * where Adams &amp; Agesen's nanobenchmarks are shown beside the model, the model has not seen them.
 *
 * <p>Invariants: every {@link ringside.vmm.spi.CostEvent} has a price in every model; a bill's total is the sum of its
 * items, and an item is a count times a price.
 */
package ringside.lab.cost;

/**
 * Bugs put into a VMM on purpose, to see whether the random programs find them.
 *
 * <p>A {@link ringside.properties.mutants.Mutant} is one declaration: what is wrong, and an {@link
 * ringside.properties.mutants.Edit} of the byte code of one method, so that the code itself carries no trace of it. {@link
 * ringside.properties.mutants.MutantLoader} loads Ringside anew with that edit; {@link
 * ringside.properties.mutants.MutantTrial}, loaded by it too, tries programs until one shows the bug and makes it small.
 *
 * <p>Only what the bare machine does not use may be changed: it is the reference.
 */
package ringside.properties.mutants;

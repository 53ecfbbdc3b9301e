/**
 * The assembler above the instruction table: statements as items, expressions on labels, addresses, and the layout that
 * turns sections into bytes.
 *
 * <p>A {@link ringside.dsl.assembly.Section} collects {@link ringside.dsl.assembly.Item}s with their script lines;
 * {@link ringside.dsl.assembly.Layout} makes passes until labels settle, branches growing from short to near as they must.
 * Encodings are chosen by {@code isa.Assembler} alone. Nothing here knows of Groovy but the names of operator methods on
 * {@link ringside.dsl.assembly.Expr}.
 */
package ringside.dsl.assembly;
